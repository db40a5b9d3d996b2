"""What a background worker tells the database about its device: changes at once, going well once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.store import Store, devices
from nightdesk_queue.store.devices import DeviceStatus, Kind

SAVED_AT_LEAST = timedelta(seconds=60)


class DeviceLog:
    """Keeps one device's row in step with what its worker knows. `now` is real time, not the hospital's clock."""

    def __init__(self, kind: Kind, id_: str) -> None:
        self._kind = kind
        self._id = id_
        self._known: DeviceStatus | None = None
        self._saved_at: datetime | None = None

    def report(
        self,
        store: Store,
        state: str,
        *,
        ok: bool,
        now: datetime,
        cause: str | None = None,
        paper: str | None = None,
        capability: str | None = None,
        address: str | None = None,
    ) -> None:
        """Record a state; `ok` says whether the device was just found working."""
        old = self._known or self._from_before(store)
        facts = (state, cause, paper, capability, address)
        same = old is not None and (old.state, old.cause, old.paper, old.capability, old.address) == facts
        # an outage is one, whatever is found out about it meanwhile
        goes_on = old is not None and (old.state == state or not {old.state, state} & devices.WORKING)
        since = old.since if old and goes_on else now
        last_ok = now if ok else (old.last_ok if old else None)
        known = DeviceStatus(self._kind, self._id, state, since, last_ok, cause, paper, capability, address)
        if not same or self._saved_at is None or now - self._saved_at >= SAVED_AT_LEAST:
            with store.unit() as connection:
                devices.save(connection, known)
            self._saved_at = now
        self._known = known

    def _from_before(self, store: Store) -> DeviceStatus | None:
        with store.reading() as connection:
            return devices.all_of(connection, self._kind).get(self._id)
