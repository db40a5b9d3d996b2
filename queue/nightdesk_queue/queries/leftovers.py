"""The end of a session: who is still there, and what staff have decided about each: serve, move or release.

Nothing is ever purged: who holds a ticket stays until somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import evenings, opening
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
            for ticket in tickets.living(connection, clinic_id, *STILL_THERE):
                if is_left_over(hospital, ticket, now):
                    found.append(Leftover(ticket, events.kept(connection, ticket.id)))
    return found


def is_left_over(hospital: Hospital, ticket: Ticket, now: datetime) -> bool:
    """Whether a patient is still there from a session that is over, however many have begun since."""
    clinic = hospital.clinics.get(ticket.clinic)
    if clinic is None or clinic.always_open or ticket.state not in STILL_THERE:
        return False
    if any(evening.closes > now for evening in evenings(clinic, hospital, ticket.service_day)):
        return False
    session = opening(clinic, hospital, now).session
    came_here = ticket.transferred_at or ticket.arrived_at
    return session is None or came_here < session.opens


def refuse_others(store: Store, hospital: Hospital, names: Iterable[str], now: datetime) -> list[Ticket]:
    """Return the tickets of these names; refuse the first that is no leftover: not_left_over, unknown_ticket."""
    found = []
    with store.reading() as connection:
        for name in names:
            ticket = find_ticket(connection, hospital, name, now)
            if not is_left_over(hospital, ticket, now):
                raise refusals.not_left_over(ticket)
            found.append(ticket)
    return found
