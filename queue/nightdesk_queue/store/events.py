"""SQL for the event log: every change, in order, with what was before and after. Rows are only ever added."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping

from nightdesk_queue.domain.events import Event, JsonValue
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, PastCall
from nightdesk_queue.store.timestamps import moment

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = """
INSERT INTO events (at, actor, station, kind, ticket, number, clinic, reason, before, after, undoes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_STANDS = "NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.undoes = events.seq)"
"""Nobody has taken this event back."""
PAGES = ("page", "page_escalated")
"""What sends a page out."""
SPOKEN = "spoken"
"""A call or page was heard to its end; `reason` holds the seq of its event."""
_TO_CLINIC = "json_extract(after, '$.clinic')"
"""Where a transfer led; spelled as in the index."""


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
    undoes: int | None = None,
) -> int:
    """Add one event and return its seq."""
    cursor = connection.execute(
        _INSERT, (at, by.actor, by.station, kind, ticket, number, clinic, reason, _json(before), _json(after), undoes)
    )
    return cursor.lastrowid or 0


def after(connection: sqlite3.Connection, seq: int, limit: int = 1000) -> list[Event]:
    """Return up to `limit` events that follow event `seq`, oldest first."""
    rows = connection.execute("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)).fetchall()
    return [_read(row) for row in rows]


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the seq of the newest event, 0 before the first."""
    return connection.execute("SELECT max(seq) FROM events").fetchone()[0] or 0


def past_calls(connection: sqlite3.Connection, clinic: str, seq: int) -> list[PastCall]:
    """Return the calls a clinic made after event `seq` and nobody took back, oldest first."""
    rows = connection.execute(
        "SELECT seq, json_extract(before, '$.level') AS level, json_extract(before, '$.lane') AS lane FROM events "
        f"WHERE kind = 'call' AND clinic = ? AND seq > ? AND {_STANDS} ORDER BY seq",
        (clinic, seq),
    ).fetchall()
    # calls of an older nightdesk did not note their lane
    return [PastCall(row["seq"], row["level"] or LEVEL_ORDINARY, Lane(row["lane"] or Lane.FIRST)) for row in rows]


def last_of_station(
    connection: sqlite3.Connection, station: str, kinds: Collection[str], actor: str | None = None
) -> Event | None:
    """Return the newest event of some kinds that a station (and there one actor) made and nobody took back."""
    marks = ", ".join("?" * len(kinds))
    row = connection.execute(
        f"SELECT * FROM events WHERE station = ? AND kind IN ({marks}) AND coalesce(?, actor) = actor AND {_STANDS} "
        "ORDER BY seq DESC LIMIT 1",
        (station, *kinds, actor),
    ).fetchone()
    return _read(row) if row else None


def later_of_ticket(connection: sqlite3.Connection, event: Event) -> Event | None:
    """Return the newest event of the same ticket after `event` that nobody took back."""
    row = connection.execute(
        f"SELECT * FROM events WHERE seq > ? AND ticket = ? AND kind <> 'undo' AND {_STANDS} "
        "AND (before IS NOT NULL OR after IS NOT NULL) ORDER BY seq DESC LIMIT 1",
        (event.seq, event.ticket),
    ).fetchone()
    return _read(row) if row else None


def just_before(connection: sqlite3.Connection, event: Event, kind: str) -> Event | None:
    """Return the event of a kind that was written right before `event`, for the same ticket."""
    sql = "SELECT * FROM events WHERE seq = ? AND kind = ? AND ticket = ?"
    row = connection.execute(sql, (event.seq - 1, kind, event.ticket)).fetchone()
    return _read(row) if row else None


def transfers_since(connection: sqlite3.Connection, clinic: str, since: str) -> int:
    """Return how many patients were transferred to a clinic since a moment, wherever they are now."""
    sql = f"SELECT count(*) FROM events WHERE kind = 'transfer' AND {_TO_CLINIC} = ? AND at >= ? AND {_STANDS}"
    return int(connection.execute(sql, (clinic, since)).fetchone()[0])


def kept(connection: sqlite3.Connection, ticket: str) -> bool:
    """Whether staff decided that a leftover patient is still served."""
    sql = f"SELECT 1 FROM events WHERE kind = 'keep' AND ticket = ? AND {_STANDS}"
    return connection.execute(sql, (ticket,)).fetchone() is not None


def first_starts(connection: sqlite3.Connection) -> dict[tuple[str, str], float]:
    """Return when each ticket was first taken into a room of each clinic, as POSIX seconds by (ticket, clinic)."""
    rows = connection.execute(
        f"SELECT ticket, clinic, min(at) AS at FROM events WHERE kind = 'start' AND {_STANDS} GROUP BY ticket, clinic"
    ).fetchall()
    return {(row["ticket"], row["clinic"]): moment(row["at"]).timestamp() for row in rows}


def last_display_test(connection: sqlite3.Connection, display: str) -> Event | None:
    """Return the newest wish to test a call screen."""
    sql = "SELECT * FROM events WHERE kind = 'display_test' AND reason = ? ORDER BY seq DESC LIMIT 1"
    row = connection.execute(sql, (display,)).fetchone()
    return _read(row) if row else None


def to_speak_after(connection: sqlite3.Connection, seq: int) -> list[Event]:
    """Return the calls, recalls and pages after event `seq` that nobody took back, oldest first."""
    rows = connection.execute(
        "SELECT * FROM events WHERE kind IN ('call', 'recall', 'page', 'page_escalated') AND seq > ? "
        f"AND {_STANDS} ORDER BY seq",
        (seq,),
    ).fetchall()
    return [_read(row) for row in rows]


def spoken_after(connection: sqlite3.Connection, seq: int) -> set[int]:
    """Return the seqs of the calls and pages that were spoken, by what was noted after event `seq`."""
    rows = connection.execute("SELECT reason FROM events WHERE kind = ? AND seq > ?", (SPOKEN, seq)).fetchall()
    return {int(row["reason"]) for row in rows}


def open_alarms(connection: sqlite3.Connection, seen: str) -> list[Event]:
    """Return the alarms after the last one acknowledged, oldest first.

    An event of kind `seen` holds in `reason` the seq it acknowledges up to.
    """
    in_index = "kind IN ('red_flag', 'help', 'no_printer', 'no_display', 'alarm_seen')"
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
        undoes=row["undoes"],
    )
