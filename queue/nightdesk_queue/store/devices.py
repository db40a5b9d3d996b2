"""SQL for the last known state of each device, as its worker wrote it.

Written when a device's state changes, and at most once a minute while it goes well: each write wakes all processes that
watch for changes. Whether anybody serves the device at all is told by its lock, not by the clock.
"""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.devices import DeviceChange, DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp, stamp_or_none

_SAVE = """
INSERT INTO devices (kind, id, state, since, last_ok, cause, paper, capability, address, machine)
VALUES (:kind, :id, :state, :since, :last_ok, :cause, :paper, :capability, :address, :machine)
ON CONFLICT (kind, id) DO UPDATE SET state = excluded.state, since = excluded.since, last_ok = excluded.last_ok,
    cause = excluded.cause, paper = excluded.paper, capability = excluded.capability, address = excluded.address,
    machine = excluded.machine
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
            "machine": status.machine,
        },
    )


_NOTE = """
INSERT INTO device_history (kind, device, at, state, cause)
SELECT :kind, :id, :at, :state, :cause WHERE NOT EXISTS (SELECT 1 FROM devices
    WHERE kind = :kind AND id = :id AND state = :state AND coalesce(cause, '') = coalesce(:cause, ''))
"""


def note_change(tx: Tx, status: DeviceStatus, at: datetime) -> None:
    """Add a state to a device's history if it is another than the last one written; to be called before `save`."""
    values = {"kind": status.kind, "id": status.id, "at": stamp(at), "state": status.state, "cause": status.cause}
    tx.change(_NOTE, values)


def history(tx: Tx, device: str, limit: int) -> list[DeviceChange]:
    """Return the newest states of a device, oldest of them first."""
    rows = tx.rows(
        "SELECT * FROM device_history WHERE device = :device ORDER BY id DESC LIMIT :limit",
        {"device": device, "limit": limit},
    )
    return [_change(row) for row in reversed(rows)]


def history_between(tx: Tx, device: str, since: datetime, until: datetime) -> list[DeviceChange]:
    """Return the states of a device in a span of time: the one it began with, and those that followed."""
    before = tx.row(
        "SELECT * FROM device_history WHERE device = :device AND at < :since ORDER BY id DESC LIMIT 1",
        {"device": device, "since": stamp(since)},
    )
    rows = tx.rows(
        "SELECT * FROM device_history WHERE device = :device AND at >= :since AND at <= :until ORDER BY id",
        {"device": device, "since": stamp(since), "until": stamp(until)},
    )
    return [_change(row) for row in ([before] if before else []) + rows]


@reads("device_history")
def _change(row: Row) -> DeviceChange:
    return DeviceChange(
        DeviceKind(row["kind"]), row["device"], moment(row["at"]), DeviceState(row["state"]), row["cause"]
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
        machine=row["machine"],
    )
