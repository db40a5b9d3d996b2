"""A call screen that has been away for minutes: an alarm on every console, once an outage."""

from __future__ import annotations

from datetime import UTC, datetime

from nightdesk_queue.commands import alarms
from nightdesk_queue.commands.alarms import Alarm
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Store, devices, events
from nightdesk_queue.store.devices import DeviceStatus

GRACE_SECONDS = 20.0
"""What is switched on together with the services has so long to come up, however long it was away before."""


class DisplayWatch:
    """Knows since when each call screen does not work, and which outages have been told."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, store: Store, now: datetime, seconds: float) -> None:
        """Raise an alarm for every screen that has been away too long; `seconds` counts real time.

        How long it was away before the services were started again counts, too.
        """
        with store.reading() as connection:
            known = devices.all_of(connection, "display")
            sounding = {event.station for event in alarms.sounding(connection) if event.kind == Alarm.NO_DISPLAY}
        for display in self.hospital.display:
            status = known.get(display.id)
            state, _ = devices.state_now(store.path, "display", display.id, status)
            if state in devices.WORKING:
                self._since.pop(display.id, None)
                self._told.discard(display.id)
                continue
            here = seconds - self._since.setdefault(display.id, seconds)
            limit = display.alarm_after_minutes * 60
            if display.id in self._told or max(here, _away(status)) < limit or here < min(GRACE_SECONDS, limit):
                continue
            station = f"display:{display.id}"
            if station not in sounding and not _told_before(store, station, status):
                alarms.sound(store, Alarm.NO_DISPLAY, now=now, by=By("nightdesk", station))
            self._told.add(display.id)


def _away(status: DeviceStatus | None) -> float:
    """Return for how many seconds a screen has been known not to work."""
    if status is None or status.state in devices.WORKING:
        return 0.0
    return (datetime.now(UTC) - status.since).total_seconds()


def _told_before(store: Store, station: str, status: DeviceStatus | None) -> bool:
    """Whether this outage was told before the services were started again."""
    if status is None or status.state in devices.WORKING:
        return False
    with store.reading() as connection:
        event = events.last_of_station(connection, station, [Alarm.NO_DISPLAY])
    return event is not None and event.at >= status.since
