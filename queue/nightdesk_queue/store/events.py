"""SQL for the event log: every change, in order, with what was before and after. Rows are only ever added."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from nightdesk_queue.model import By, Event, JsonValue
from nightdesk_queue.store.stamps import moment

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = """
INSERT INTO events (at, actor, station, kind, ticket, number, clinic, reason, before, after)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def append(
    connection: sqlite3.Connection,
    at: str,
    by: By,
    kind: str,
    *,
    ticket: str | None = None,
    number: str | None = None,
    clinic: str | None = None,
    reason: str | None = None,
    before: Mapping[str, JsonValue] | None = None,
    after: Mapping[str, JsonValue] | None = None,
) -> int:
    """Add one event and return its seq."""
    cursor = connection.execute(
        _INSERT, (at, by.actor, by.station, kind, ticket, number, clinic, reason, _json(before), _json(after))
    )
    return cursor.lastrowid or 0


def after(connection: sqlite3.Connection, seq: int, limit: int = 1000) -> list[Event]:
    """Return up to `limit` events that follow event `seq`, oldest first."""
    rows = connection.execute("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)).fetchall()
    return [_read(row) for row in rows]


def first_starts(connection: sqlite3.Connection) -> dict[tuple[str, str], float]:
    """Return when each ticket was first taken into a room of each clinic, as POSIX seconds by (ticket, clinic)."""
    rows = connection.execute(
        "SELECT ticket, clinic, min(at) AS at FROM events WHERE kind = 'start' GROUP BY ticket, clinic"
    ).fetchall()
    return {(row["ticket"], row["clinic"]): moment(row["at"]).timestamp() for row in rows}


def open_alarms(connection: sqlite3.Connection, seen: str) -> list[Event]:
    """Return the alarms after the last one acknowledged, oldest first.

    An event of kind `seen` holds in `reason` the seq it acknowledges up to.
    """
    in_index = "kind IN ('red_flag', 'help', 'alarm_seen')"
    seen_up_to = f"SELECT max(CAST(reason AS INTEGER)) FROM events WHERE {in_index} AND kind = :seen"
    rows = connection.execute(
        f"SELECT * FROM events WHERE {in_index} AND kind <> :seen AND seq > coalesce(({seen_up_to}), 0) ORDER BY seq",
        {"seen": seen},
    ).fetchall()
    return [_read(row) for row in rows]


def _json(columns: Mapping[str, JsonValue] | None) -> str | None:
    return _ENCODE(columns) if columns is not None else None


def _read(row: sqlite3.Row) -> Event:
    return Event(
        seq=row["seq"],
        at=moment(row["at"]),
        actor=row["actor"],
        station=row["station"],
        kind=row["kind"],
        ticket=row["ticket"],
        number=row["number"],
        clinic=row["clinic"],
        reason=row["reason"],
        before=json.loads(row["before"]) if row["before"] else None,
        after=json.loads(row["after"]) if row["after"] else None,
    )
