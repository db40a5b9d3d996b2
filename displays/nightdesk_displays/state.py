"""What a call screen shows: a state computed from the database, whatever protocol says it afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Clinic, Display, Hospital
from nightdesk_queue.language import Text
from nightdesk_queue.model import State, Ticket
from nightdesk_queue.ordering import order, rank
from nightdesk_queue.store import Store, tickets
from nightdesk_queue.text import masked

NEXT_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One number and the room it is called to. `called` until the patient has come in; `times` counts the calls."""

    label: str
    number: str
    room: Text
    at: datetime
    called: bool
    times: int


@dataclass(frozen=True, slots=True)
class ScreenState:
    """All that a screen shows. `calls` newest first; `next_up` the numbers that follow, in calling order."""

    hospital: Text
    calls: tuple[ShownCall, ...]
    next_up: tuple[str, ...]


def screen_state(store: Store, hospital: Hospital, clinics: Collection[str], rooms: Collection[str]) -> ScreenState:
    """Return what a screen for some clinics and rooms shows now; for all of the hospital where none is named."""
    shown = [clinic for clinic in hospital.clinic if _concerns(clinic, clinics, rooms)]
    calls: list[ShownCall] = []
    next_up: list[Ticket] = []
    with store.reading() as connection:
        for clinic in shown:
            found = tickets.living(connection, clinic.id, State.CALLED, State.SERVING, State.WAITING)
            in_rooms = [ticket for ticket in found if ticket.room and ticket.state is not State.WAITING]
            calls += [_shown(ticket, clinic, hospital) for ticket in in_rooms if not rooms or ticket.room in rooms]
            waiting = [ticket for ticket in found if ticket.state is State.WAITING]
            next_up += [place.ticket for place in order(waiting)[:NEXT_SHOWN]]
    next_up.sort(key=rank)
    calls.sort(key=lambda call: (call.called, call.at), reverse=True)
    return ScreenState(hospital.hospital.name, tuple(calls), tuple(t.number for t in next_up[:NEXT_SHOWN]))


def display_state(store: Store, hospital: Hospital, display: Display) -> ScreenState:
    """Return what a configured display shows now."""
    return screen_state(store, hospital, display.clinics, display.rooms)


def _concerns(clinic: Clinic, clinics: Collection[str], rooms: Collection[str]) -> bool:
    if not clinics and not rooms:
        return True
    return clinic.id in clinics or bool(set(clinic.rooms) & set(rooms))


def _shown(ticket: Ticket, clinic: Clinic, hospital: Hospital) -> ShownCall:
    masked_name = masked(ticket.name) if clinic.announce == "masked_name" and ticket.name else None
    return ShownCall(
        label=masked_name or ticket.number,
        number=ticket.number,
        room=hospital.room_name(ticket.room or ""),
        at=ticket.called_at or ticket.queued_at,
        called=ticket.state is State.CALLED,
        times=ticket.calls,
    )
