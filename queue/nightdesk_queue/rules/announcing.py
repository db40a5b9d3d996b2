"""What is told to a waiting room of a patient beside the number. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.cleaning import masked, shows_nothing


def announced_name(clinic: Clinic | None, ticket: Ticket) -> str | None:
    """Return a patient's masked name; None where the clinic calls by number or nothing of the name may be shown."""
    if clinic is None or clinic.announce != "masked_name" or clinic.sensitive or not ticket.name:
        return None
    name = masked(ticket.name)
    return None if shows_nothing(name) else name
