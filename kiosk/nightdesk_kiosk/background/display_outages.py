"""A call screen that has been away for minutes: an alarm on every console, once an outage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from nightdesk_queue.commands.alarms import end_alarms, raise_alarm
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import DeviceHealth
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.queries.device_health import displays_among
from nightdesk_queue.store import Database, events

GRACE_SECONDS = 20.0
"""Seconds that a screen has after the start of the services, however long it was away before."""


class DisplayOutages:
    """Knows since when each call screen does not work, and which outages have been told.

    `grace`: seconds a screen has after the services have started.
    """

    def __init__(self, hospital: Hospital, database: Database, grace: float = GRACE_SECONDS) -> None:
        self.hospital = hospital
        self._database = database
        self._grace = grace
        self._since: dict[str, float] = {}
        self._told: set[str] = set()
        self._looked: set[str] = set()

    def look(self, devices: Sequence[DeviceHealth], now: datetime, seconds: float) -> None:
        """Raise an alarm for every screen of the devices that has been away too long; `seconds` counts real time.

        How long it was away before the services were started again counts, too.
        """
        for display, found in zip(self.hospital.display, displays_among(devices), strict=True):
            if found.works:
                self._since.pop(display.id, None)
                self._end(display.id, now)
            elif display.id not in self._told and self._is_long(display, found, seconds):
                station = f"display:{display.id}"
                if not self._told_before(station, found):
                    with working(self._database, self.hospital, now, By.service(station)) as work:
                        raise_alarm(work, EventKind.NO_DISPLAY)
                # only now: an alarm that could not be written is owed
                self._told.add(display.id)

    def _end(self, display: str, now: datetime) -> None:
        """End the alarm of a screen that works again; at the first look one of an earlier process, too."""
        if display in self._looked and display not in self._told:
            return
        with working(self._database, self.hospital, now, By.service("run")) as work:
            end_alarms(work, EventKind.NO_DISPLAY, f"display:{display}")
        # only now: an alarm that could not be ended is ended at the next look
        self._looked.add(display)
        self._told.discard(display)

    def _is_long(self, display: Display, health: DeviceHealth, seconds: float) -> bool:
        here = seconds - self._since.setdefault(display.id, seconds)
        limit = display.alarm_after_minutes * 60
        return max(here, _away(health)) >= limit and here >= min(self._grace, limit)

    def _told_before(self, station: str, health: DeviceHealth) -> bool:
        """Whether an alarm of the screen is open, or this outage was told before the services were started again."""
        with self._database.snapshot() as tx:
            if any(event.station == station for event in open_alarms(tx) if event.kind is EventKind.NO_DISPLAY):
                return True
            if health.since is None or not health.served:
                return False
            event = events.last_of_station(tx, station, [EventKind.NO_DISPLAY])
        return event is not None and event.at >= health.since


def _away(health: DeviceHealth) -> float:
    """Return for how many seconds a screen has been known not to work."""
    if health.since is None or not health.served:
        return 0.0
    return (datetime.now(UTC) - health.since).total_seconds()
