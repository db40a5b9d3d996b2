"""SQL for what the background workers last knew of each device, so that every console can show it.

Written when a device's state changes, and at most once a minute while it goes well: each write wakes all processes
that watch the feed. Whether anybody serves the device at all is told by `ownership`, not by the clock.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from nightdesk_queue.store.process_lock import Ownership
from nightdesk_queue.store.timestamps import moment, stamp

Kind = Literal["printer", "display", "voice"]

WORKING = frozenset({"ready", "low", "online", "unverified", "speaking", "quiet"})
"""States in which the device does its work; a printer that is `low` still prints, its paper is near the end."""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device's last known state. `cause` is a short code or the system's message of the fault, None without one.

    Of printers besides: `paper` (`ok`, `near_end`, `out`; None where the printer does not say), and what it can
    confirm (`capability`), found out once at `address`.
    """

    kind: Kind
    id: str
    state: str
    since: datetime
    last_ok: datetime | None
    cause: str | None
    paper: str | None = None
    capability: str | None = None
    address: str | None = None


def save(connection: sqlite3.Connection, status: DeviceStatus) -> None:
    """Write a device's state."""
    connection.execute(
        "INSERT INTO devices (kind, id, state, since, last_ok, cause, paper, capability, address) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, id) DO UPDATE SET state = excluded.state, since = excluded.since, "
        "last_ok = excluded.last_ok, cause = excluded.cause, paper = excluded.paper, "
        "capability = excluded.capability, address = excluded.address",
        (
            status.kind,
            status.id,
            status.state,
            stamp(status.since),
            stamp(status.last_ok) if status.last_ok else None,
            status.cause,
            status.paper,
            status.capability,
            status.address,
        ),
    )


def all_of(connection: sqlite3.Connection, kind: Kind) -> dict[str, DeviceStatus]:
    """Return every known device of a kind, by id."""
    rows = connection.execute("SELECT * FROM devices WHERE kind = ?", (kind,)).fetchall()
    return {
        row["id"]: DeviceStatus(
            kind=kind,
            id=row["id"],
            state=row["state"],
            since=moment(row["since"]),
            last_ok=moment(row["last_ok"]) if row["last_ok"] else None,
            cause=row["cause"],
            paper=row["paper"],
            capability=row["capability"],
            address=row["address"],
        )
        for row in rows
    }


def since_when(status: DeviceStatus | None, cause: str | None) -> datetime | None:
    """Return since when a device is in the state that `state_now` tells; None where nobody knows.

    One that worked when its service went away is not served since it was last found working.
    """
    if status is None:
        return None
    if cause == "not_served" and status.state in WORKING:
        return status.last_ok or status.since
    return status.since


def state_now(database: Path, kind: Kind, id_: str, status: DeviceStatus | None) -> tuple[str, str | None]:
    """Return a device's state and cause: what its worker last said, or offline when no living process serves it."""
    if not Ownership(database, kind, id_).taken():
        return "offline", "not_served"
    return (status.state, status.cause) if status else ("offline", "starting")
