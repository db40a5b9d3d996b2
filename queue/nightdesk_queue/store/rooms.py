"""SQL for rooms: what staff have said of them, and when something last happened in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.domain.room_state import RoomState, RoomUse
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp, stamp_or_none

_SAVE = """
INSERT INTO rooms (room, use, until, active_at, changed_at) VALUES (:room, :use, :until, :active_at, :changed_at)
ON CONFLICT (room) DO UPDATE SET use = excluded.use, until = excluded.until, active_at = excluded.active_at,
    changed_at = excluded.changed_at
"""
_CALLED = """
INSERT INTO rooms (room, use, until, active_at, changed_at, active_by) VALUES (:room, 'open', NULL, :now, :now, :by)
ON CONFLICT (room) DO UPDATE SET active_at = excluded.active_at, active_by = excluded.active_by, until = NULL,
    changed_at = CASE WHEN rooms.use = 'open' THEN rooms.changed_at ELSE excluded.changed_at END, use = 'open'
"""
_AT_WORK = """
SELECT room, max(ended_at) AS active_at, NULL AS use, NULL AS until, NULL AS changed_at, NULL AS active_by
    FROM consultations WHERE clinic = :clinic AND ended_at >= :since GROUP BY room
UNION ALL SELECT room, active_at, use, until, changed_at, active_by FROM rooms
"""


def all_of(tx: Tx) -> dict[str, RoomState]:
    """Return every room something is known of, by id."""
    return {row["room"]: _read(row) for row in tx.rows("SELECT * FROM rooms")}


def at_work(tx: Tx, clinic: str, since: datetime) -> tuple[dict[str, datetime], dict[str, RoomState]]:
    """Return when a consultation of a clinic last ended in each room since a moment, and every room's state.

    One statement, because every forecast asks it.
    """
    rows = tx.rows(_AT_WORK, {"clinic": clinic, "since": stamp(since)})
    ended = {row["room"]: moment(row["active_at"]) for row in rows if row["use"] is None}
    return ended, {row["room"]: _read(row) for row in rows if row["use"] is not None}


def save(tx: Tx, state: RoomState) -> None:
    """Write what staff have said of a room."""
    tx.change(
        _SAVE,
        {
            "room": state.room,
            "use": state.use,
            "until": stamp_or_none(state.until),
            "active_at": stamp_or_none(state.active_at),
            "changed_at": stamp(state.changed_at),
        },
    )


def called_to(tx: Tx, room: str, actor: str, now: datetime) -> None:
    """Write that `actor` has called somebody to a room, which opens it."""
    tx.change(_CALLED, {"room": room, "by": actor, "now": stamp(now)})


def left(tx: Tx, room: str, now: datetime) -> None:
    """Write that a patient has left a room, or did not come."""
    tx.change("UPDATE rooms SET active_at = :now WHERE room = :room", {"room": room, "now": stamp(now)})


def form(state: RoomState) -> dict[str, JsonValue]:
    """Return a room's state as an event holds it."""
    return {"use": state.use, "until": stamp_or_none(state.until)}


@reads("events")
def of_form(room: str, held: Mapping[str, JsonValue], active_at: datetime | None, changed_at: datetime) -> RoomState:
    """Return a room's state as an event held it."""
    until = held.get("until")
    return RoomState(room, RoomUse(str(held["use"])), moment(str(until)) if until else None, active_at, changed_at)


@reads("rooms")
def _read(row: Row) -> RoomState:
    return RoomState(
        room=row["room"],
        use=RoomUse(row["use"]),
        until=moment_or_none(row["until"]),
        active_at=moment_or_none(row["active_at"]),
        changed_at=moment(row["changed_at"]),
        active_by=row["active_by"],
    )
