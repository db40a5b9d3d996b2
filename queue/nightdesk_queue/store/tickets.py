"""SQL for tickets. Every change of state names the state it expects, so two writers can never both succeed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from nightdesk_queue.model import Lane, State, Ticket
from nightdesk_queue.store.stamps import moment

Value: TypeAlias = "str | int | None"
Columns: TypeAlias = Mapping[str, Value]

INTO = """
id, number, prefix, n, service_day, clinic, state, lane, level, priority, name, language, kiosk, key,
arrived_at, queued_at, room, calls, missed, origin, called_at, started_at, ended_at
"""
COLUMNS = tuple(INTO.replace(",", " ").split())
_INSERT = f"INSERT INTO tickets ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"
_LAST_ISSUED = """
SELECT service_day, n, EXISTS (
    SELECT 1 FROM tickets AS held WHERE held.prefix = last.prefix AND held.n = last.n + 1
        AND held.state NOT IN ('done', 'cancelled', 'lapsed'))
FROM tickets AS last WHERE prefix = ? ORDER BY service_day DESC, n DESC LIMIT 1
"""
_LIVING = "state NOT IN ('done', 'cancelled', 'lapsed')"


def insert(connection: sqlite3.Connection, row: Columns) -> int:
    """Write a new ticket and return its seq. Raises sqlite3.IntegrityError for a number or key in use."""
    return connection.execute(_INSERT, row).lastrowid or 0


def change(connection: sqlite3.Connection, ticket: Ticket, columns: Columns) -> bool:
    """Change a ticket if it is still in the state we read; False when somebody was faster."""
    settings = ", ".join(f"{name} = :{name}" for name in columns)
    cursor = connection.execute(
        f"UPDATE tickets SET {settings} WHERE seq = :_seq AND state = :_state AND clinic = :_clinic",
        {**columns, "_seq": ticket.seq, "_state": ticket.state, "_clinic": ticket.clinic},
    )
    return cursor.rowcount == 1


def last_issued(connection: sqlite3.Connection, prefix: str) -> tuple[date, int, bool] | None:
    """Return the latest service day a prefix was issued on, its highest number, and whether the one after it is free.

    None before the first. One statement, because every ticket begins with it.
    """
    row = connection.execute(_LAST_ISSUED, (prefix,)).fetchone()
    return (date.fromisoformat(row[0]), row[1], not row[2]) if row else None


def last_of_day(connection: sqlite3.Connection, prefix: str, service_day: date) -> int:
    """Return the highest number of a prefix on one service day, 0 where there is none."""
    sql = "SELECT max(n) FROM tickets WHERE prefix = ? AND service_day = ?"
    return connection.execute(sql, (prefix, service_day.isoformat())).fetchone()[0] or 0


def first_free(connection: sqlite3.Connection, prefix: str, n: int) -> int:
    """Return the first number from `n` on that no ticket of any day still holds."""
    sql = f"SELECT 1 FROM tickets WHERE prefix = ? AND n = ? AND {_LIVING}"
    while connection.execute(sql, (prefix, n)).fetchone():
        n += 1
    return n


def last_queued(connection: sqlite3.Connection, clinic: str, level: int) -> str | None:
    """Return the latest credited arrival among those waiting at a clinic on a level."""
    row = connection.execute(
        f"SELECT max(queued_at) FROM tickets WHERE clinic = ? AND state = 'waiting' AND level = ? AND {_LIVING}",
        (clinic, level),
    ).fetchone()
    return row[0] if row else None


def issued_since(connection: sqlite3.Connection, service_day: str, prefix: str, since: str) -> int:
    """Return how many tickets of a service day were issued since a moment."""
    row = connection.execute(
        "SELECT count(*) FROM tickets WHERE service_day = ? AND prefix = ? AND arrived_at >= ?",
        (service_day, prefix, since),
    ).fetchone()
    return int(row[0])


def by_id(connection: sqlite3.Connection, id_: str) -> Ticket | None:
    """Return the ticket with this id."""
    return _one(connection.execute("SELECT * FROM tickets WHERE id = ?", (id_,)))


def by_key(connection: sqlite3.Connection, key: str) -> Ticket | None:
    """Return the ticket issued under an idempotency key."""
    return _one(connection.execute("SELECT * FROM tickets WHERE key = ?", (key,)))


def by_number(connection: sqlite3.Connection, prefix: str, n: int, service_day: str) -> Ticket | None:
    """Return the ticket with a number: of this service day, else the one still living, else the most recent."""
    named = "SELECT * FROM tickets WHERE prefix = :prefix AND n = :n"
    for sql in (
        f"{named} AND service_day = :day",
        f"{named} AND {_LIVING}",
        f"{named} ORDER BY service_day DESC LIMIT 1",
    ):
        row = connection.execute(sql, {"prefix": prefix, "n": n, "day": service_day}).fetchone()
        if row:
            return read(row)
    return None


def living(connection: sqlite3.Connection, clinic: str, *states: State) -> list[Ticket]:
    """Return a clinic's tickets in any of `states` (all of them living), oldest credited arrival first."""
    marks = ", ".join("?" * len(states))
    rows = connection.execute(
        f"SELECT * FROM tickets WHERE clinic = ? AND state IN ({marks}) AND {_LIVING} ORDER BY queued_at, seq",
        (clinic, *states),
    ).fetchall()
    return [read(row) for row in rows]


def in_room(connection: sqlite3.Connection, room: str) -> Ticket | None:
    """Return the ticket that is called to a room or being served in it."""
    sql = "SELECT * FROM tickets WHERE room = ? AND state IN ('called', 'serving')"
    return _one(connection.execute(sql, (room,)))


def of_days(connection: sqlite3.Connection, days: Iterable[str]) -> list[Ticket]:
    """Return every ticket of some service days, in order of issue."""
    listed = list(days)
    marks = ", ".join("?" * len(listed))
    rows = connection.execute(f"SELECT * FROM tickets WHERE service_day IN ({marks}) ORDER BY seq", listed).fetchall()
    return [read(row) for row in rows]


def read(row: Mapping[str, Any] | sqlite3.Row) -> Ticket:
    """Return a row of the table as a Ticket."""
    return Ticket(
        seq=row["seq"],
        id=row["id"],
        number=row["number"],
        prefix=row["prefix"],
        n=row["n"],
        service_day=date.fromisoformat(row["service_day"]),
        clinic=row["clinic"],
        state=State(row["state"]),
        lane=Lane(row["lane"]),
        level=row["level"],
        priority=tuple(json.loads(row["priority"])),
        name=row["name"],
        language=row["language"],
        kiosk=row["kiosk"],
        arrived_at=moment(row["arrived_at"]),
        queued_at=moment(row["queued_at"]),
        room=row["room"],
        calls=row["calls"],
        missed=row["missed"],
        origin=row["origin"],
        called_at=moment(row["called_at"]) if row["called_at"] else None,
        started_at=moment(row["started_at"]) if row["started_at"] else None,
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
    )


def _one(cursor: sqlite3.Cursor) -> Ticket | None:
    row = cursor.fetchone()
    return read(row) if row else None
