"""SQL for tickets. Every change of state names the state it expects, so two writers can never both succeed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.store.timestamps import moment

Value: TypeAlias = "str | int | None"
Columns: TypeAlias = Mapping[str, Value]

INTO = """
id, number, prefix, n, service_day, clinic, state, lane, level, priority, name, language, kiosk, key,
arrived_at, queued_at, room, calls, missed, origin, called_at, started_at, ended_at,
phone, slot_at, lane_since, held_at, held_to, rejoined_at, transferred_at, back_to
"""
COLUMNS = tuple(INTO.replace(",", " ").split())
_INSERT = f"INSERT INTO tickets ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"
_LAST_ISSUED = """
SELECT service_day, top, EXISTS (
    SELECT 1 FROM tickets AS held WHERE held.prefix = :prefix AND held.n = top + 1
        AND held.state NOT IN ('done', 'cancelled', 'lapsed'))
FROM (
    SELECT service_day, (SELECT max(n) FROM tickets AS day WHERE day.prefix = :prefix
        AND day.service_day = last.service_day) AS top
    FROM tickets AS last WHERE prefix = :prefix AND slot_at IS NULL ORDER BY service_day DESC, n DESC LIMIT 1
)
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

    None before the first. Bookings for days to come do not make a day begin. One statement, because every ticket
    begins with it.
    """
    row = connection.execute(_LAST_ISSUED, {"prefix": prefix}).fetchone()
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
    """Return the latest credited arrival among those waiting at a clinic on a level; slots to come do not count."""
    row = connection.execute(
        "SELECT queued_at FROM tickets WHERE clinic = ? AND state = 'waiting' AND level = ? AND lane <> 'booked' "
        f"AND {_LIVING} ORDER BY queued_at DESC LIMIT 1",
        (clinic, level),
    ).fetchone()
    return row[0] if row else None


def lane_since(connection: sqlite3.Connection, clinic: str, level: int, lane: Lane) -> int | None:
    """Return since which event a lane is non-empty; None while nobody waits in it."""
    row = connection.execute(
        "SELECT min(coalesce(lane_since, 0)) FROM tickets WHERE clinic = ? AND state = 'waiting' AND level = ? "
        f"AND lane = ? AND {_LIVING}",
        (clinic, level, lane),
    ).fetchone()
    return row[0] if row else None


def given_in_session(connection: sqlite3.Connection, service_day: str, prefix: str, opens: str) -> int:
    """Return how many places of a session are taken: numbers given since it opened, and bookings that still hold.

    A number that was taken back right after it was given has taken no place.
    """
    row = connection.execute(
        "SELECT count(*) FROM tickets WHERE service_day = :day AND prefix = :prefix "
        "AND (arrived_at >= :opens OR state = 'expected' OR slot_at >= :opens) "
        "AND (slot_at IS NULL OR state NOT IN ('lapsed', 'cancelled')) "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE events.undoes IS NOT NULL AND events.ticket = tickets.id "
        "AND events.reason IN ('issue', 'expect'))",
        {"day": service_day, "prefix": prefix, "opens": opens},
    ).fetchone()
    return int(row[0])


def living_number(connection: sqlite3.Connection, prefix: str, n: int) -> Ticket | None:
    """Return the living ticket with a number."""
    return _one(connection.execute(f"SELECT * FROM tickets WHERE prefix = ? AND n = ? AND {_LIVING}", (prefix, n)))


def living_by_phone(connection: sqlite3.Connection, tail: str, days: Collection[str]) -> list[Ticket]:
    """Return the living tickets of some service days with these last digits of a telephone number."""
    marks = ", ".join("?" * len(days))
    rows = connection.execute(
        f"SELECT * FROM tickets INDEXED BY in_line WHERE phone = ? AND service_day IN ({marks}) "
        f"AND {_LIVING} ORDER BY seq",
        (tail, *days),
    ).fetchall()
    return [read(row) for row in rows]


def expected(connection: sqlite3.Connection) -> list[Ticket]:
    """Return everybody who is expected at the hospital, in order of issue; its history is not even looked at."""
    sql = f"SELECT * FROM tickets INDEXED BY in_line WHERE state = 'expected' AND {_LIVING} ORDER BY seq"
    rows = connection.execute(sql).fetchall()
    return [read(row) for row in rows]


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
        phone=row["phone"],
        slot_at=moment(row["slot_at"]) if row["slot_at"] else None,
        lane_since=row["lane_since"],
        held_at=moment(row["held_at"]) if row["held_at"] else None,
        held_to=row["held_to"],
        rejoined_at=moment(row["rejoined_at"]) if row["rejoined_at"] else None,
        transferred_at=moment(row["transferred_at"]) if row["transferred_at"] else None,
        back_to=row["back_to"],
        key=row["key"],
    )


def _one(cursor: sqlite3.Cursor) -> Ticket | None:
    row = cursor.fetchone()
    return read(row) if row else None
