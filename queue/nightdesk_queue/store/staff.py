"""SQL for the staff, and for the stations at which they may sign in."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.people import Role
from nightdesk_queue.domain.staff import Enrolled, StaffMember
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, stamp


def all_of(tx: Tx) -> list[StaffMember]:
    """Return the staff in order of their short names, the disabled ones too."""
    return [_read(row) for row in tx.rows("SELECT id, name, role, disabled FROM staff ORDER BY id")]


def is_needed(tx: Tx) -> bool:
    """Whether staff have to sign in: there is somebody who can."""
    return tx.row("SELECT 1 AS there FROM staff WHERE disabled = 0 LIMIT 1") is not None


def save(tx: Tx, member: StaffMember) -> None:
    """Write a member, new or changed."""
    tx.change(
        "INSERT INTO staff (id, name, role, disabled) VALUES (:id, :name, :role, :disabled) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, disabled = excluded.disabled",
        {"id": member.id, "name": member.name, "role": member.role, "disabled": int(member.disabled)},
    )


def enrolled(tx: Tx) -> list[Enrolled]:
    """Return the stations at which staff may sign in."""
    return [_read_station(row) for row in tx.rows("SELECT id, at, enrolled_by FROM stations ORDER BY id")]


def is_enrolled(tx: Tx, station: str) -> bool:
    """Whether staff may sign in at a station."""
    return tx.row("SELECT 1 AS there FROM stations WHERE id = :id", {"id": station}) is not None


def enrol(tx: Tx, station: str, at: datetime, by: str) -> None:
    """Let staff sign in at a station."""
    tx.change(
        "INSERT INTO stations (id, at, enrolled_by) VALUES (:id, :at, :by) ON CONFLICT (id) DO NOTHING",
        {"id": station, "at": stamp(at), "by": by},
    )


@reads("staff")
def _read(row: Row) -> StaffMember:
    return StaffMember(row["id"], row["name"], Role(row["role"]), bool(row["disabled"]))


@reads("stations")
def _read_station(row: Row) -> Enrolled:
    return Enrolled(row["id"], moment(row["at"]), row["enrolled_by"])
