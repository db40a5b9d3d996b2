"""What a background worker tells the database about its device: changes at once, otherwise a sign of life a minute."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.store import Store, devices
from nightdesk_queue.store.devices import SIGN_OF_LIFE, DeviceStatus, Kind


class DeviceLog:
    """Keeps one device's row in step with what its worker knows. `now` is real time, not the hospital's clock."""

    def __init__(self, kind: Kind, id_: str) -> None:
        self._kind = kind
        self._id = id_
        self._last: DeviceStatus | None = None

    def report(self, store: Store, state: str, *, ok: bool, now: datetime, cause: str | None = None) -> None:
        """Record a state; `ok` says whether the device was just found working."""
        old = self._last
        same = old is not None and (old.state, old.cause) == (state, cause)
        last_ok = now if ok else (old.last_ok if old else None)
        status = DeviceStatus(self._kind, self._id, state, old.since if same and old else now, last_ok, cause, now)
        if not same or old is None or now - old.seen_at >= SIGN_OF_LIFE:
            self._save(store, status)

    def alive(self, store: Store, now: datetime) -> None:
        """Say that the worker still watches the device, once a minute."""
        old = self._last
        if old and now - old.seen_at >= SIGN_OF_LIFE:
            self._save(store, DeviceStatus(old.kind, old.id, old.state, old.since, old.last_ok, old.cause, now))

    def _save(self, store: Store, status: DeviceStatus) -> None:
        with store.unit() as connection:
            devices.save(connection, status)
        self._last = status
