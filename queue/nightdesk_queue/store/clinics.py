"""SQL for what staff have changed about a clinic tonight; a clinic without a row is as config.toml says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp, stamp_or_none

_SAVE = """
INSERT INTO clinics (clinic, suspended, notice, rooms, move_notice, moved_at, changed_at)
VALUES (:clinic, :suspended, :notice, :rooms, :move_notice, :moved_at, :changed_at)
ON CONFLICT (clinic) DO UPDATE SET suspended = excluded.suspended, notice = excluded.notice, rooms = excluded.rooms,
    move_notice = excluded.move_notice, moved_at = excluded.moved_at, changed_at = excluded.changed_at
"""


def all_of(tx: Tx) -> dict[str, ClinicState]:
    """Return every changed clinic, by id."""
    return {row["clinic"]: _read(row) for row in tx.rows("SELECT * FROM clinics")}


def is_suspended(tx: Tx, clinic: str) -> bool:
    """Whether a clinic gives no numbers by staff's order."""
    row = tx.row("SELECT suspended FROM clinics WHERE clinic = :clinic", {"clinic": clinic})
    return bool(row and row["suspended"])


def save(tx: Tx, state: ClinicState) -> None:
    """Write a clinic's changes."""
    tx.change(
        _SAVE,
        {
            "clinic": state.clinic,
            "suspended": int(state.suspended),
            "notice": state.notice,
            "rooms": json.dumps(list(state.rooms)) if state.rooms else None,
            "move_notice": state.move_notice,
            "moved_at": stamp_or_none(state.moved_at),
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
        "moved_at": stamp_or_none(state.moved_at),
    }


@reads("events")
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


@reads("clinics")
def _read(row: Row) -> ClinicState:
    return ClinicState(
        clinic=row["clinic"],
        suspended=bool(row["suspended"]),
        notice=row["notice"],
        rooms=tuple(json.loads(row["rooms"])) if row["rooms"] else None,
        move_notice=row["move_notice"],
        moved_at=moment_or_none(row["moved_at"]),
        changed_at=moment(row["changed_at"]),
    )
