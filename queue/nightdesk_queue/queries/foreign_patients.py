"""Patients of other systems: which ticket a visit number means, and whose transfer was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import foreign_visits, hl7_journal, tickets
from nightdesk_queue.store.database import Tx

OPEN_HOURS = 12
"""A transfer that was refused longer ago is nobody's business any more: the patient was seen in Emergency."""


def visit_of(tx: Tx, who: ForeignId) -> ForeignVisit | None:
    """Return the visit that another system means by its number; None where it is new or not named."""
    return foreign_visits.of_visit(tx, who)


def ticket_of(tx: Tx, who: ForeignId, known: ForeignVisit | None) -> Ticket | None:
    """Return the ticket of a visit, else the living one of the patient, the newest where there are several.

    `known`: the visit, where it is known. A ticket that has ended is returned only where it is the visit's own.
    """
    own = tickets.by_id(tx, known.ticket) if known and known.ticket else None
    if own is not None:
        return own
    if known is None:
        for visit in foreign_visits.of_patient(tx, who):
            ticket = tickets.by_id(tx, visit.ticket) if visit.ticket else None
            if ticket is not None and ticket.state not in ENDED:
                return ticket
    return None


def refused_transfers(tx: Tx, shown: Sequence[Clinic], now: datetime) -> list[JournalEntry]:
    """Return the transfers to some clinics that were refused tonight and nobody has decided about, the oldest first."""
    ids = {clinic.id for clinic in shown}
    found = hl7_journal.open_refusals(tx, now - timedelta(hours=OPEN_HOURS))
    return [entry for entry in found if entry.clinic is None or entry.clinic in ids]
