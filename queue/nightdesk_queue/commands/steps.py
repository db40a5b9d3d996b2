"""What every command of the desk needs: one step of a ticket's life with its event, and places in line."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import date, datetime, timedelta

from nightdesk_queue.commands import paging
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import states
from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, State, Ticket
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.waits import visit_type
from nightdesk_queue.store import Store, consultations, events, slips, tickets
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.store.timestamps import moment, stamp

RANDOM_BYTES = 5
"""An id is the second of issue and 40 random bits, 18 hexadecimal digits: not to be guessed, compact in a QR code, and
rising, so that each new one goes to the end of the database's indexes."""
APART = timedelta(milliseconds=1)
"""How far apart the credited arrivals of two who join a line in the same instant are."""
SHORTEST_CONSULTATION, LONGEST_CONSULTATION = timedelta(seconds=30), timedelta(hours=3)
"""What is shorter was a wrong key, what is longer was forgotten; neither teaches how long patients wait."""


class DeskBase:
    """The step all commands take."""

    def __init__(self, store: Store, hospital: Hospital) -> None:
        self.store = store
        self.hospital = hospital

    def _simple(
        self,
        ticket: str,
        step: Step,
        changes: dict[str, Value],
        *,
        now: datetime,
        by: By,
        reason: str | None = None,
    ) -> Ticket:
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            return self._step(connection, found, step, changes, now=now, by=by, reason=reason)

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
        changed = self._write(connection, ticket, columns)
        seq = events.append(
            connection,
            stamp(now),
            by,
            step,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            reason=reason,
            before={name: plain(getattr(ticket, name)) for name in columns},
            after=dict(columns),
        )
        if ticket.state is State.SERVING and target is not State.SERVING:
            _learn(connection, ticket, seq, now)
        moved = changed.clinic != ticket.clinic
        if step in paging.ANSWERED_BY or moved:
            paging.answered(connection, ticket, now, by, step)
        if target is State.WAITING and (moved or ticket.state is not State.WAITING):
            self._page_for(connection, changed, now, by)
            slips.revive(connection, ticket.id, stamp(now))
        return changed

    def _page_for(self, connection: sqlite3.Connection, ticket: Ticket, now: datetime, by: By) -> None:
        """Page the doctor on call for somebody who has just joined a clinic's queue, in whatever way."""
        clinic = self.hospital.clinics.get(ticket.clinic)
        if clinic and clinic.on_call:
            paging.page_if_on_call(connection, self.hospital, clinic, ticket.id, ticket.number, now, by)

    def _write(self, connection: sqlite3.Connection, ticket: Ticket, columns: dict[str, Value]) -> Ticket:
        if not tickets.change(connection, ticket, columns):  # pragma: no cover - the write lock forbids it
            raise refusals.overtaken(ticket)
        changed = tickets.by_id(connection, ticket.id)
        assert changed is not None, "a ticket just changed is there"
        return changed


def new_id(now: datetime) -> str:
    """Return an id for a ticket issued at `now`."""
    return f"{int(now.timestamp()):08X}{secrets.token_hex(RANDOM_BYTES).upper()}"


def joins_lane(connection: sqlite3.Connection, clinic: str, level: int, lane: Lane) -> dict[str, Value]:
    """Return the columns of somebody who joins a lane: since which event it is non-empty."""
    if lane not in INSERTED_LANES:
        return {"lane": lane, "lane_since": None}
    since = tickets.lane_since(connection, clinic, level, lane)
    return {"lane": lane, "lane_since": events.last_seq(connection) if since is None else since}


def end_of_line(connection: sqlite3.Connection, clinic: str, level: int, at: str) -> str:
    """Return the credited arrival of somebody with a new number who joins a line at `at`.

    A clock that was set back must not put a newcomer before those who wait; of several in one instant each comes a
    little later than the one before, so that a place between two of them can be given.
    """
    last = tickets.last_queued(connection, clinic, level)
    return at if last is None or last < at else stamp(moment(last) + APART)


def behind_all(connection: sqlite3.Connection, clinic: str, level: int, now: datetime) -> datetime:
    """Return the credited arrival of somebody with an old number who joins a line now: behind all, in any clock."""
    last = tickets.last_queued(connection, clinic, level)
    return max(now, moment(last) + APART) if last else now


def day_and_number(connection: sqlite3.Connection, prefix: str, today: date) -> tuple[date, int]:
    """Return the service day to issue under and the first free number after the last one given on it.

    A clock set back over the change of day must not begin yesterday's numbers again; one that is further away is
    somebody playing another day on purpose.
    """
    last = tickets.last_issued(connection, prefix)
    if last is None or (last[0] != today and last[0] - today != timedelta(days=1)):
        return today, next_number(connection, prefix, today)
    day, n, next_is_free = last
    return day, n + 1 if next_is_free else tickets.first_free(connection, prefix, n + 1)


def next_number(connection: sqlite3.Connection, prefix: str, day: date) -> int:
    """Return the first number after the last one of a day that no living ticket of any day holds."""
    return tickets.first_free(connection, prefix, tickets.last_of_day(connection, prefix, day) + 1)


def _learn(connection: sqlite3.Connection, ticket: Ticket, event: int, now: datetime) -> None:
    if ticket.started_at is None or ticket.room is None:
        return
    lasted = now - ticket.started_at
    if SHORTEST_CONSULTATION <= lasted <= LONGEST_CONSULTATION:
        consultations.add(
            connection,
            event,
            clinic=ticket.clinic,
            room=ticket.room,
            service_day=ticket.service_day.isoformat(),
            visit_type=visit_type(ticket),
            seconds=lasted.total_seconds(),
            ended_at=now,
        )


def plain(value: object) -> JsonValue:
    """Return a column of a ticket as an event holds it."""
    if isinstance(value, datetime):
        return stamp(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no event column holds a {type(value).__name__}")
