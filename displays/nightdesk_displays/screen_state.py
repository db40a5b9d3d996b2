"""What a call screen shows: a state computed from the database, whatever protocol says it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from nightdesk_queue.commands.alarms import kiosks_alarmed
from nightdesk_queue.config import Clinic, Display, Hospital
from nightdesk_queue.domain.tickets import LANE_TEXTS, LEVEL_ORDINARY, Lane, State, Ticket
from nightdesk_queue.queries.room_assignments import moved
from nightdesk_queue.queries.waiting_list import ordered
from nightdesk_queue.rules.ordering import rank
from nightdesk_queue.store import Store, events, pages, tickets
from nightdesk_queue.store import clinics as clinic_states
from nightdesk_queue.store.clinics import ClinicState
from nightdesk_queue.store.pages import Page
from nightdesk_queue.text.bilingual import Text, joined
from nightdesk_queue.text.cleaning import masked

NEXT_SHOWN = 4
FRESH = timedelta(seconds=10)
"""How long a new call stands out."""
TESTED = timedelta(seconds=15)
"""How long a screen shows its test picture."""
TRANSFERRED = Text(zh="转诊", en="transfer")
URGENT = Text(zh="急", en="urgent")

SUSPENDED = Text(zh="{clinic}停诊{why}", en="{clinic}: suspended{why}")
MOVED = Text(zh="{clinic}移至{rooms}{why}", en="{clinic}: now in {rooms}{why}")
PAGED = Text(
    zh="请值班医生到{clinic}：{number}，{at}，第 {n} 次", en="Doctor on call to {clinic}: {number}, {at}, call {n}"
)
NO_PRINTER = Text(
    zh="自助机 {kiosk} 没有可用的打印机，请人去看", en="Kiosk {kiosk} has no printer that works: send somebody"
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
    know: the doctor on call is wanted and has not answered, a kiosk has no printer.
    """

    hospital: Text
    calls: tuple[ShownCall, ...]
    next_up: tuple[str, ...]
    notices: tuple[Text, ...] = ()
    pages: tuple[Text, ...] = ()
    clock: str | None = None
    testing: bool = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to say."""
        return not (any(call.called for call in self.calls) or self.notices or self.pages or self.testing)


def screen_state(
    store: Store,
    hospital: Hospital,
    clinics: Collection[str],
    rooms: Collection[str],
    now: datetime,
    display: str | None = None,
) -> ScreenState:
    """Return what a screen for some clinics and rooms shows now; for all of the hospital where none is named.

    `display`: the screen's id, where the doctor on call is paged on it.
    """
    calls: list[ShownCall] = []
    lines: list[list[Ticket]] = []
    with store.reading() as connection:
        states = clinic_states.all_of(connection)
        usual = hospital.clinics
        hospital = moved(hospital, states)
        shown = [clinic for clinic in hospital.clinic if _concerns(clinic, usual[clinic.id], clinics, rooms)]
        for clinic in shown:
            found = tickets.living(connection, clinic.id, State.CALLED, State.SERVING, State.WAITING)
            in_rooms = [ticket for ticket in found if ticket.room and ticket.state is not State.WAITING]
            calls += [_shown(ticket, clinic, hospital) for ticket in in_rooms if not rooms or ticket.room in rooms]
            waiting = [ticket for ticket in found if ticket.state is State.WAITING]
            lines.append([place.ticket for place in ordered(connection, clinic, waiting, now)[:NEXT_SHOWN]])
        paged = [_page(hospital, page) for page in pages.sounding(connection) if _paged_on(hospital, page, display)]
        if display in _duty_displays(hospital):
            paged += [NO_PRINTER.fill(kiosk=kiosk) for kiosk in kiosks_alarmed(connection)]
    # each clinic's own order is kept; between several, whoever has waited longest comes first
    next_up = islice(merge(*lines, key=rank), NEXT_SHOWN)
    calls.sort(key=lambda call: (call.called, call.at), reverse=True)
    return ScreenState(
        hospital.hospital.name,
        tuple(calls),
        tuple(ticket.number for ticket in next_up),
        notices=tuple(_notices(hospital, shown, states)),
        pages=tuple(paged),
    )


def display_state(store: Store, hospital: Hospital, display: Display, now: datetime) -> ScreenState:
    """Return what a configured display shows now."""
    state = screen_state(store, hospital, display.clinics, display.rooms, now, display.id)
    with store.reading() as connection:
        wish = events.last_display_test(connection, display.id)
    # a patient who is called meanwhile must not wait for the end of a test
    called = any(call.called and wish and call.at > wish.at for call in state.calls)
    if wish and not called and abs(now - wish.at) < TESTED:
        return replace(state, testing=True)
    # the idle template of a device that takes a line may hold the time beside a notice
    nobody = display.protocol == "ascii" and not any(call.called for call in state.calls)
    if (state.idle or nobody) and display.protocol != "board":
        return replace(state, clock=f"{now.astimezone(hospital.zone):%H:%M}")
    return state


def _notices(hospital: Hospital, shown: Sequence[Clinic], states: Mapping[str, ClinicState]) -> Iterator[Text]:
    for clinic in shown:
        state = states.get(clinic.id)
        if state is None or not (state.suspended or state.rooms):
            continue
        names = joined([hospital.room_name(room) for room in clinic.rooms])
        words = SUSPENDED if state.suspended else MOVED
        why = Text(zh="：{n}", en=": {n}").fill(n=state.words) if state.words else Text("", "")
        yield words.fill(clinic=clinic.name, rooms=names, why=why)


def _duty_displays(hospital: Hospital) -> set[str]:
    return {clinic.on_call.display for clinic in hospital.clinic if clinic.on_call and clinic.on_call.display}


def _paged_on(hospital: Hospital, page: Page, display: str | None) -> bool:
    clinic = hospital.clinics.get(page.clinic)
    return bool(display and clinic and clinic.on_call and clinic.on_call.display == display)


def _page(hospital: Hospital, page: Page) -> Text:
    at = f"{page.at.astimezone(hospital.zone):%H:%M}"
    return PAGED.fill(clinic=hospital.clinic_name(page.clinic), number=page.number, at=at, n=page.rounds)


def _concerns(clinic: Clinic, usual: Clinic, clinics: Collection[str], rooms: Collection[str]) -> bool:
    """Whether a screen is for a clinic. One that has moved still calls, and says so, at the rooms it usually has."""
    if clinics and clinic.id not in clinics:
        return False
    return not rooms or bool({*clinic.rooms, *usual.rooms} & set(rooms))


def _shown(ticket: Ticket, clinic: Clinic, hospital: Hospital) -> ShownCall:
    masked_name = masked(ticket.name) if clinic.announce == "masked_name" and ticket.name else None
    reason = None if clinic.sensitive else reason_for(ticket, hospital)
    return ShownCall(
        label=masked_name or ticket.number,
        number=ticket.number,
        room=hospital.room_name(ticket.room or ""),
        at=ticket.called_at or ticket.queued_at,
        called=ticket.state is State.CALLED,
        times=ticket.calls,
        reason=reason,
    )


def reason_for(ticket: Ticket, hospital: Hospital) -> Text | None:
    """Return in a word why a patient may have been called before others; None for one who came in turn."""
    for id_ in ticket.priority:
        if group := hospital.priorities.get(id_):
            return Text(zh=group.badge, en=group.name.en)
    if ticket.lane in (Lane.RETURN, Lane.MISSED):
        return LANE_TEXTS[ticket.lane]
    if ticket.level < LEVEL_ORDINARY:
        return URGENT
    return TRANSFERRED if ticket.origin else None
