"""A virtual printer for tests: on a free port, quick to answer, and read without our own encoder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from devices import Running

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Device, Timing, open_device
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Slip
from nightdesk_printers.printer_session import Pace
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.spool import Clock, SpoolWorker
from nightdesk_printers.virtual import PrinterServer, VirtualPrinter
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.store import Database

QUICK = Timing(reply=2.0, probe=0.3, printed=2.0, stalled=2.0, settle=0.05, watch=0.05)
"""Generous where an answer comes, short where none does."""
AT_ONCE = {"paper_mm_a_second": 0}
"""Of a printer whose answers are believed however soon they come, as a virtual one prints at once."""
BRISK = Pace(watch=0.2, watch_silent=0.2, shortest=0.02, longest=0.1)


def render_plainly(slip: Slip, paper_mm: int = 80, fonts: Fonts | None = None, **printer: object) -> bytes:
    """A slip in the printer's own font, with no font here to draw anything with unless some are given."""
    settings = {"id": "p", "device": "tcp://h", "text": "native", "paper_mm": paper_mm} | printer
    return Renderer(Printer.read(settings), fonts or Fonts([], ask_fontconfig=False)).render(slip)


@contextmanager
def serving(capability: Capability = Capability.COMPLETE, *, serial: bool = False) -> Iterator[PrinterServer]:
    """A virtual printer that is being served, and prints at once."""
    with PrinterServer(VirtualPrinter(capability), serial=serial, mm_a_second=0) as server:
        yield server


def device_for(
    server: PrinterServer, text: str = "native", capability: Capability | None = None, timing: Timing = QUICK
) -> Device:
    """The device of a virtual printer."""
    printer = Printer.read({"id": "lobby", "device": server.address, "text": text} | AT_ONCE)
    return open_device(printer, timing=timing, capability=capability)


def spooling(
    store: Database,
    hospital: Hospital,
    printer: Printer,
    clock: Clock | None = None,
    timing: Timing = QUICK,
    pace: Pace = BRISK,
) -> Running:
    """A spool worker for a printer in a thread."""
    stop = threading.Event()

    def make(capability: Capability | None) -> Device:
        return open_device(printer, lambda lines: None, timing=timing, capability=capability)

    worker = SpoolWorker(printer, hospital, store, make, clock or (lambda: datetime.now(UTC)), stop, pace)
    return Running(worker.run, stop)
