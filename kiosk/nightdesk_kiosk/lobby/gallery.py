"""Every page of the lobby as the hospital's own configuration makes it: to be looked at, and to be measured.

Pages show a sample patient and never a real one; the clinics are what they are at the moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from nightdesk_kiosk.lobby.messages import InformationPage, Issued, Purpose
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


def pages(
    hospital: Hospital, kiosk: Kiosk, glances: tuple[ClinicGlance, ...], now: datetime
) -> Iterator[tuple[str, Page, Over | None]]:
    """Yield every page by a name: the page, and what lies over it."""
    clinics = hospital.offered_at(kiosk)
    most = max(clinics, key=lambda clinic: len(clinic.red_flags))
    ticket = sample_ticket(hospital, most, now)
    entry = Entering(Purpose.CHECK_IN, f"{most.prefix}012")
    state = KioskState(kiosk.id)
    number = ShowingNumber(Issued(ticket, STANDING), new=True)
    yield "idle", Idle(glances), None
    yield "out-of-service", Suspended(), None
    yield "choose", Choosing(glances), None
    yield "signs", AskingSigns(most), None
    yield "groups", AskingGroup(most), None
    yield "waiting", Waiting(Wait.FOR_NUMBER, Idle()), None
    yield "slowed", Waiting(Wait.SLOWED, Idle(), 18), None
    yield "number", number, None
    yield "number-no-slip", replace(number, late=True, staff_told=True), None
    yield "number-again", ShowingNumber(Issued(ticket, STANDING, slip=False, again=True)), None
    yield "number-on-call", ShowingNumber(Issued(ticket, Standing(0, (0, 15)), doctor_minutes=15), new=True), None
    yield "services", Services(), None
    yield "keypad", entry, None
    yield "forgot", Forgot(entry), None
    others = tuple(sample_ticket(hospital, clinic, now) for clinic in clinics[:4])
    yield "which", WhichOne(others, Purpose.WHERE, Entering(Purpose.WHERE, "12")), None
    yield "explained", Explaining(WORDS, Idle()), None
    yield "report-now", Explaining(WORDS, Idle(), ticket.id), None
    yield "information", Contents((SAMPLE,)), None
    yield "reading", Reading((SAMPLE,), SAMPLE), None
    yield "help", Idle(glances), CallingHelp(StaffTold.YES)
    yield "emergency", Idle(glances), ShowingEmergency(StaffTold.YES)
    yield "cannot-walk", Idle(glances), ShowingEmergency(StaffTold.YES, StaffTold.YES)
    yield "pin", EnteringPin("12"), None
    yield "service-menu", ServiceMenu(state), None
    yield "cleaning", Cleaning(state, float("inf")), None


def showing(state: LobbyState, page: Page, over: Over | None, language: str, *, elder: bool) -> LobbyState:
    """Return a state that shows a page in a language and a size, in front of which nobody stands."""
    return replace(
        state, page=page, over=over, language=language, elder=elder, visit=state.visit + 1, drawing=state.drawing + 1,
        touched=None, awaited=None,
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
