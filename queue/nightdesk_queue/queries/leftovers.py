"""The end of a session: who is still there, and what staff have decided about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.leftovers import STILL_THERE, is_left_over
from nightdesk_queue.store import events, tickets
from nightdesk_queue.store.database import Tx


@dataclass(frozen=True, slots=True)
class Leftover:
    """A patient of a session that is over; `kept` once staff decided to serve them all the same."""

    ticket: Ticket
    kept: bool


def leftovers(tx: Tx, hospital: Hospital, clinic_ids: Iterable[str], now: datetime) -> list[Leftover]:
    """Return who is left over at clinics whose session is over, in order of issue within each clinic."""
    found = []
    for clinic_id in clinic_ids:
        if (clinic := hospital.clinics.get(clinic_id)) is None or clinic.always_open:
            continue  # nobody is left over there, and its queue may be long
        for ticket in tickets.living(tx, clinic_id, *STILL_THERE):
            if is_left_over(hospital, ticket, now):
                found.append(Leftover(ticket, events.kept(tx, ticket.id)))
    return found


def left_over(tx: Tx, hospital: Hospital, names: Iterable[str], now: datetime) -> list[Ticket]:
    """Return the leftovers of these names. Raises Refused for the first that is none: not_left_over, unknown_ticket."""
    found = []
    for name in names:
        ticket = find_ticket(tx, hospital, name, now)
        if not is_left_over(hospital, ticket, now):
            raise refusals.not_left_over(ticket)
        found.append(ticket)
    return found
