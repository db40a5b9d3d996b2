"""Who is expected: patients who telephoned or have a booking, and have not arrived."""

from __future__ import annotations

from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Tx


def expected(tx: Tx) -> list[Ticket]:
    """Return who is expected, by booked time; those without one first."""
    found = tickets.expected(tx)
    return sorted(found, key=lambda ticket: (ticket.slot_at is not None, ticket.queued_at, ticket.seq))
