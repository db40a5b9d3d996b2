"""Outages of printers: a kiosk without a working one raises an alarm on every console and a slip in the duty room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from nightdesk_queue.commands.alarms import end_alarms, raise_alarm
from nightdesk_queue.commands.slip_printing import print_alarm
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.devices import DeviceHealth
from nightdesk_queue.domain.event_data import NoPrinter, PrinterTrouble
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import kiosks_without_printer
from nightdesk_queue.queries.device_health import printers_among
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.store import Database

ALARM_AFTER_SECONDS = 20.0
"""Seconds without a printer after which an alarm is raised; a change of paper takes less."""


class PrinterOutages:
    """Knows since when each kiosk has no printer, and which outages have been told.

    `alarm_after`: seconds without a printer after which somebody is called.
    """

    def __init__(self, hospital: Hospital, database: Database, alarm_after: float = ALARM_AFTER_SECONDS) -> None:
        self.hospital = hospital
        self._database = database
        self._alarm_after = alarm_after
        self._since: dict[str, float] = {}
        self._told: set[str] = set()
        self._looked = False

    def look(self, devices: Sequence[DeviceHealth], now: datetime, seconds: float) -> None:
        """Raise an alarm for every kiosk without a working printer for too long; `seconds` counts real time."""
        health = printers_among(devices)
        without = {kiosk.id: kiosk for kiosk in slip_rules.kiosks_without_printer(self.hospital, health)}
        self._end_those_over(without, now)
        self._since = {id_: self._since.get(id_, seconds) for id_ in without}
        for id_, kiosk in without.items():
            if id_ not in self._told and seconds - self._since[id_] >= self._alarm_after:
                # an alarm that is open was raised before this process was started
                if not self._is_alarmed(id_):
                    self._alarm(kiosk, health, now)
                # only now: an alarm that could not be written is owed
                self._told.add(id_)

    def _end_those_over(self, without: Collection[str], now: datetime) -> None:
        """End the alarms of kiosks that have a printer again; at the first look those of an earlier process, too."""
        if self._looked and self._told <= set(without):
            return
        with self._database.snapshot() as tx:
            over = [kiosk for kiosk in kiosks_without_printer(tx) if kiosk not in without]
        for kiosk in over:
            with working(self._database, self.hospital, now, By.service("run")) as work:
                end_alarms(work, EventKind.NO_PRINTER, f"kiosk:{kiosk}")
        # only now: an alarm that could not be ended is ended at the next look
        self._looked = True
        self._told &= set(without)

    def _is_alarmed(self, kiosk: str) -> bool:
        with self._database.snapshot() as tx:
            return kiosk in kiosks_without_printer(tx)

    def _alarm(self, kiosk: Kiosk, health: Mapping[str, DeviceHealth], now: datetime) -> None:
        broken = tuple(
            PrinterTrouble(id_, health[id_].state, health[id_].cause) for id_ in self.hospital.printers_of(kiosk)
        )
        with working(self._database, self.hospital, now, By.service(f"kiosk:{kiosk.id}")) as work:
            event = raise_alarm(work, EventKind.NO_PRINTER, data=NoPrinter(kiosk.id, broken))
            for printer in slip_rules.duty_printers(self.hospital):
                if printer in health and health[printer].works:
                    print_alarm(work, printer, event)
