"""A virtual printer on a TCP port or a pseudo-terminal, with faults by hand or planned to the byte.

Like a LAN board it serves one connection at a time. A planned breakage happens when so many bytes have arrived in all,
so a test can break a slip at every place. Everything that touches the printer holds `lock`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, RLock, Thread

from nightdesk_ports.descriptor import MOST_BYTES
from nightdesk_ports.emulated_lines import HOST, EmulatedLine, EmulatedSerial, EmulatedTcp
from nightdesk_printers.virtual.engine import VirtualPrinter

TICK_SECONDS = 0.02
SLOW_BYTES_A_SECOND = 1.0
PAPER_MM_A_SECOND = 250.0
"""What a good receipt printer does."""
ROWS_A_MM = 8


class Breakage(StrEnum):
    """What can be wrong with the printer or its line."""

    PAPER_OUT = "paper_out"
    NEAR_END = "near_end"
    COVER = "cover"
    CUTTER = "cutter"
    HOT = "hot"
    SILENT = "silent"
    SLOW = "slow"
    RESET = "reset"
    CLOSE = "close"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class Plan:
    """A breakage that happens once so many bytes have arrived, counted from the start of the server."""

    at: int
    breakage: Breakage


class PrinterServer:
    """Runs a virtual printer. `address` is what a configuration would say; port 0 takes a free one.

    With `serial` it is a pseudo-terminal instead. `tick` is called whenever something may have changed.
    `mm_a_second`: how fast its paper moves; 0 prints at once.
    """

    def __init__(
        self,
        printer: VirtualPrinter,
        port: int = 0,
        *,
        host: str = HOST,
        serial: bool = False,
        mm_a_second: float = PAPER_MM_A_SECOND,
        tick: Callable[[], None] | None = None,
    ) -> None:
        self.printer = printer
        self.lock = RLock()
        self.plans: list[Plan] = []
        self.broken: set[Breakage] = set()
        self._rows_a_second = mm_a_second * ROWS_A_MM
        self._busy_until = 0.0
        self._tick = tick or (lambda: None)
        self._stop = Event()
        self._line: EmulatedLine
        if serial:
            self._line = EmulatedSerial()
            self.port = 0
            self.address = f"serial://{self._line.address}?baud=115200"
        else:
            self._line = listening = EmulatedTcp(port, host)
            self.port = listening.port
            self.address = f"tcp://{listening.address}"
        self._thread = Thread(target=self._run, name="virtual printer", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._line.listen()
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close everything."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)
        self._line.close()

    @property
    def connections(self) -> int:
        """How many connections there have been."""
        return self._line.connections

    def __enter__(self) -> PrinterServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # breaking and fixing ---------------------------------------------------------------------------------------

    def break_(self, breakage: Breakage) -> None:
        """Make a fault now."""
        with self.lock:
            self._apply(breakage, True)

    def mend(self, breakage: Breakage | None = None) -> None:
        """Fix one fault, or all of them."""
        with self.lock:
            for one in [breakage] if breakage else list(Breakage):
                self._apply(one, False)

    def _apply(self, breakage: Breakage, broken: bool) -> None:
        printer = self.printer
        lasting = breakage not in (Breakage.RESET, Breakage.CLOSE)
        (self.broken.add if broken and lasting else self.broken.discard)(breakage)
        flags = {
            Breakage.NEAR_END: "near_end",
            Breakage.COVER: "cover_open",
            Breakage.CUTTER: "cutter_stuck",
            Breakage.HOT: "head_hot",
            Breakage.SILENT: "silent",
        }
        if breakage in flags:
            setattr(printer, flags[breakage], broken)
        elif breakage is Breakage.PAPER_OUT:
            self._paper(gone=broken)
        elif breakage is Breakage.POWER:
            if broken:
                printer.power_off()
            self._line.switch(on=not broken)
        elif broken and breakage is not Breakage.SLOW:
            self._line.drop(reset=breakage is Breakage.RESET)
        printer.changed()

    def _paper(self, *, gone: bool) -> None:
        if gone:
            self.printer.paper_taken_out = True
        elif self.printer.paper_out:
            self.printer.new_roll()

    # serving ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            with self.lock:
                self._line.accept()
            if Breakage.SLOW in self.broken:
                self._stop.wait(1 / SLOW_BYTES_A_SECOND)
            ready = self._line.wait(TICK_SECONDS)
            with self.lock:
                if ready:
                    self._take()
                self._work()
                self._reply()
            self._tick()

    def _work(self) -> None:
        """Print as fast as paper moves."""
        if not self._rows_a_second:
            self.printer.work()
            return
        now = time.monotonic()
        self._busy_until = max(self._busy_until, now)
        while self._busy_until < now + TICK_SECONDS:
            before = self.printer.rows_printed
            if not self.printer.work(1):
                return
            self._busy_until += (self.printer.rows_printed - before) / self._rows_a_second

    def _take(self) -> None:
        """Take what has come, at most up to the next planned breakage."""
        plan = min(self.plans, key=lambda one: one.at, default=None)
        most = 1 if Breakage.SLOW in self.broken else MOST_BYTES
        if plan:
            most = max(min(most, plan.at - self.printer.received), 1)
        data = self._line.read(most)
        if not data:
            return
        self.printer.receive(data)
        if plan and self.printer.received >= plan.at:
            self.plans.remove(plan)
            # what came before the breakage is processed before it happens
            self.printer.work()
            self._reply()
            self._apply(plan.breakage, True)

    def _reply(self) -> None:
        if said := self.printer.replies():
            self._line.write(said)
