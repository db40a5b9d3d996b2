"""A kiosk none of whose printers works: an alarm on every console, and a slip in the duty room where somebody
is awake.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_queue.commands import alarms
from nightdesk_queue.commands.alarms import Alarm
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.store import Store, slips
from nightdesk_queue.store.slips import SlipKind
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text, joined

ALARM_AFTER_SECONDS = 20.0
"""A printer that is only being fed with paper is back before anybody could come."""
ONE_PRINTER = Text(zh="{id}：{state} {cause}", en="{id}: {state} {cause}")


class PrinterWatch:
    """Knows since when each kiosk has no printer, and which outages have been told."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, store: Store, now: datetime, seconds: float) -> None:
        """Raise an alarm for every kiosk that has been without a printer for too long; `seconds` counts real time."""
        with store.reading() as connection:
            states = slip_rules.states_of(connection, store.path, self.hospital)
        works = {id_: slip_rules.works(state) for id_, state in states.items()}
        dead = {kiosk.id: kiosk for kiosk in slip_rules.kiosks_without_printer(self.hospital, works)}
        self._told &= dead.keys()
        self._since = {id_: self._since.get(id_, seconds) for id_ in dead}
        for id_, kiosk in dead.items():
            if id_ not in self._told and seconds - self._since[id_] >= ALARM_AFTER_SECONDS:
                self._told.add(id_)
                self._tell(store, kiosk, states, works, now)

    def _tell(
        self,
        store: Store,
        kiosk: Kiosk,
        states: dict[str, tuple[str, str | None]],
        works: dict[str, bool],
        now: datetime,
    ) -> None:
        station = f"kiosk:{kiosk.id}"
        with store.reading() as connection:
            sounding = any(
                event.kind == Alarm.NO_PRINTER and event.station == station for event in alarms.sounding(connection)
            )
        if sounding:
            return  # told before this process was started
        what = joined(
            [
                ONE_PRINTER.fill(id=id_, state=state_text(states[id_][0]), cause=cause_text(states[id_][1]))
                for id_ in self.hospital.printers_of(kiosk)
            ]
        )
        alarms.sound(store, Alarm.NO_PRINTER, now=now, by=By("nightdesk", station))
        first = self.hospital.hospital.languages[0]
        with store.unit() as connection:
            for printer in slip_rules.duty_printers(self.hospital):
                if works.get(printer):
                    _queue(connection, printer, f"{kiosk.id}/{what.of(first)}", now)


def _queue(connection: sqlite3.Connection, printer: str, subject: str, now: datetime) -> None:
    slips.queue(connection, None, SlipKind.ALARM, printer, stamp(now), subject=subject)
