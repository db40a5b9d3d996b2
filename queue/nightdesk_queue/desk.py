"""What people do: issue, call, recall, start, finish, hold, return, miss, rejoin, transfer, cancel.

Each command is one unit of work: the ticket, its event and (for a new number) its slip are written together or not at
all. Commands take `now` and who acts; they raise `Refused` when a rule says no and `Fault` when the database fails.
Reading is in `view.py`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from nightdesk_queue import refusals, states
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.finding import find_ticket
from nightdesk_queue.hours import Opening, opening
from nightdesk_queue.model import LEVEL_ORDINARY, By, Call, JsonValue, Lane, Reason, State, Ticket
from nightdesk_queue.ordering import order
from nightdesk_queue.states import Step
from nightdesk_queue.store import Store, events, slips, tickets
from nightdesk_queue.store.stamps import moment, stamp
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.text import clean

RANDOM_BYTES = 5
"""An id is the second of issue and 40 random bits, 18 hexadecimal digits: not to be guessed, compact in a QR code, and
rising, so that each new one goes to the end of the database's indexes."""


class Desk:
    """The commands of one hospital's queue on one database connection."""

    def __init__(self, store: Store, hospital: Hospital) -> None:
        self.store = store
        self.hospital = hospital

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
    ) -> Ticket:
        """Give a number for a clinic and put its slip in the spool.

        The same `key` again returns the ticket it gave before. A number follows the highest of its service day; one
        that a patient of an earlier day still holds is passed over.
        Raises Refused: unknown_clinic, not_offered, unknown_priority, red_flag, closed, full.
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        groups = refusals.known_priorities(self.hospital, priority)
        checked_level = refusals.queueing_level(self.hospital, level) or LEVEL_ORDINARY
        refusals.known_kiosk(self.hospital, kiosk, clinic)
        with self.store.unit() as connection:
            if key is not None and (known := tickets.by_key(connection, key)):
                return refusals.same_clinic_for_key(known, clinic)
            hours = opening(clinic, self.hospital, now)
            self._refuse_closed_or_full(connection, clinic, hours)
            row = self._new_row(connection, clinic, hours, now, checked_level)
            row |= {
                "lane": Lane.PRIORITY if groups else Lane.FIRST,
                "priority": json.dumps(groups) if groups else "[]",
                "name": clean(name, 60),
                "language": language,
                "kiosk": kiosk,
                "key": key,
            }
            seq = tickets.insert(connection, row)
            at, id_, number = str(row["arrived_at"]), str(row["id"]), str(row["number"])
            written = {column: value for column, value in row.items() if value is not None}
            events.append(connection, at, by, Step.ISSUE, ticket=id_, number=number, clinic=clinic.id, after=written)
            slips.queue(connection, id_, "ticket", self.hospital.printer_for(kiosk), at)
        return tickets.read({**row, "seq": seq})

    def call(self, room: str, *, now: datetime, by: By, ticket: str | None = None) -> Call:
        """Call the next patient to a room, or the one named by staff.

        Raises Refused: unknown_room, room_busy, nobody_waiting, unknown_ticket, wrong_room, wrong_state.
        """
        clinic = refusals.clinic_of_room(self.hospital, room)
        with self.store.unit() as connection:
            if occupant := tickets.in_room(connection, room):
                raise refusals.room_busy(self.hospital, room, occupant)
            if ticket is None:
                line = order(tickets.living(connection, clinic.id, State.WAITING))
                if not line:
                    raise refusals.nobody_waiting(clinic)
                chosen, reason = line[0].ticket, line[0].reason
            else:
                chosen, reason = find_ticket(connection, self.hospital, ticket, now), Reason.STAFF
                if chosen.clinic != clinic.id:
                    raise refusals.wrong_room(self.hospital, chosen, room, clinic)
            changes: dict[str, Value] = {"room": room, "calls": 1, "called_at": stamp(now)}
            called = self._step(connection, chosen, Step.CALL, changes, now=now, by=by, reason=reason)
        return Call(called, room, reason, now)

    def recall(self, ticket: str, *, now: datetime, by: By) -> Call:
        """Call a called patient once more, to the same room. Raises Refused: unknown_ticket, wrong_state."""
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            changes: dict[str, Value] = {"calls": found.calls + 1, "called_at": stamp(now)}
            called = self._step(connection, found, Step.RECALL, changes, now=now, by=by, reason=Reason.STAFF)
        return Call(called, called.room or "", Reason.STAFF, now)

    def start(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """The called patient has come in. Raises Refused: unknown_ticket, wrong_state."""
        return self._simple(ticket, Step.START, {"started_at": stamp(now)}, now=now, by=by)

    def finish(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """The consultation is over. Raises Refused: unknown_ticket, wrong_state."""
        return self._simple(ticket, Step.FINISH, {"ended_at": stamp(now)}, now=now, by=by)

    def hold(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """Send a patient to an examination; the number stays theirs. Raises Refused: unknown_ticket, wrong_state."""
        return self._simple(ticket, Step.HOLD, {"room": None}, now=now, by=by)

    def return_(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A held patient is back and waits again from now, in the lane of returns. Raises as `hold`."""
        return self._wait_again(ticket, Step.RETURN, Lane.RETURN, now=now, by=by)

    def miss(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A called patient did not come. Missed as often as the clinic allows, the ticket lapses. Raises as `hold`."""
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            changes: dict[str, Value] = {"missed": found.missed + 1, "room": None}
            missed = self._step(connection, found, Step.MISS, changes, now=now, by=by)
            clinic = self.hospital.clinics.get(missed.clinic)
            if clinic and missed.missed >= clinic.missed.lapse_after:
                return self._step(connection, missed, Step.LAPSE, {"ended_at": stamp(now)}, now=now, by=by)
        return missed

    def rejoin(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A missed patient came after all and waits again from now. Raises as `hold`."""
        return self._wait_again(ticket, Step.REJOIN, Lane.MISSED, now=now, by=by)

    def cancel(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """Give up a place. Raises as `hold`."""
        return self._simple(ticket, Step.CANCEL, {"ended_at": stamp(now)}, now=now, by=by)

    def transfer(
        self,
        ticket: str,
        *,
        to: str,
        now: datetime,
        by: By,
        level: int | None = None,
        reason: str | None = None,
    ) -> Ticket:
        """Move a patient to another clinic's queue; number, first arrival, level, priority and badges go along.

        The target clinic credits the waiting by its rule. Raises Refused: unknown_ticket, unknown_clinic,
        wrong_state, same_clinic, not_accepted, closed, red_flag; nothing has changed then.
        """
        target = refusals.known_clinic(self.hospital, to)
        new_level = refusals.queueing_level(self.hospital, level)
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.TRANSFER, found.state, found.number)
            refusals.accepted(self.hospital, found, target)
            hours = opening(target, self.hospital, now)
            # after the last ticket the clinic still works, and this patient has a ticket already
            if not hours.issuing and hours.session is None:
                raise refusals.closed(self.hospital, target, hours)
            level = new_level or found.level
            joins_at = _behind_all(connection, target.id, level, now)
            changes: dict[str, Value] = {
                "clinic": target.id,
                "origin": found.clinic,
                "room": None,
                "level": level,
                "lane": Lane.PRIORITY if found.priority else Lane.FIRST,
                "queued_at": stamp(_credited(found.arrived_at, joins_at, target.transfer.credit)),
            }
            return self._step(connection, found, Step.TRANSFER, changes, now=now, by=by, reason=clean(reason, 200))

    def _refuse_closed_or_full(self, connection: sqlite3.Connection, clinic: Clinic, hours: Opening) -> None:
        if not hours.issuing:
            raise refusals.closed(self.hospital, clinic, hours)
        session = hours.session
        if session and session.quota is not None:
            day, since = hours.service_day.isoformat(), stamp(session.opens)
            if tickets.issued_since(connection, day, clinic.prefix, since) >= session.quota:
                raise refusals.full(self.hospital, clinic, session)

    def _new_row(
        self, connection: sqlite3.Connection, clinic: Clinic, hours: Opening, now: datetime, level: int
    ) -> dict[str, Value]:
        at = stamp(now)
        day, n = _day_and_number(connection, clinic.prefix, hours.service_day)
        return {
            **_EMPTY,
            "id": new_id(now),
            "number": f"{clinic.prefix}{n:03d}",
            "prefix": clinic.prefix,
            "n": n,
            "service_day": day.isoformat(),
            "clinic": clinic.id,
            "state": State.WAITING,
            "level": level,
            "arrived_at": at,
            "queued_at": _end_of_line(connection, clinic.id, level, at),
        }

    def _wait_again(self, ticket: str, step: Step, lane: Lane, *, now: datetime, by: By) -> Ticket:
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            queued_at = _behind_all(connection, found.clinic, found.level, now)
            return self._step(connection, found, step, {"lane": lane, "queued_at": stamp(queued_at)}, now=now, by=by)

    def _simple(self, ticket: str, step: Step, changes: dict[str, Value], *, now: datetime, by: By) -> Ticket:
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            return self._step(connection, found, step, changes, now=now, by=by)

    def _step(
        self,
        connection: sqlite3.Connection,
        ticket: Ticket,
        step: Step,
        changes: dict[str, Value],
        *,
        now: datetime,
        by: By,
        reason: str | None = None,
    ) -> Ticket:
        """Take one step of the table and write its event. The unit's lock makes check and change one."""
        target = states.after(step, ticket.state, ticket.number)
        columns: dict[str, Value] = {**changes, "state": target}
        if not tickets.change(connection, ticket, columns):  # pragma: no cover - the write lock forbids it
            raise refusals.overtaken(ticket)
        before: dict[str, JsonValue] = {name: _plain(getattr(ticket, name)) for name in columns}
        events.append(
            connection,
            stamp(now),
            by,
            step,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            reason=reason,
            before=before,
            after=dict(columns),
        )
        changed = tickets.by_id(connection, ticket.id)
        assert changed is not None, "a ticket just changed is there"
        return changed


_EMPTY: dict[str, Value] = {
    "room": None,
    "calls": 0,
    "missed": 0,
    "origin": None,
    "called_at": None,
    "started_at": None,
    "ended_at": None,
}


def new_id(now: datetime) -> str:
    """Return an id for a ticket issued at `now`."""
    return f"{int(now.timestamp()):08X}{secrets.token_hex(RANDOM_BYTES).upper()}"


def _end_of_line(connection: sqlite3.Connection, clinic: str, level: int, at: str) -> str:
    """Return the credited arrival of somebody with a new number who joins a line at `at`.

    A clock that was set back must not put a newcomer before those who wait; among equals the new number is last.
    """
    return max(at, tickets.last_queued(connection, clinic, level) or at)


def _behind_all(connection: sqlite3.Connection, clinic: str, level: int, now: datetime) -> datetime:
    """Return the credited arrival of somebody with an old number who joins a line now: behind all, in any clock."""
    last = tickets.last_queued(connection, clinic, level)
    return max(now, moment(last) + timedelta(microseconds=1)) if last else now


def _day_and_number(connection: sqlite3.Connection, prefix: str, today: date) -> tuple[date, int]:
    """Return the service day to issue under and the first free number after the last one given on it.

    A clock set back over the change of day must not begin yesterday's numbers again; one that is further away is
    somebody playing another day on purpose.
    """
    last = tickets.last_issued(connection, prefix)
    if last is None:
        return today, 1
    day, n, next_is_free = last
    if day != today and day - today != timedelta(days=1):
        return today, tickets.first_free(connection, prefix, tickets.last_of_day(connection, prefix, today) + 1)
    return day, n + 1 if next_is_free else tickets.first_free(connection, prefix, n + 1)


def _credited(arrived_at: datetime, joins_at: datetime, rule: str) -> datetime:
    """Return the arrival a target queue counts from: the first arrival, half of the wait, or none of it."""
    waited = max(joins_at - arrived_at, timedelta(0))
    return joins_at - {"arrival": waited, "half": waited / 2, "none": timedelta(0)}[rule]


def _plain(value: object) -> JsonValue:
    if isinstance(value, datetime):
        return stamp(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no event column holds a {type(value).__name__}")
