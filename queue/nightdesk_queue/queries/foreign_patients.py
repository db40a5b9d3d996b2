"""Patients of other systems: which ticket a visit or patient number means, and whose transfer was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import events, foreign_visits, hl7_journal, tickets
from nightdesk_queue.store.database import Tx

OPEN_HOURS = 12
"""A transfer that was refused longer ago is nobody's business any more: the patient was seen in Emergency."""


def ticket_of_visit(tx: Tx, known: ForeignVisit | None) -> Ticket | None:
    """Return the ticket that a visit has, ended or not."""
    return tickets.by_id(tx, known.ticket) if known and known.ticket else None


def tickets_of_patient(tx: Tx, who: ForeignId, *, unnamed: bool = False) -> list[Ticket]:
    """Return the living tickets of a patient number, the newest first; who is only expected comes last.

    `unnamed`: only of visits that have no number of their own: a message that names another visit means none of those
    that have one.
    """
    found = []
    for visit in foreign_visits.of_patient(tx, who):
        ticket = ticket_of_visit(tx, visit)
        if ticket is not None and ticket.state not in ENDED and not (unnamed and visit.who.visit):
            found.append(ticket)
    return sorted(found, key=lambda one: one.state is State.EXPECTED)


def set_by_staff(tx: Tx, ticket: Ticket, station: str) -> bool:
    """Whether somebody here has set a patient's level, at another station than `station`."""
    return any(event.kind is EventKind.LEVEL and event.station != station for event in events.of_ticket(tx, ticket.id))


def is_alarmed(tx: Tx, ticket: Ticket) -> bool:
    """Whether staff are told already that a patient must not wait."""
    return any(one.kind is EventKind.RED_FLAG and one.ticket == ticket.id for one in events.open_alarms(tx))


def refused_transfers(tx: Tx, shown: Sequence[Clinic], now: datetime) -> list[JournalEntry]:
    """Return the transfers to some clinics that were refused tonight and nobody has decided about, the oldest first."""
    ids = {clinic.id for clinic in shown}
    found = hl7_journal.open_refusals(tx, now - timedelta(hours=OPEN_HOURS))
    return [entry for entry in found if entry.clinic is None or entry.clinic in ids]
