"""What people look at: a clinic's queue, one patient's standing. Reads only, in one consistent view each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.hours import Opening, opening
from nightdesk_queue.model import Lane, Place, Standing, State, Ticket
from nightdesk_queue.ordering import order
from nightdesk_queue.store import Store, tickets
from nightdesk_queue.waits import interval, remaining_minutes

ON_VIEW = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED, State.EXPECTED)


@dataclass(frozen=True, slots=True)
class QueueView:
    """A clinic at one moment. `waiting` is in calling order, with what each patient would be told."""

    clinic: Clinic
    opening: Opening
    waiting: list[tuple[Place, Standing]]
    called: list[Ticket]
    serving: list[Ticket]
    held: list[Ticket]
    missed: list[Ticket]


@dataclass(frozen=True, slots=True)
class ClinicGlance:
    """A clinic in one line for the lobby: open or not, and what a new patient would be told."""

    clinic: Clinic
    opening: Opening
    standing: Standing


def queue_view(store: Store, hospital: Hospital, clinic: Clinic, now: datetime) -> QueueView:
    """Return everything staff see of one clinic."""
    with store.reading() as connection:
        found = tickets.living(connection, clinic.id, *ON_VIEW)
    by_state = {state: [ticket for ticket in found if ticket.state is state] for state in ON_VIEW}
    line = order(by_state[State.WAITING])
    busy = _busy(clinic, by_state[State.CALLED] + by_state[State.SERVING], now)
    ahead = [_mean(clinic, place.ticket) for place in line]
    return QueueView(
        clinic=clinic,
        opening=opening(clinic, hospital, now),
        waiting=[(place, _standing(busy, ahead[:index])) for index, place in enumerate(line)],
        called=by_state[State.CALLED],
        serving=by_state[State.SERVING],
        held=by_state[State.HELD],
        missed=by_state[State.MISSED],
    )


def standing(store: Store, hospital: Hospital, ticket: Ticket, now: datetime) -> Standing | None:
    """Return how many are called before this patient and how long that takes; None unless they wait."""
    clinic = hospital.clinics.get(ticket.clinic)
    if ticket.state is not State.WAITING or clinic is None:
        return None
    with store.reading() as connection:
        line, busy = _line(connection, clinic, now)
    before = [place.ticket for place in line]
    index = next((i for i, other in enumerate(before) if other.id == ticket.id), len(before))
    return _standing(busy, [_mean(clinic, other) for other in before[:index]])


def glances(store: Store, hospital: Hospital, clinics: Sequence[Clinic], now: datetime) -> list[ClinicGlance]:
    """Return what the lobby shows of each clinic."""
    found = []
    with store.reading() as connection:
        for clinic in clinics:
            line, busy = _line(connection, clinic, now)
            told = _standing(busy, [_mean(clinic, place.ticket) for place in line])
            found.append(ClinicGlance(clinic, opening(clinic, hospital, now), told))
    return found


def _line(connection: sqlite3.Connection, clinic: Clinic, now: datetime) -> tuple[list[Place], list[float]]:
    found = tickets.living(connection, clinic.id, State.WAITING, State.CALLED, State.SERVING)
    waiting = [ticket for ticket in found if ticket.state is State.WAITING]
    return order(waiting), _busy(clinic, [ticket for ticket in found if ticket.state is not State.WAITING], now)


def _busy(clinic: Clinic, in_rooms: Sequence[Ticket], now: datetime) -> list[float]:
    """Return for each of the clinic's rooms the minutes until it is free."""
    occupied = {}
    for ticket in in_rooms:
        mean = _mean(clinic, ticket)
        began = ticket.started_at if ticket.state is State.SERVING else None
        elapsed = (now - began).total_seconds() / 60 if began else 0.0
        occupied[ticket.room] = remaining_minutes(mean, elapsed)
    return [occupied.get(room, 0.0) for room in clinic.rooms]


def _mean(clinic: Clinic, ticket: Ticket) -> float:
    return clinic.consult_minutes.return_ if ticket.lane is Lane.RETURN else clinic.consult_minutes.first


def _standing(busy: Sequence[float], ahead: Sequence[float]) -> Standing:
    return Standing(len(ahead), interval(busy, ahead))
