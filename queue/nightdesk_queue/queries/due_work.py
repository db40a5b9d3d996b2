"""What the clock has made due: pages to send again, no-shows, lists of sessions that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.bookings import is_no_show
from nightdesk_queue.rules.hours import evenings
from nightdesk_queue.rules.paging import is_due
from nightdesk_queue.store import pages, slips, tickets
from nightdesk_queue.store.database import Tx

LIST_WITHIN = timedelta(hours=6)
"""A list that could not be printed for so long is no longer waited for."""


def pages_due(tx: Tx, hospital: Hospital, now: datetime) -> list[Page]:
    """Return the unanswered pages whose next round is due."""
    return [page for page in pages.open_pages(tx) if is_due(hospital, page, now)]


def no_shows(tx: Tx, hospital: Hospital, now: datetime) -> list[Ticket]:
    """Return the expected patients who will not come any more."""
    return [ticket for ticket in tickets.expected(tx) if is_no_show(hospital, ticket, now)]


def lists_due(tx: Tx, hospital: Hospital, days: Sequence[date], now: datetime) -> list[tuple[str, date]]:
    """Return the clinics and service days whose list is to be printed: sessions over, and no list queued yet."""
    found = []
    for clinic in hospital.clinic:
        for day in days if clinic.session_list else ():
            closed = [evening.closes for evening in evenings(clinic, hospital, day)]
            if closed and max(closed) <= now < max(closed) + LIST_WITHIN and slips.list_of(tx, clinic.id, day) is None:
                found.append((clinic.id, day))
    return found
