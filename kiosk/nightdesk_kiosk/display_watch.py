"""A call screen that has been away for minutes: an alarm on every console, once an outage."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue import alarms
from nightdesk_queue.alarms import Alarm
from nightdesk_queue.config import Hospital
from nightdesk_queue.model import By
from nightdesk_queue.store import Store, devices


class DisplayWatch:
    """Knows since when each call screen does not work, and which outages have been told."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, store: Store, now: datetime, seconds: float) -> None:
        """Raise an alarm for every screen that has been away too long; `seconds` counts real time."""
        with store.reading() as connection:
            known = devices.all_of(connection, "display")
            sounding = {event.station for event in alarms.sounding(connection) if event.kind == Alarm.NO_DISPLAY}
        for display in self.hospital.display:
            state, _ = devices.state_now(store.path, "display", display.id, known.get(display.id))
            if state in devices.WORKING:
                self._since.pop(display.id, None)
                self._told.discard(display.id)
                continue
            since = self._since.setdefault(display.id, seconds)
            if display.id in self._told or seconds - since < display.alarm_after_minutes * 60:
                continue
            self._told.add(display.id)
            station = f"display:{display.id}"
            if station not in sounding:
                alarms.sound(store, Alarm.NO_DISPLAY, now=now, by=By("nightdesk", station))
