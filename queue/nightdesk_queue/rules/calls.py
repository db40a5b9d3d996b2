"""How often a patient is called before they count as missed. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State, Ticket


def calls_missing(hospital: Hospital, ticket: Ticket) -> int:
    """Return how many calls a called patient is short of the number their clinic says (`missed.recalls`), 0 for none.

    A clinic that the configuration has lost asks for none.
    """
    clinic = hospital.clinics.get(ticket.clinic)
    if clinic is None or ticket.state is not State.CALLED:
        return 0
    return max(clinic.missed.recalls - ticket.calls, 0)
