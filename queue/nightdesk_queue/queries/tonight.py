"""Everybody of tonight, over all clinics and states: who is here, and who was."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.states import LIVING
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Tx

_HERE = tuple(state for state in State if state in LIVING and state is not State.EXPECTED)


def tickets_tonight(tx: Tx, hospital: Hospital, now: datetime) -> list[Ticket]:
    """Return the tickets of yesterday's and today's service days, and who is here still from an earlier one.

    The cost is that of two days, however many nights are kept.
    """
    today = now.astimezone(hospital.zone).date()
    found = tickets.of_days(tx, [today - timedelta(days=1), today])
    older = [one for clinic in hospital.clinic for one in tickets.living(tx, clinic.id, *_HERE)]
    return list({ticket.id: ticket for ticket in (*older, *found)}.values())
