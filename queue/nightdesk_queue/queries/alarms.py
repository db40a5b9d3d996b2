"""Alarms that nobody has acknowledged yet: a person is needed at a kiosk, or at a call screen that is away."""

from __future__ import annotations

from nightdesk_queue.domain.event_data import NoPrinter
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.store import events
from nightdesk_queue.store.database import Tx


def open_alarms(tx: Tx) -> list[Event]:
    """Return the alarms nobody has acknowledged yet, oldest first."""
    return events.open_alarms(tx)


def kiosks_without_printer(tx: Tx) -> list[str]:
    """Return the kiosks that were alarmed for want of a printer, as long as nobody has acknowledged it."""
    found = (event.data for event in open_alarms(tx) if event.kind is EventKind.NO_PRINTER)
    return list(dict.fromkeys(data.kiosk for data in found if isinstance(data, NoPrinter)))
