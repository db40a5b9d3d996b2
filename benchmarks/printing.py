"""What printing costs: drawing a slip, from the tap to the printer's first byte, and how many slips a minute go
through.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from desk import Desk
from looking import look

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Device, open_device
from nightdesk_printers.fonts import find_fonts
from nightdesk_printers.layout import Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.slip_contents import TicketFacts, ticket_slip
from nightdesk_printers.spool import SpoolWorker
from nightdesk_printers.virtual import PrinterServer, VirtualPrinter
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries import queue_view
from nightdesk_queue.store import Database, open_database, slips

BY = By("bench", "bench")
CLINIC = "er"
"""A clinic that never closes and pages nobody, whatever the time of the run."""
TAPS = 200
SLIPS = 400
REPEATS = 50


def render(hospital: Hospital, folder: Path) -> Iterator[str]:
    """A ticket's slip as dots beside the printer's own font, drawn again and again on warm fonts."""
    slip = _slip(hospital, folder)
    medians = {}
    for text in ("raster", "native"):
        for paper in (80, 58):
            printer = Printer.read({"id": "p", "device": "tcp://h", "text": text, "paper_mm": paper})
            renderer = Renderer(printer, find_fonts())
            size = len(renderer.render(slip))
            taken = []
            for _ in range(REPEATS):
                began = time.perf_counter()
                renderer.render(slip)
                taken.append(time.perf_counter() - began)
            medians[text, paper] = statistics.median(taken) * 1000
            yield f"{text:7} {paper} mm  {medians[text, paper]:7.2f} ms  {size:6} bytes"
    yield f"ratio raster / native at 80 mm  {medians['raster', 80] / medians['native', 80]:.0f}"


def tap_to_byte(hospital: Hospital, folder: Path) -> Iterator[str]:
    """From a tap (desk.issue begins) to the first byte at a virtual printer, one tap at a time, two back ends."""
    for text in ("native", "raster"):
        with PrinterServer(VirtualPrinter(roll_rows=1 << 40), mm_a_second=0) as server:
            store = open_database(f"sqlite:///{folder / f'tap-{text}.db'}")
            stop = threading.Event()
            thread = _spool(hospital, store, server, text, stop)
            desk = Desk(store, hospital)
            desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
            _until_printed(store)
            taken = []
            for _ in range(TAPS):
                seen = server.printer.received
                began = time.perf_counter()
                desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
                while server.printer.received == seen:
                    time.sleep(0.0002)
                taken.append((time.perf_counter() - began) * 1000)
                _until_printed(store)
            stop.set()
            thread.join()
            p99 = statistics.quantiles(taken, n=100)[98]
            yield f"{text:7} p50 {statistics.median(taken):6.1f} ms   p99 {p99:6.1f} ms"


def spool(hospital: Hospital, folder: Path) -> Iterator[str]:
    """How many slips a minute the spool sees to their end: a printer that confirms each, and one file that takes
    all.
    """
    for text in ("native", "raster"):
        with PrinterServer(VirtualPrinter(roll_rows=1 << 40), mm_a_second=0) as server:
            store = open_database(f"sqlite:///{folder / f'spool-{text}.db'}")
            desk = Desk(store, hospital)
            for _ in range(SLIPS):
                ticket = desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
                desk.cancel(ticket.id, now=datetime.now(UTC), by=BY)
            stop = threading.Event()
            began = time.perf_counter()
            thread = _spool(hospital, store, server, text, stop)
            _until_printed(store)
            rate = SLIPS / (time.perf_counter() - began) * 60
            stop.set()
            thread.join()
            yield f"{text:7} {rate:7.0f} slips a minute, each confirmed"


def _spool(
    hospital: Hospital, store: Database, server: PrinterServer, text: str, stop: threading.Event
) -> threading.Thread:
    at_once = {"paper_mm_a_second": 0}
    printer = Printer.read({"id": hospital.printer_for(None), "device": server.address, "text": text, **at_once})

    def make(capability: Capability | None) -> Device:
        return open_device(printer, capability=capability)

    worker = SpoolWorker(printer, hospital, store, make, lambda: datetime.now(UTC), stop)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    return thread


def _until_printed(store: Database) -> None:
    while slips.waiting_by_printer(look(store)):
        time.sleep(0.001)


def _slip(hospital: Hospital, folder: Path) -> Slip:
    with open_database(f"sqlite:///{folder / 'render.db'}") as store:
        ticket = Desk(store, hospital).issue(CLINIC, now=datetime.now(UTC), by=BY)
        return ticket_slip(
            TicketFacts(ticket, hospital, queue_view.standing(look(store), hospital, ticket, datetime.now(UTC)))
        )
