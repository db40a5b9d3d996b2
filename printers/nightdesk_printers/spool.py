"""The worker that owns one printer: takes its slips from the database in order and follows each to its end.

A printer has one owner at a time, kept by a lock that the system frees when the owner's process ends; each slip in hand
is leased besides, for workers of other machines, whose end no lock here shows. What a worker that ended left `claimed`
had not begun and waits again; what it left `sending` or `awaiting` is `unknown`.

A slip that has not begun waits for its printer or goes to the backup. One that has begun is never printed a second time
unmarked: the printer is asked, and only then it comes out again as a marked copy with the same number.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from threading import Event

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Device
from nightdesk_printers.printer_session import Pace, PrinterSession, Worker
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.store import Database, devices

Clock = Callable[[], datetime]
Make = Callable[["Capability | None"], Device]


class SpoolWorker:
    """Prints one printer's slips until `stop` is set; the slip in hand is finished first.

    `make` gives the device, told what was found out about it before. `clock` is the hospital's time, used for what
    slips say and how old they are; leases, retries and device states use the real one. `cut_off`: the database is the
    file of a kiosk that cannot reach the server.
    """

    def __init__(
        self,
        printer: Printer,
        hospital: Hospital,
        database: Database,
        make: Make,
        clock: Clock,
        stop: Event,
        pace: Pace | None = None,
        *,
        cut_off: bool = False,
    ) -> None:
        self.printer = printer
        self.pace = pace or Pace()
        self._make = make
        self._database = database
        self._stop = stop
        self._worker = Worker(
            name=f"{os.getpid()}:{secrets.token_hex(4)}",
            machine=database.machine,
            printer=printer,
            hospital=hospital,
            database=database,
            clock=clock,
            stop=stop,
            pace=self.pace,
            cut_off=cut_off,
        )

    def run(self) -> None:
        """Own the printer and print until told to stop. Raises Fault when the database fails."""
        lock = self._database.lock(DeviceKind.PRINTER, self.printer.id)
        if not lock.wait(self._stop, self.pace.shortest):
            return
        with lock:
            device = self._make(_kept_capability(self._database, self.printer))
            try:
                with self._database.changes() as feed:
                    PrinterSession(self._worker, device, feed).work(lock)
            finally:
                device.close()


def _kept_capability(database: Database, printer: Printer) -> Capability | None:
    """Return what was found out about a printer at this address before; one that confirmed nothing is asked anew."""
    with database.snapshot() as tx:
        status = devices.of_id(tx, DeviceKind.PRINTER, printer.id)
    if status is None or status.address != printer.device:
        return None
    confirms = status.capability in (Capability.COMPLETE, Capability.ANSWER)
    return Capability(status.capability) if confirms and status.capability else None
