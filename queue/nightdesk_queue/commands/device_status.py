"""Device states as workers write them: a change at once, the same state once a minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nightdesk_queue.commands.work import Work, command, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import devices
from nightdesk_queue.store.database import Database

SAVED_AT_LEAST = timedelta(seconds=60)


@command(Command.REPORT_DEVICE)
def report_device(work: Work, status: DeviceStatus) -> None:
    """Write how a device is, and into its history where that is new."""
    devices.note_change(work.tx, status, work.now)
    devices.save(work.tx, status)


@dataclass(frozen=True, slots=True)
class Found:
    """What a worker has just found out. `ok` says whether the device was just found working."""

    state: DeviceState
    ok: bool = False
    cause: str | None = None
    paper: str | None = None
    capability: str | None = None
    address: str | None = None


class DeviceReporter:
    """Writes one device's row whenever its worker knows something new. `now` is real time, not the hospital's clock."""

    def __init__(self, kind: DeviceKind, id_: str, database: Database, hospital: Hospital) -> None:
        self._kind = kind
        self._id = id_
        self._database = database
        self._hospital = hospital
        self._by = By.service(f"{kind}:{id_}")
        self._known: DeviceStatus | None = None
        self._saved_at: datetime | None = None

    def report(self, found: Found, now: datetime) -> None:
        """Record a state: a change at once, the same state at least once a minute. Raises Fault."""
        old = self._known or self._from_before()
        known = DeviceStatus(
            self._kind,
            self._id,
            found.state,
            _since(old, found.state, now),
            now if found.ok else (old.last_ok if old else None),
            found.cause,
            found.paper,
            found.capability,
            found.address,
            self._database.machine,
        )
        if not _same(old, known) or self._saved_at is None or now - self._saved_at >= SAVED_AT_LEAST:
            with working(self._database, self._hospital, now, self._by) as work:
                report_device(work, known)
            self._saved_at = now
        self._known = known

    def _from_before(self) -> DeviceStatus | None:
        with self._database.snapshot() as tx:
            return devices.of_id(tx, self._kind, self._id)


def _since(old: DeviceStatus | None, state: DeviceState, now: datetime) -> datetime:
    """Return since when a device is as it is; an outage is one, whatever is found out about it meanwhile."""
    goes_on = old is not None and (old.state is state or not (old.state.works or state.works))
    return old.since if old and goes_on else now


def _same(old: DeviceStatus | None, known: DeviceStatus) -> bool:
    return old is not None and replace(old, since=known.since, last_ok=known.last_ok) == known
