"""A virtual printer from its options to its end, with a terminal or without one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

import click

from nightdesk_kiosk.emulators import printer_texts
from nightdesk_kiosk.ui_language import say
from nightdesk_kiosk.widgets.app import require_terminal
from nightdesk_ports.causes import cause_of, words_of
from nightdesk_printers.capability import Capability
from nightdesk_printers.virtual import Breakage, Plan, PrinterServer, VirtualPrinter
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised

NO_SUCH_FAULT = Text(zh="没有故障 {word}；可用：{names}", en="there is no fault {word}; use one of {names}")


@dataclass(frozen=True, slots=True)
class Model:
    """What a virtual printer is like: what it can confirm, its habits, and how fast its paper moves (mm a second)."""

    can: str
    habit: tuple[str, ...]
    speed: int

    def printer(self) -> VirtualPrinter:
        """Return such a printer."""
        return VirtualPrinter(
            Capability(self.can),
            status="no_status" not in self.habit,
            clears_always="clears_always" in self.habit,
            hasty="hasty" in self.habit,
        )


def run_printer(port: int, model: Model, *, serial: bool, paper_mm: int, faults: Sequence[str]) -> int:
    """Run a virtual printer until it is left. Raises Misuse for an unknown fault, Fault for a port in use."""
    now, planned = _faults(faults)
    try:
        server = PrinterServer(model.printer(), port, serial=serial, mm_a_second=model.speed)
    except OSError as error:
        raise Fault("unreachable", printer_texts.NO_PORT.fill(port=port, e=words_of(cause_of(error)))) from error
    server.plans = planned
    for breakage in now:
        server.break_(breakage)
    if sys.stdin.isatty() and sys.stdout.isatty():
        require_terminal("nightdesk printer")
        from nightdesk_kiosk.emulators.printer_app import PrinterApp  # noqa: PLC0415 - only a terminal needs it

        with server:
            return PrinterApp(server, paper_mm).run_to_end()
    from nightdesk_kiosk.emulators.printer_plain import run_plain  # noqa: PLC0415 - the other way

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with server:
        click.echo(say(printer_texts.STARTED.fill(address=server.address)), err=True)
        run_plain(server, paper_mm, stop)
    return 0


def _faults(words: Sequence[str]) -> tuple[list[Breakage], list[Plan]]:
    now, planned = [], []
    for word in words:
        name, at, byte = normalised(word).partition("@")
        if name not in list(Breakage) or (at and not (byte.isascii() and byte.isdigit())):
            raise Misuse("usage", NO_SUCH_FAULT.fill(word=word, names=", ".join(Breakage)))
        if at:
            planned.append(Plan(int(byte), Breakage(name)))
        else:
            now.append(Breakage(name))
    return now, planned
