"""A person is needed: at a kiosk (a danger sign, help, no printer that works), or at a call screen that is away.

Alarms are events without a ticket; they stay open on every console until one acknowledges them.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Store, events
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text

SEEN = "alarm_seen"


class Alarm(StrEnum):
    """Why a person is needed at a kiosk; also the kind of the event."""

    RED_FLAG = "red_flag"
    HELP = "help"
    NO_PRINTER = "no_printer"
    NO_DISPLAY = "no_display"


ALARM_TEXTS: dict[Alarm, Text] = {
    Alarm.RED_FLAG: Text(zh="危险征象，请立即查看", en="danger sign, look at once"),
    Alarm.HELP: Text(zh="请求帮助", en="help wanted"),
    Alarm.NO_DISPLAY: Text(zh="叫号屏离线，请口头叫号", en="the call screen is offline, call by voice"),
    Alarm.NO_PRINTER: Text(zh="没有可用的打印机，患者只能记号码", en="no printer works, patients have no slips"),
}


def sound(store: Store, alarm: Alarm, *, now: datetime, by: By, clinic: str | None = None) -> int:
    """Record an alarm raised at `by.station` and return its event's seq."""
    with store.unit() as connection:
        return events.append(connection, stamp(now), by, alarm, clinic=clinic)


def sounding(connection: sqlite3.Connection) -> list[Event]:
    """Return the alarms nobody has acknowledged yet, oldest first."""
    return events.open_alarms(connection, SEEN)


def kiosks_alarmed(connection: sqlite3.Connection) -> list[str]:
    """Return the kiosks that have no printer, as long as nobody has acknowledged it."""
    found = (event.station.removeprefix("kiosk:") for event in sounding(connection) if event.kind == Alarm.NO_PRINTER)
    return list(dict.fromkeys(found))


def acknowledge(store: Store, *, up_to: int, now: datetime, by: By) -> int:
    """Record that somebody has seen the alarms up to event `up_to`; return how many of them were open.

    An alarm that sounds while somebody acknowledges the ones before it stays open.
    """
    with store.unit() as connection:
        count = sum(event.seq <= up_to for event in sounding(connection))
        if count:
            events.append(connection, stamp(now), by, SEEN, reason=str(up_to))
    return count
