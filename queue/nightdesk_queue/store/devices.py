"""SQL for the last known state of each device, as its worker wrote it.

Written when a device's state changes, and at most once a minute while it goes well: each write wakes all processes that
watch for changes. Whether anybody serves the device at all is told by its lock, not by the clock.
"""

from __future__ import annotations

from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp, stamp_or_none

_SAVE = """
INSERT INTO devices (kind, id, state, since, last_ok, cause, paper, capability, address)
VALUES (:kind, :id, :state, :since, :last_ok, :cause, :paper, :capability, :address)
ON CONFLICT (kind, id) DO UPDATE SET state = excluded.state, since = excluded.since, last_ok = excluded.last_ok,
    cause = excluded.cause, paper = excluded.paper, capability = excluded.capability, address = excluded.address
"""


def save(tx: Tx, status: DeviceStatus) -> None:
    """Write a device's state."""
    tx.change(
        _SAVE,
        {
            "kind": status.kind,
            "id": status.id,
            "state": status.state,
            "since": stamp(status.since),
            "last_ok": stamp_or_none(status.last_ok),
            "cause": status.cause,
            "paper": status.paper,
            "capability": status.capability,
            "address": status.address,
        },
    )


def of_id(tx: Tx, kind: DeviceKind, id_: str) -> DeviceStatus | None:
    """Return one device's last known state; None for one that nobody has looked at."""
    row = tx.row("SELECT * FROM devices WHERE kind = :kind AND id = :id", {"kind": kind, "id": id_})
    return _read(row) if row else None


def known(tx: Tx) -> dict[tuple[DeviceKind, str], DeviceStatus]:
    """Return every device's last known state, by kind and id."""
    found = (_read(row) for row in tx.rows("SELECT * FROM devices"))
    return {(status.kind, status.id): status for status in found}


@reads("devices")
def _read(row: Row) -> DeviceStatus:
    return DeviceStatus(
        kind=DeviceKind(row["kind"]),
        id=row["id"],
        state=DeviceState(row["state"]),
        since=moment(row["since"]),
        last_ok=moment_or_none(row["last_ok"]),
        cause=row["cause"],
        paper=row["paper"],
        capability=row["capability"],
        address=row["address"],
    )
