"""The state of a call screen, computed from the database, whatever protocol shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import LANE_TEXTS, Lane, State, Ticket
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.queries.call_screens import CallScreenFacts, ScreenScope, call_screen_facts
from nightdesk_queue.rules.announcing import announced_name
from nightdesk_queue.rules.ordering import rank
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.bilingual import Text, joined

NEXT_SHOWN = 4
FRESH = timedelta(seconds=10)
"""How long a new call stands out."""
TESTED = timedelta(seconds=15)
"""How long a screen shows its test picture."""
TRANSFERRED = Text(zh="转诊", en="transfer")

SUSPENDED = Text(zh="{clinic}停诊{why}", en="{clinic}: suspended{why}")
MOVED = Text(zh="{clinic}移至{rooms}{why}", en="{clinic}: now in {rooms}{why}")
PAGED = Text(
    zh="请值班医生到{clinic}：{number}，{at}，第 {n} 次", en="Doctor on call to {clinic}: {number}, {at}, call {n}"
)


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One number and the room it is called to. `called` until the patient has come in; `times` counts the calls.

    `reason`: in a word why this patient overtook others (军, 孕, 回诊, 转诊), where anything explains it.
    """

    label: str
    number: str
    room: Text
    at: datetime
    called: bool
    times: int
    reason: Text | None = None

    def fresh(self, now: datetime) -> bool:
        """Whether the call is so new that it should stand out."""
        return self.called and abs(now - self.at) < FRESH


@dataclass(frozen=True, slots=True)
class ScreenState:
    """All that a screen shows. `calls` newest first; `next_up` the numbers that follow, in calling order.

    `clock`: the time of day, on screens without a clock of their own that have nothing else to say. `testing`: a person
    wants to see all of the screen. `notices`: clinics that are suspended or moved. `pages`: what the duty room must
    know: the doctor on call is wanted and has not answered. `alarm`: for a beacon, whether an alarm is open.
    """

    hospital: Text
    calls: tuple[ShownCall, ...]
    next_up: tuple[str, ...]
    notices: tuple[Text, ...] = ()
    pages: tuple[Text, ...] = ()
    clock: str | None = None
    testing: bool = False
    alarm: bool = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to say."""
        return not (any(call.called for call in self.calls) or self.notices or self.pages or self.testing)


def screen_state(tx: Tx, hospital: Hospital, scope: ScreenScope, now: datetime) -> ScreenState:
    """Return what a screen shows now, whatever its protocol can say of it."""
    return state_of(call_screen_facts(tx, hospital, scope, now, NEXT_SHOWN))


def display_state(tx: Tx, hospital: Hospital, display: Display, now: datetime) -> ScreenState:
    """Return what a configured display shows now."""
    facts = call_screen_facts(tx, hospital, ScreenScope(display.clinics, display.rooms, display.id), now, NEXT_SHOWN)
    state, wish = state_of(facts), facts.test
    # a patient who is called meanwhile must not wait for the end of a test
    called = any(call.called and wish and call.at > wish.at for call in state.calls)
    if wish and not called and abs(now - wish.at) < TESTED:
        return replace(state, testing=True)
    # the idle template of a device that takes a line may hold the time beside a notice
    nobody = display.protocol == "ascii" and not any(call.called for call in state.calls)
    if display.protocol == "beacon":
        return replace(state, alarm="alarm" in display.beacon.on and bool(open_alarms(tx)))
    if (state.idle or nobody) and display.protocol not in ("board", "json"):
        return replace(state, clock=f"{now.astimezone(hospital.zone):%H:%M}")
    return state


def state_of(facts: CallScreenFacts) -> ScreenState:
    """Return what a screen shows by what is known. Pure."""
    hospital = facts.hospital
    calls = [_shown(ticket, one.clinic.id, hospital) for one in facts.clinics for ticket in one.in_rooms]
    calls.sort(key=lambda call: (call.called, call.at), reverse=True)
    # each clinic's own order is kept; between several, whoever has waited longest comes first
    next_up = islice(merge(*(one.following for one in facts.clinics), key=rank), NEXT_SHOWN)
    pages = [_page(hospital, page) for page in facts.pages]
    return ScreenState(
        hospital.hospital.name,
        tuple(calls),
        tuple(ticket.number for ticket in next_up),
        notices=tuple(_notices(facts)),
        pages=tuple(pages),
    )


def _notices(facts: CallScreenFacts) -> Iterator[Text]:
    for one in facts.clinics:
        state = facts.states.get(one.clinic.id)
        if state is not None and (state.suspended or state.rooms):
            yield _notice(facts.hospital, one.clinic.name, one.clinic.rooms, state)


def _notice(hospital: Hospital, name: Text, rooms: Sequence[str], state: ClinicState) -> Text:
    names = joined([hospital.room_name(room) for room in rooms])
    words = SUSPENDED if state.suspended else MOVED
    why = Text(zh="：{n}", en=": {n}").fill(n=state.words) if state.words else Text("", "")
    return words.fill(clinic=name, rooms=names, why=why)


def _page(hospital: Hospital, page: Page) -> Text:
    at = f"{page.at.astimezone(hospital.zone):%H:%M}"
    return PAGED.fill(clinic=hospital.clinic_name(page.clinic), number=page.number, at=at, n=page.rounds)


def _shown(ticket: Ticket, clinic_id: str, hospital: Hospital) -> ShownCall:
    clinic = hospital.clinics[clinic_id]
    reason = None if clinic.sensitive else reason_for(ticket, hospital)
    return ShownCall(
        label=announced_name(clinic, ticket) or ticket.number,
        number=ticket.number,
        room=hospital.room_name(ticket.room or ""),
        at=ticket.called_at or ticket.queued_at,
        called=ticket.state is State.CALLED,
        times=ticket.calls,
        reason=reason,
    )


def reason_for(ticket: Ticket, hospital: Hospital) -> Text | None:
    """Return in a word why a patient may have been called before others; None for one who came in turn.

    How ill somebody is stands on no screen in a hall: nothing is said of a triage level.
    """
    for id_ in ticket.priority:
        if group := hospital.priorities.get(id_):
            return Text(zh=group.badge, en=group.name.en)
    if ticket.lane in (Lane.RETURN, Lane.MISSED):
        return LANE_TEXTS[ticket.lane]
    return TRANSFERRED if ticket.origin else None
