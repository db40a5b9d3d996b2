"""Which ticket a person means: by number (`N012`) or by id.

A number that recurs means the ticket of the current service day, else the one that is still living.
"""

from __future__ import annotations

import re
from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import service_day
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.cleaning import normalised

# shorter than any id, so that no id is ever taken for a number
_NUMBER = re.compile(r"([A-Za-z]{1,2})0{0,3}([1-9][0-9]{0,8})")


def find_ticket(tx: Tx, hospital: Hospital, name: str, now: datetime) -> Ticket:
    """Return the ticket named by its number or id. Raises Refused("unknown_ticket")."""
    text = normalised(name)
    if number := _NUMBER.fullmatch(text):
        prefix, n = number[1].upper(), int(number[2])
        clinic = hospital.clinic_of_prefix.get(prefix)
        day = service_day(clinic, hospital, now) if clinic else now.astimezone(hospital.zone).date()
        found = tickets.by_number(tx, prefix, n, day)
    else:
        found = tickets.by_id(tx, text.upper())
    if found is None:
        raise refusals.unknown_ticket(text)
    return found
