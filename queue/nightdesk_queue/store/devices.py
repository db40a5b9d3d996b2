"""SQL for what the background workers last knew of each device, so that every console can show it.

Written when a device's state changes and once a minute as a sign of life, never for every slip or frame: each write
wakes all processes that watch the feed.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from nightdesk_queue.store.stamps import moment, stamp

Kind = Literal["printer", "display"]

SIGN_OF_LIFE = timedelta(seconds=60)
LOST_AFTER = 3 * SIGN_OF_LIFE


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device's last known state. `cause` is a short English code or message of the fault, None when there is none."""

    kind: Kind
    id: str
    state: str
    since: datetime
    last_ok: datetime | None
    cause: str | None
    seen_at: datetime


def save(connection: sqlite3.Connection, status: DeviceStatus) -> None:
    """Write a device's state."""
    connection.execute(
        "INSERT INTO devices (kind, id, state, since, last_ok, cause, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, id) DO UPDATE SET state = excluded.state, since = excluded.since, "
        "last_ok = excluded.last_ok, cause = excluded.cause, seen_at = excluded.seen_at",
        (
            status.kind,
            status.id,
            status.state,
            stamp(status.since),
            stamp(status.last_ok) if status.last_ok else None,
            status.cause,
            stamp(status.seen_at),
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
            seen_at=moment(row["seen_at"]),
        )
        for row in rows
    }


def known_state(status: DeviceStatus | None, now: datetime) -> tuple[str, str | None]:
    """Return a device's state and cause as of `now`: without a recent sign of life from its worker it is offline."""
    if status is None or now - status.seen_at > LOST_AFTER:
        return "offline", "not_served"
    return status.state, status.cause
