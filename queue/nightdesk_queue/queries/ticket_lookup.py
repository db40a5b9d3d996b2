"""Which ticket a person means: by number (`N012`), by its digits alone, by a telephone's last digits, or by id.

A number that recurs means the ticket of the current service day, else the one that is still living.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals, room_refusals
from nightdesk_queue.rules.bookings import PHONE_DIGITS
from nightdesk_queue.rules.hours import service_day
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.cleaning import ascii_digits, normalised

LONGEST_N = 9
"""Digits of a number; more are none."""

# shorter than any id, so that no id is ever taken for a number
_NUMBER = re.compile(r"([A-Za-z]{1,2})0{0,3}([1-9][0-9]{0,8})")


def candidates(tx: Tx, hospital: Hospital, said: str, now: datetime) -> list[Ticket]:
    """Return the tickets a patient may mean; several where digits alone do not say whose number it is.

    `said`: a number or an id, which mean one ticket; or digits: those of a living number of any clinic, and, of four,
    the last ones of the telephone of somebody who is expected or here since yesterday. Empty where there is none.
    Raises Refused("unknown_ticket") for a number or an id that nobody has.
    """
    digits = ascii_digits(said)
    if not digits or digits != normalised(said) or len(digits) > LONGEST_N:
        return [find_ticket(tx, hospital, said, now)]
    found: list[Ticket] = []
    if len(digits) == PHONE_DIGITS:
        today = now.astimezone(hospital.zone).date()
        found = tickets.living_by_phone(tx, digits, [today - timedelta(days=1), today])
    n = int(digits)
    numbered = [tickets.living_number(tx, prefix, n) for prefix in hospital.prefixes] if n else []
    return list({ticket.id: ticket for ticket in (*found, *numbered) if ticket is not None}.values())


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


def patient_in(tx: Tx, hospital: Hospital, room: str) -> Ticket:
    """Return who is in a room, or was called to it. Raises Refused: unknown_room, nobody_in_room."""
    refusals.clinic_of_room(tonight(tx, hospital), room)
    occupant = tickets.in_room(tx, room)
    if occupant is None:
        raise room_refusals.nobody_in_room(hospital, room)
    return occupant
