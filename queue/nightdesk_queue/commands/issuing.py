"""Numbers: issued to who is here, kept for who is expected, and checked in when they arrive."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from nightdesk_queue.commands.steps import DeskBase, day_and_number, end_of_line, joins_lane, new_id, next_number
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain import states
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, State, Ticket
from nightdesk_queue.queries import admission
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import Opening, evenings, opening
from nightdesk_queue.store import clinics, events, slips, tickets
from nightdesk_queue.store.slips import SlipKind
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean

PHONE_DIGITS = 4
"""So much of a telephone number is kept: enough to find a caller again, too little to call anybody."""
EXTRA = "extra"
LATE = "late"

_SET_LEVEL = Text(zh="设定分诊级别", en="setting a triage level")
_GIVE_EXTRA = Text(zh="加号", en="an extra number")


class Arriving(DeskBase):
    """issue, expect, check_in, expected, mark_no_shows."""

    def issue(
        self,
        clinic_id: str,
        *,
        now: datetime,
        by: By,
        name: str | None = None,
        priority: Iterable[str] = (),
        level: int | None = None,
        key: str | None = None,
        kiosk: str | None = None,
        language: str | None = None,
        extra: bool = False,
    ) -> Ticket:
        """Give a number for a clinic and put its slip in the spool.

        The same `key` again returns the ticket it gave before. A number follows the highest of its service day; one
        that a patient of an earlier day still holds is passed over. `extra`: staff give it beyond quota, last ticket
        and forecast.
        Raises Refused: unknown_clinic, not_offered, unknown_priority, red_flag, staff_only, closed, suspended, full.
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        groups = refusals.known_priorities(self.hospital, priority)
        checked_level = refusals.queueing_level(self.hospital, level) or LEVEL_ORDINARY
        if kiosk is not None:
            refusals.known_kiosk(self.hospital, kiosk, clinic)
            if checked_level != LEVEL_ORDINARY or extra:
                raise refusals.staff_only(_GIVE_EXTRA if extra else _SET_LEVEL)
        with self.store.unit() as connection:
            if key is not None and (known := tickets.by_key(connection, key)):
                return refusals.same_clinic_for_key(known, clinic)
            hours = opening(clinic, self.hospital, now)
            if refusal := admission.no_number(connection, self.hospital, clinic, hours, now, extra=extra):
                raise refusal
            at = stamp(now)
            day, n = day_and_number(connection, clinic.prefix, hours.service_day)
            row = _row(clinic, now, day, n, groups, name, key) | {
                "state": State.WAITING,
                "level": checked_level,
                "queued_at": end_of_line(connection, clinic.id, checked_level, at),
                "language": language,
                "kiosk": kiosk,
            }
            if groups:
                row |= joins_lane(connection, clinic.id, checked_level, Lane.PRIORITY)
            ticket = _insert(connection, row, by, Step.ISSUE, EXTRA if extra else None)
            printer = self.hospital.printer_for(kiosk, clinic.id)
            slips.queue(connection, ticket.id, SlipKind.TICKET, printer, at)
            self._page_for(connection, ticket, now, by)
        return ticket

    def expect(
        self,
        clinic_id: str,
        *,
        now: datetime,
        by: By,
        name: str | None = None,
        phone: str | None = None,
        slot_at: datetime | None = None,
        priority: Iterable[str] = (),
        key: str | None = None,
    ) -> Ticket:
        """Keep a number for somebody who telephoned or has a booking; nothing is printed until they check in.

        `slot_at`: the booked time; without one the patient is expected in this service day. Of `phone` the last four
        digits are kept. The same `key` again returns the ticket it gave before.
        Raises Refused: unknown_clinic, unknown_priority, closed, suspended, full.
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        groups = refusals.known_priorities(self.hospital, priority)
        with self.store.unit() as connection:
            if key is not None and (known := tickets.by_key(connection, key)):
                return refusals.same_clinic_for_key(known, clinic)
            hours = _session_of(self.hospital, clinic, slot_at, now)
            today = hours.service_day == opening(clinic, self.hospital, now).service_day
            if today and clinics.is_suspended(connection, clinic.id):
                raise admission.suspended(connection, self.hospital, clinic)
            if full := admission.no_place(connection, self.hospital, clinic, hours):
                raise full
            if slot_at is None:
                day, n = day_and_number(connection, clinic.prefix, hours.service_day)
            else:
                day, n = hours.service_day, next_number(connection, clinic.prefix, hours.service_day)
            row = _row(clinic, now, day, n, groups, name, key) | {
                "state": State.EXPECTED,
                "lane": Lane.BOOKED if slot_at else Lane.PRIORITY if groups else Lane.FIRST,
                "queued_at": stamp(slot_at or now),
                "phone": phone_tail(phone),
                "slot_at": stamp(slot_at) if slot_at else None,
            }
            return _insert(connection, row, by, Step.EXPECT, None)

    def check_in(self, ticket: str, *, now: datetime, by: By, kiosk: str | None = None) -> Ticket:
        """An expected patient has arrived and waits from now on; the slip is printed.

        In the slot's window the booked time counts as arrival; after it the patient waits like anybody who comes now.
        Raises Refused: unknown_ticket, wrong_state, too_early, closed, suspended, not_offered.
        """
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.CHECK_IN, found.state, found.number)
            clinic = refusals.known_clinic(self.hospital, found.clinic)
            refusals.known_kiosk(self.hospital, kiosk, clinic)
            late = self._refuse_outside_window(connection, clinic, found, now)
            at = stamp(now)
            lane = _lane_on_arrival(clinic, found, late=late)
            queued_at = end_of_line(connection, clinic.id, found.level, at)
            if found.slot_at and not late:
                queued_at = stamp(found.slot_at) if lane is Lane.BOOKED else min(queued_at, stamp(found.slot_at))
            changes: dict[str, Value] = {"arrived_at": at, "queued_at": queued_at, "kiosk": kiosk}
            changes |= joins_lane(connection, clinic.id, found.level, lane)
            printer = self.hospital.printer_for(kiosk, clinic.id)
            slips.queue(connection, found.id, SlipKind.TICKET, printer, at)
            reason = LATE if late else None
            return self._step(connection, found, Step.CHECK_IN, changes, now=now, by=by, reason=reason)

    def expected(self) -> list[Ticket]:
        """Return who is expected, by booked time; those without one first."""
        with self.store.reading() as connection:
            found = tickets.expected(connection)
        return sorted(found, key=lambda ticket: (ticket.slot_at is not None, ticket.queued_at, ticket.seq))

    def mark_no_shows(self, *, now: datetime, by: By) -> list[Ticket]:
        """Let the numbers lapse of expected patients whose session (or service day) is over; return them."""
        gone = []
        for ticket in self.expected():
            if is_no_show(self.hospital, ticket, now):
                with self.store.unit() as connection:
                    current = tickets.by_id(connection, ticket.id)
                    if current and current.state is State.EXPECTED:
                        changes: dict[str, Value] = {"ended_at": stamp(now)}
                        gone.append(self._step(connection, current, Step.NO_SHOW, changes, now=now, by=by))
        return gone

    def _refuse_outside_window(
        self, connection: sqlite3.Connection, clinic: Clinic, ticket: Ticket, now: datetime
    ) -> bool:
        """Refuse who is too early, and a clinic that is closed or suspended; return whether the patient is late."""
        if clinics.is_suspended(connection, clinic.id):
            raise admission.suspended(connection, self.hospital, clinic)
        early = timedelta(minutes=clinic.booking.early_minutes)
        if ticket.slot_at and now < ticket.slot_at - early:
            raise refusals.too_early(self.hospital, ticket, ticket.slot_at - early)
        late = bool(ticket.slot_at and now > ticket.slot_at + timedelta(minutes=clinic.booking.late_minutes))
        hours = opening(clinic, self.hospital, now)
        soon = hours.next_opens is not None and now >= hours.next_opens - early
        in_slot = ticket.slot_at is not None and not late
        if not hours.issuing and hours.session is None and not soon and not in_slot:
            raise refusals.closed(self.hospital, clinic, hours)
        return late


def phone_tail(phone: str | None) -> str | None:
    """Return the last four digits of a telephone number; None where there are no digits."""
    # full-width digits are digits, too
    plain = unicodedata.normalize("NFKC", phone or "")
    digits = "".join(char for char in plain if char.isascii() and char.isdigit())
    return digits[-PHONE_DIGITS:] or None


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


def _session_of(hospital: Hospital, clinic: Clinic, slot_at: datetime | None, now: datetime) -> Opening:
    """Return the session a patient is expected in, or refuse: there is none at that time, or none left today."""
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


def _lane_on_arrival(clinic: Clinic, ticket: Ticket, *, late: bool) -> Lane:
    booked = ticket.slot_at is not None and not late
    if booked and clinic.order.booked == "first":
        return Lane.BOOKED
    if ticket.priority:
        return Lane.PRIORITY
    return Lane.BOOKED if booked else Lane.FIRST


def _row(
    clinic: Clinic, now: datetime, service_day: date, n: int, groups: list[str], name: str | None, key: str | None
) -> dict[str, Value]:
    return {
        **_EMPTY,
        "id": new_id(now),
        "number": f"{clinic.prefix}{n:03d}",
        "prefix": clinic.prefix,
        "n": n,
        "service_day": service_day.isoformat(),
        "clinic": clinic.id,
        "priority": json.dumps(groups) if groups else "[]",
        "name": clean(name, 60),
        "key": key,
        "arrived_at": stamp(now),
    }


def _insert(connection: sqlite3.Connection, row: dict[str, Value], by: By, step: Step, reason: str | None) -> Ticket:
    seq = tickets.insert(connection, row)
    written = {column: value for column, value in row.items() if value is not None}
    events.append(
        connection,
        str(row["arrived_at"]),
        by,
        step,
        ticket=str(row["id"]),
        number=str(row["number"]),
        clinic=str(row["clinic"]),
        reason=reason,
        after=written,
    )
    return tickets.read({**row, "seq": seq})


_EMPTY: dict[str, Value] = {
    **dict.fromkeys(tickets.COLUMNS),
    "lane": Lane.FIRST,
    "level": LEVEL_ORDINARY,
    "calls": 0,
    "missed": 0,
}
