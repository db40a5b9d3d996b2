"""A virtual printer on a TCP port or a pseudo-terminal, with faults by hand or planned to the byte.

Like a LAN board it serves one connection at a time. A planned breakage happens when so many bytes have arrived in all,
so a test can break a slip at every place. Everything that touches the printer holds `lock`.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import tty
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, RLock, Thread

from nightdesk_printers.virtual.engine import VirtualPrinter

TICK_SECONDS = 0.02
SLOW_BYTES_A_SECOND = 1.0
HOST = "127.0.0.1"


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
    """

    def __init__(
        self,
        printer: VirtualPrinter,
        port: int = 0,
        *,
        host: str = HOST,
        serial: bool = False,
        tick: Callable[[], None] | None = None,
    ) -> None:
        self.printer = printer
        self.lock = RLock()
        self.plans: list[Plan] = []
        self.broken: set[Breakage] = set()
        self.connections = 0
        self._tick = tick or (lambda: None)
        self._host = host
        self._stop = Event()
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self._far = self._near = -1
        self._last_slow = 0.0
        if serial:
            self._far, self._near = os.openpty()
            for number in (self._far, self._near):
                tty.setraw(number)
            os.set_blocking(self._far, False)
            self.port = 0
            self.address = f"serial://{os.ttyname(self._near)}?baud=115200"
        else:
            # bound at once, so that the port is known before anybody listens
            self._listener = self._bind(port)
            self.port = self._listener.getsockname()[1]
            self.address = f"tcp://{host}:{self.port}"
        self._thread = Thread(target=self._run, name="virtual printer", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        if self._listener:
            self._listener.listen(4)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close everything."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)
        self._drop(reset=False)
        if self._listener:
            self._listener.close()
            self._listener = None
        for number in (self._far, self._near):
            if number >= 0:
                os.close(number)
        self._far = self._near = -1

    def __enter__(self) -> PrinterServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # breaking and mending --------------------------------------------------------------------------------------

    def break_(self, breakage: Breakage) -> None:
        """Let something go wrong now."""
        with self.lock:
            self._apply(breakage, True)

    def mend(self, breakage: Breakage | None = None) -> None:
        """Put one thing right again, or everything."""
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
        elif broken and breakage is not Breakage.SLOW:
            if breakage is Breakage.POWER:
                printer.power_off()
            self._drop(reset=breakage is not Breakage.CLOSE)
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
                self._accept()
                numbers = [self._number] if self._number >= 0 else []
            ready = self._readable(numbers)
            with self.lock:
                if ready and self._number in ready:
                    self._take()
                self.printer.work()
                self._reply()
            self._tick()

    def _readable(self, numbers: list[int]) -> list[int]:
        if Breakage.SLOW in self.broken:
            self._stop.wait(1 / SLOW_BYTES_A_SECOND)
        try:
            waiting: list[int | socket.socket] = [
                *numbers,
                *([self._listener] if self._listener and not numbers else []),
            ]
            found = select.select(waiting, [], [], TICK_SECONDS)[0]
        except (OSError, ValueError):
            return []
        return [one for one in found if isinstance(one, int)]

    @property
    def _number(self) -> int:
        if self._far >= 0:
            return self._far if Breakage.POWER not in self.broken else -1
        return self._connection.fileno() if self._connection else -1

    def _accept(self) -> None:
        if self._listener is None or self._connection:
            return
        self._listener.setblocking(False)
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(False)
        if Breakage.POWER in self.broken:
            _reset(connection)
            return
        self._connection = connection
        self.connections += 1

    def _take(self) -> None:
        """Take what has come, at most up to the next planned breakage."""
        plan = min(self.plans, key=lambda one: one.at, default=None)
        most = 1 if Breakage.SLOW in self.broken else 4096
        if plan:
            most = max(min(most, plan.at - self.printer.received), 1)
        try:
            data = os.read(self._number, most)
        except BlockingIOError:
            return
        except OSError:
            self._drop(reset=False)
            return
        if not data:
            self._drop(reset=False)
            return
        self.printer.receive(data)
        if plan and self.printer.received >= plan.at:
            self.plans.remove(plan)
            # what came before the breakage is processed before it happens
            self.printer.work()
            self._reply()
            self._apply(plan.breakage, True)

    def _reply(self) -> None:
        said = self.printer.replies()
        if said and self._number >= 0:
            try:
                os.write(self._number, said)
            except OSError:
                self._drop(reset=False)

    def _drop(self, *, reset: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if reset:
            _reset(connection)
        else:
            connection.close()

    def _bind(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, port))
        except OSError:
            listener.close()
            raise
        return listener


def _reset(connection: socket.socket) -> None:
    """Close a connection with a reset: what the far end has not been told is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
