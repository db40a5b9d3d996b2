"""Who is left over when a session is over. Nothing is purged: who holds a ticket stays until staff decide. Pure."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules.hours import evenings, opening

STILL_THERE = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED)
"""States of a patient who is in the hospital."""


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
