"""The end of a session: who is still there, and what staff have decided about each: serve, move or release.

Nothing is ever purged: who holds a ticket stays until somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.hours import opening
from nightdesk_queue.model import State, Ticket
from nightdesk_queue.store import Store, events, tickets

STILL_THERE = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A patient of a session that is over; `kept` once staff decided to serve them all the same."""

    ticket: Ticket
    kept: bool


def leftovers(store: Store, hospital: Hospital, clinic_ids: Iterable[str], now: datetime) -> list[Leftover]:
    """Return who is left over at clinics whose session is over, in order of issue within each clinic."""
    found = []
    with store.reading() as connection:
        for clinic_id in clinic_ids:
            clinic = hospital.clinics[clinic_id]
            if clinic.always_open or opening(clinic, hospital, now).session is not None:
                continue
            for ticket in tickets.living(connection, clinic_id, *STILL_THERE):
                found.append(Leftover(ticket, events.kept(connection, ticket.id)))
    return found
