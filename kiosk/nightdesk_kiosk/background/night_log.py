"""What is written in the log about the night: each event and each change of a device, read from the database.

Workers and commands log nothing themselves: what they did is in the database, and whoever did it, on any terminal, is
told by the one process that runs the services. Only ids, kinds, stations and codes are read from an event: no actor, no
reason, no column of a ticket. It sleeps until something is committed, so an idle night costs nothing.
"""

from __future__ import annotations

import logging
import re
from threading import Event

from nightdesk_kiosk.logs import fact
from nightdesk_queue.domain.devices import STARTING, STOPPED, DeviceKind, DeviceStatus
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.event_data import SlipChanged
from nightdesk_queue.domain.events import ALARMS, EventKind
from nightdesk_queue.domain.events import Event as NightEvent
from nightdesk_queue.store import Database, devices, events

WAIT_SECONDS = 60.0
AGAIN_SECONDS = 1.0
WARNINGS = frozenset({*ALARMS, EventKind.SLIP_FAILED, EventKind.SLIP_UNKNOWN, EventKind.PAGE_ESCALATED})
"""Kinds that somebody should look after."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class NightLog:
    """Logs what is committed until `stop` is set; what happened before it began is not told again.

    `after`: the log that ended just now; it is gone on with where that one stopped.
    """

    def __init__(
        self,
        database: Database,
        stop: Event,
        again_seconds: float = AGAIN_SECONDS,
        after: NightLog | None = None,
    ) -> None:
        self._database = database
        self._stop = stop
        self._again_seconds = again_seconds
        self._seq: int | None = after._seq if after else None
        self._known: dict[tuple[DeviceKind, str], DeviceStatus] = after._known if after else {}
        self._away = False

    def run(self) -> None:
        """Follow the database, also through times in which it cannot be read."""
        while not self._stop.is_set():
            try:
                with self._database.changes() as feed:
                    while not self._stop.is_set():
                        if feed.wait(WAIT_SECONDS, self._stop):
                            self.look()
            except Fault as fault:
                if not self._away:
                    fact(logging.ERROR, "database away", cause=fault.code)
                self._away = True
                self._stop.wait(self._again_seconds)

    def look(self) -> None:
        """Log what was committed since the last look. Raises Fault."""
        with self._database.snapshot() as tx:
            if self._seq is None:
                self._seq = events.last_seq(tx)
            new = events.after(tx, self._seq)
            known = devices.known(tx)
        if self._away:
            self._away = False
            fact(logging.WARNING, "database back")
        for event in new:
            _tell_event(event)
            self._seq = event.seq
        for key, status in known.items():
            if not _is_same(self._known.get(key), status):
                _tell_device(status)
        self._known = known


def _tell_event(event: NightEvent) -> None:
    data = event.data if isinstance(event.data, SlipChanged) else None
    fact(
        logging.WARNING if event.kind in WARNINGS else logging.INFO,
        event.kind.replace("_", " "),
        event=event.seq,
        act=event.act,
        ticket=event.ticket,
        number=event.number,
        clinic=event.clinic,
        station=event.station,
        slip=data.job if data else None,
        printer=data.printer if data else None,
    )


def _tell_device(status: DeviceStatus) -> None:
    cause = status.cause
    # a worker that begins knows nothing yet, one that was told to end leaves its device as it is
    fine = status.state.works or status.cause in (STARTING, STOPPED)
    fact(
        logging.INFO if fine else logging.WARNING,
        "device state",
        kind=status.kind,
        device=status.id,
        state=status.state,
        # a cause that is no code is in somebody else's words
        cause=cause if cause is None or _CODE.fullmatch(cause) else "other",
    )


def _is_same(was: DeviceStatus | None, now: DeviceStatus) -> bool:
    return was is not None and (was.state, was.cause) == (now.state, now.cause)
