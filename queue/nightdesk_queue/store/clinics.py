"""SQL for what staff have changed about a clinic tonight: suspended, moved to other rooms, and the notice of it.

A clinic without a row is as config.toml says.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.store.stamps import moment, stamp


@dataclass(frozen=True, slots=True)
class ClinicState:
    """One clinic's changes. `rooms` None: those of the configuration. `notice`: staff's own words, for patients."""

    clinic: str
    suspended: bool
    rooms: tuple[str, ...] | None
    notice: str | None
    changed_at: datetime


def all_of(connection: sqlite3.Connection) -> dict[str, ClinicState]:
    """Return every changed clinic, by id."""
    return {row["clinic"]: _read(row) for row in connection.execute("SELECT * FROM clinics").fetchall()}


def is_suspended(connection: sqlite3.Connection, clinic: str) -> bool:
    """Whether a clinic gives no numbers by staff's order; one look, because every ticket begins with it."""
    row = connection.execute("SELECT suspended FROM clinics WHERE clinic = ?", (clinic,)).fetchone()
    return bool(row and row[0])


def save(connection: sqlite3.Connection, state: ClinicState) -> None:
    """Write a clinic's changes."""
    connection.execute(
        "INSERT INTO clinics (clinic, suspended, rooms, notice, changed_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (clinic) DO UPDATE SET suspended = excluded.suspended, rooms = excluded.rooms, "
        "notice = excluded.notice, changed_at = excluded.changed_at",
        (
            state.clinic,
            int(state.suspended),
            json.dumps(list(state.rooms)) if state.rooms is not None else None,
            state.notice,
            stamp(state.changed_at),
        ),
    )


def _read(row: sqlite3.Row) -> ClinicState:
    return ClinicState(
        clinic=row["clinic"],
        suspended=bool(row["suspended"]),
        rooms=tuple(json.loads(row["rooms"])) if row["rooms"] else None,
        notice=row["notice"],
        changed_at=moment(row["changed_at"]),
    )
