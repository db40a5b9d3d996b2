"""Every page of the lobby as the hospital's own configuration makes it: to be looked at, and to be measured.

Pages show a sample patient and never a real one; the clinics are what they are at the moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from nightdesk_kiosk.lobby.exchange import InformationPage
from nightdesk_kiosk.lobby.messages import Issued, Purpose
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    CallingHelp,
    Choosing,
    Cleaning,
    Contents,
    Entering,
    EnteringPin,
    Explaining,
    Forgot,
    Idle,
    LobbyState,
    Over,
    Page,
    Reading,
    ServiceMenu,
    Services,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Suspended,
    Wait,
    Waiting,
    WhichOne,
)
from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, Standing, State, Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.rules.hours import service_day
from nightdesk_queue.text.bilingual import Text

_WRITTEN = Text(
    zh="# 就诊须知\n\n- 请带好身份证和医保卡\n- 叫号后请到诊室\n",
    en="# Information\n\n- Please bring your papers\n- Go in when your number is called\n",
)
SAMPLE = InformationPage("visit", "Information", f"{_WRITTEN.zh}\n{_WRITTEN.en}")
WORDS = Text(
    zh="中医夜间门诊今天的号已取完，明天 17:30 开始取号",
    en="No numbers are left today; they are given from 17:30 tomorrow",
)
STANDING = Standing(5, (30, 60))


class Example(NamedTuple):
    """One page to be looked at: what lies over it, and the seconds of a countdown that are left."""

    name: str
    page: Page
    over: Over | None = None
    seconds_left: int | None = None


def pages(hospital: Hospital, kiosk: Kiosk, glances: tuple[ClinicGlance, ...], now: datetime) -> Iterator[Example]:
    """Yield every page by a name."""
    clinics = hospital.offered_at(kiosk)
    most = max(clinics, key=lambda clinic: len(clinic.red_flags))
    ticket = sample_ticket(hospital, most, now)
    entry = Entering(Purpose.CHECK_IN, f"{most.prefix}012")
    state = KioskState(kiosk.id)
    issued = Issued(ticket, STANDING, route=most.route)
    on_call = replace(issued, standing=Standing(0, (0, 15)), doctor_minutes=15)
    number = ShowingNumber(issued, new=True)
    yield Example("idle", Idle(glances))
    yield Example("out-of-service", Suspended())
    yield Example("choose", Choosing(glances))
    yield Example("signs", AskingSigns(most))
    yield Example("groups", AskingGroup(most))
    yield Example("waiting", Waiting(Wait.FOR_NUMBER, Idle()))
    yield Example("slowed", Waiting(Wait.SLOWED, Idle(), 18))
    yield Example("number", number)
    yield Example("number-no-slip", replace(number, late=True, staff_told=True))
    yield Example("number-again", ShowingNumber(replace(issued, slip=False, again=True)))
    yield Example("number-on-call", ShowingNumber(on_call, new=True))
    alone = tuple(replace(glance, standing=None) for glance in glances)
    yield Example("choose-cut-off", Choosing(alone))
    yield Example("number-cut-off", ShowingNumber(replace(issued, standing=None, cut_off=True), new=True))
    yield Example("services", Services())
    yield Example("keypad", entry)
    yield Example("forgot", Forgot(entry))
    others = tuple(sample_ticket(hospital, clinic, now) for clinic in clinics[:4])
    yield Example("which", WhichOne(others, Purpose.WHERE, Entering(Purpose.WHERE, "12")))
    yield Example("explained", Explaining(WORDS, Idle()))
    yield Example("report-now", Explaining(WORDS, Idle(), ticket.id))
    yield Example("information", Contents((SAMPLE,)))
    yield Example("reading", Reading((SAMPLE,), SAMPLE))
    yield Example("help", Idle(glances), CallingHelp(StaffTold.YES))
    yield Example("emergency", Idle(glances), ShowingEmergency(StaffTold.YES))
    yield Example("cannot-walk", Idle(glances), ShowingEmergency(StaffTold.YES, StaffTold.YES))
    yield Example("pin", EnteringPin("12"))
    yield Example("service-menu", ServiceMenu(state))
    yield Example("cleaning", Cleaning(state, float("inf")))
    yield Example("countdown", Choosing(glances), seconds_left=12)
    yield Example("number-countdown", number, seconds_left=12)
    yield Example("emergency-countdown", Idle(glances), ShowingEmergency(StaffTold.YES), 12)


def showing(state: LobbyState, example: Example, language: str, *, elder: bool) -> LobbyState:
    """Return a state that shows a page in a language and a size, in front of which nobody stands."""
    return replace(
        state, page=example.page, over=example.over, language=language, elder=elder, visit=state.visit + 1,
        drawing=state.drawing + 1, touched=None, awaited=None,
    )  # fmt: skip


def sample_ticket(hospital: Hospital, clinic: Clinic, now: datetime) -> Ticket:
    """Return a ticket that nobody holds."""
    return Ticket(
        seq=0,
        id=f"SAMPLE{clinic.prefix}",
        number=f"{clinic.prefix}012",
        prefix=clinic.prefix,
        n=12,
        service_day=service_day(clinic, hospital, now),
        clinic=clinic.id,
        state=State.WAITING,
        lane=Lane.FIRST,
        level=LEVEL_ORDINARY,
        priority=(),
        arrived_at=now,
        queued_at=now,
    )
