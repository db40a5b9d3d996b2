"""How a transfer credits the waiting, and where the patient returns to afterwards. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.tickets import Ticket


def credited(arrived_at: datetime, joins_at: datetime, rule: str) -> datetime:
    """Return the arrival a target queue counts from: the first arrival, half of the wait, or none of it."""
    waited = max(joins_at - arrived_at, timedelta(0))
    return joins_at - {"arrival": waited, "half": waited / 2, "none": timedelta(0)}[rule]


def ways_back(ticket: Ticket, target: Clinic, asked: bool | None) -> tuple[str, ...]:
    """Return the clinics a patient returns to after a transfer, the next one first.

    `asked`: whether staff want the patient back where they are now; None leaves it to the target clinic. A way back
    that was promised earlier stays; who is sent where they would return to has arrived.
    """
    returns = target.transfer.way_back if asked is None else asked
    promised = () if asked is False else tuple(one for one in ticket.ways_back if one != target.id)
    return (ticket.clinic, *promised) if returns and ticket.clinic not in promised else promised
