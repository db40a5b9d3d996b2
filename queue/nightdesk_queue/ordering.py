"""Who is next, and why.

Pure: the tickets that wait come in, the order of calling goes out, each place with its reason. The same order
answers what staff are shown and whom the next call takes, so a preview is the truth.

The rule so far: triage level first (III before every IV), then first come first served by credited arrival; the
order of issue breaks ties, so two tickets never change places by chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from nightdesk_queue.model import LEVEL_ORDINARY, Place, Reason, Ticket


def order(waiting: Iterable[Ticket]) -> list[Place]:
    """Return the waiting tickets of one clinic in the order in which they will be called."""
    ranked = sorted(waiting, key=rank)
    return [Place(ticket, _reason(ticket)) for ticket in ranked]


def rank(ticket: Ticket) -> tuple[int, datetime, int]:
    """Return what decides a ticket's place among those who wait, the smallest first."""
    return ticket.level, ticket.queued_at, ticket.seq


def _reason(ticket: Ticket) -> Reason:
    return Reason.LEVEL if ticket.level < LEVEL_ORDINARY else Reason.ARRIVAL
