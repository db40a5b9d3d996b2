"""The virtual printer without a terminal: paper on standard output, faults by words on standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from threading import Event, Thread

from nightdesk_kiosk.emulators.fault_words import Breakable
from nightdesk_kiosk.emulators.printer_app import paper_lines
from nightdesk_printers.devices.screen import write_paper
from nightdesk_printers.virtual import Breakage, PrinterServer

LOOK_SECONDS = 0.05


def run_plain(server: PrinterServer, paper_mm: int, stop: Event, words: Iterable[str] = sys.stdin) -> None:
    """Show each slip as it is cut and obey each word, until `stop` is set or `quit` is said."""
    breakable = Breakable(
        list(Breakage),
        lambda name: server.break_(Breakage(name)),
        lambda name: server.mend(Breakage(name) if name else None),
    )
    breakable.explain()
    Thread(target=breakable.obey_all, args=(words, stop), daemon=True).start()
    shown = 0
    while not stop.wait(LOOK_SECONDS):
        with server.lock:
            new = server.printer.slips[shown:]
        for slip in new:
            write_paper(sys.stdout, paper_lines(slip, paper_mm))
        shown += len(new)
