"""Expected patients: which session they belong to, when they may check in, when they will not come any more. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import Lane, Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import Opening, evenings, opening
from nightdesk_queue.text.cleaning import normalised

PHONE_DIGITS = 4
"""So much of a telephone number is kept: enough to find a caller again, too little to call anybody."""


_ONE_PHONE = re.compile(r"[+(]?\d[\d ()\-]*", re.ASCII)
_TWO_PHONES = re.compile(r"\d{7,}\s+\d{7,}", re.ASCII)
_NO_DIGIT = re.compile(r"\D", re.ASCII)
MOST_PHONE_DIGITS = 15
"""The longest number there is, with its country code (ITU-T E.164)."""


# of one row it is asked several times
@lru_cache(maxsize=16)
def phone_tail(phone: str | None) -> str | None:
    """Return the last four digits of what is plainly one telephone number, None for anything else.

    A number that a spreadsheet made of it (`1.38E+10`, `13800138000.0`), an extension behind it or a second number
    would leave digits that nobody types.
    """
    said = " ".join(normalised(phone or "").replace("–", "-").replace("—", "-").split())
    if not _ONE_PHONE.fullmatch(said) or _TWO_PHONES.search(said):
        return None
    digits = _NO_DIGIT.sub("", said)
    return digits[-PHONE_DIGITS:] if len(digits) <= MOST_PHONE_DIGITS else None


def session_of(hospital: Hospital, clinic: Clinic, slot_at: datetime | None, now: datetime) -> Opening:
    """Return the session a patient is expected in. Raises Refused: too_late, closed."""
    if slot_at is not None and slot_at < now - timedelta(minutes=clinic.booking.late_minutes):
        raise refusals.too_late(hospital, clinic, slot_at)
    hours = opening(clinic, hospital, slot_at or now)
    if clinic.always_open and hours.issuing:
        return hours
    if hours.session is None and slot_at is None:
        left = [evening for evening in evenings(clinic, hospital, hours.service_day) if evening.closes > now]
        if left:
            return Opening(False, hours.service_day, left[0])
    if hours.session is None:
        raise (
            refusals.no_session_then(hospital, clinic, slot_at) if slot_at else refusals.closed(hospital, clinic, hours)
        )
    return hours


def is_late(hospital: Hospital, clinic: Clinic, ticket: Ticket, now: datetime) -> bool:
    """Return whether a patient who checks in is late.

    Raises Refused: too_early, closed.
    """
    early = timedelta(minutes=clinic.booking.early_minutes)
    if ticket.slot_at and now < ticket.slot_at - early:
        raise refusals.too_early(hospital, ticket, ticket.slot_at - early)
    late = bool(ticket.slot_at and now > ticket.slot_at + timedelta(minutes=clinic.booking.late_minutes))
    hours = opening(clinic, hospital, now)
    soon = hours.next_opens is not None and now >= hours.next_opens - early
    in_slot = ticket.slot_at is not None and not late
    if not hours.issuing and hours.session is None and not soon and not in_slot:
        raise refusals.closed(hospital, clinic, hours)
    return late


def lane_on_arrival(clinic: Clinic, ticket: Ticket, *, late: bool) -> Lane:
    """Return the lane of somebody who checks in: that of bookings in the slot's window, else their own."""
    booked = ticket.slot_at is not None and not late
    if booked and clinic.order.booked == "first":
        return Lane.BOOKED
    if ticket.priority:
        return Lane.PRIORITY
    return Lane.BOOKED if booked else Lane.FIRST


def is_no_show(hospital: Hospital, ticket: Ticket, now: datetime) -> bool:
    """Whether an expected patient will not come any more: the session they were expected in is over."""
    clinic = hospital.clinics.get(ticket.clinic)
    if clinic is None:
        return False
    if ticket.slot_at:
        ends = ticket.slot_at + timedelta(minutes=clinic.booking.late_minutes)
        session = opening(clinic, hospital, ticket.slot_at).session
        if session:
            return now >= max(ends, session.closes)
        return now >= ends and opening(clinic, hospital, now).service_day > ticket.service_day
    if clinic.always_open:
        return opening(clinic, hospital, now).service_day > ticket.service_day
    closing = [evening.closes for evening in evenings(clinic, hospital, ticket.service_day)]
    return bool(closing) and now >= max(closing)
