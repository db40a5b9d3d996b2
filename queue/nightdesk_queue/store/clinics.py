"""SQL for what staff have changed about a clinic tonight: suspended, moved to other rooms, and the notice of it.

A clinic without a row is as config.toml says.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.store.timestamps import moment, stamp


@dataclass(frozen=True, slots=True)
class ClinicState:
    """One clinic's changes. `rooms` None: those of the configuration, since `moved_at`.

    `notice` and `move_notice` are staff's own words for patients, about the suspension and about the move.
    """

    clinic: str
    suspended: bool
    notice: str | None
    rooms: tuple[str, ...] | None
    move_notice: str | None
    moved_at: datetime | None
    changed_at: datetime

    @property
    def words(self) -> str | None:
        """The notice that matters most now."""
        return self.notice if self.suspended else self.move_notice


def all_of(connection: sqlite3.Connection) -> dict[str, ClinicState]:
    """Return every changed clinic, by id."""
    return {row["clinic"]: _read(row) for row in connection.execute("SELECT * FROM clinics").fetchall()}


def is_suspended(connection: sqlite3.Connection, clinic: str) -> bool:
    """Whether a clinic gives no numbers by staff's order; one look, because every ticket begins with it."""
    row = connection.execute("SELECT suspended FROM clinics WHERE clinic = ?", (clinic,)).fetchone()
    return bool(row and row[0])


def save(connection: sqlite3.Connection, state: ClinicState) -> None:
    """Write a clinic's changes."""
    held = form(state)
    connection.execute(
        "INSERT OR REPLACE INTO clinics (clinic, suspended, notice, rooms, move_notice, moved_at, changed_at) "
        "VALUES (:clinic, :suspended, :notice, :rooms, :move_notice, :moved_at, :changed_at)",
        {
            **held,
            "clinic": state.clinic,
            "rooms": json.dumps(held["rooms"]) if held["rooms"] else None,
            "changed_at": stamp(state.changed_at),
        },
    )


def form(state: ClinicState) -> dict[str, JsonValue]:
    """Return a clinic's changes as an event holds them."""
    return {
        "suspended": state.suspended,
        "notice": state.notice,
        "rooms": list(state.rooms) if state.rooms is not None else None,
        "move_notice": state.move_notice,
        "moved_at": stamp(state.moved_at) if state.moved_at else None,
    }


def of_form(clinic: str, held: Mapping[str, JsonValue], changed_at: datetime) -> ClinicState:
    """Return a clinic's changes as an event held them."""
    rooms, moved_at = held.get("rooms"), held.get("moved_at")
    notice, move_notice = held.get("notice"), held.get("move_notice")
    return ClinicState(
        clinic=clinic,
        suspended=bool(held.get("suspended")),
        notice=str(notice) if notice is not None else None,
        rooms=tuple(str(room) for room in rooms) if isinstance(rooms, list) else None,
        move_notice=str(move_notice) if move_notice is not None else None,
        moved_at=moment(str(moved_at)) if moved_at else None,
        changed_at=changed_at,
    )


def _read(row: sqlite3.Row) -> ClinicState:
    held = {**dict(row), "rooms": json.loads(row["rooms"]) if row["rooms"] else None}
    return of_form(row["clinic"], held, moment(row["changed_at"]))
