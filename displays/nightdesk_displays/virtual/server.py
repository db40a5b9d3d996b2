"""Virtual signs on a line: a TCP port, a pseudo-terminal, or a real serial port; several on one bus if wanted.

`lock` is held while a sign hears; faults may be made by any thread.
"""

from __future__ import annotations

import os
import select
import socket
import time
import tty
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, RLock, Thread

import serial

from nightdesk_displays.ports import LINE_ERRORS, close_port, open_port
from nightdesk_displays.virtual.sign import VirtualSign

TICK_SECONDS = 0.05
HOST = "127.0.0.1"
PTY = "pty"


class SignServer:
    """Lets signs hear and answer on a line. `port`: `pty`, a TCP port, or any address pyserial opens.

    `address` is what a configuration's `port` would say. `changed` is called whenever something was heard.
    """

    def __init__(
        self,
        signs: Sequence[VirtualSign],
        port: str = PTY,
        baud: int = 9600,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self.signs = signs
        self.lock = RLock()
        self._changed = changed or (lambda: None)
        self._stop = Event()
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self._serial: serial.Serial | None = None
        self._baud = baud
        self._far = self._near = -1
        if port == PTY:
            self._far, self._near = os.openpty()
            for number in (self._far, self._near):
                tty.setraw(number)
            os.set_blocking(self._far, False)
            self.address = os.ttyname(self._near)
        elif port.isdigit():
            self._listener = socket.create_server((HOST, int(port)))
            self._listener.setblocking(False)
            self.address = f"socket://{HOST}:{self._listener.getsockname()[1]}"
        else:
            self._serial = open_port(port, baud)
            self.address = port
        self._thread = Thread(target=self._run, name="virtual sign", daemon=True)

    def __enter__(self) -> SignServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self.drop()
        if self._listener:
            self._listener.close()
        if self._serial:
            close_port(self._serial)
        for number in (self._far, self._near):
            if number >= 0:
                os.close(number)

    def drop(self) -> None:
        """Break a TCP line."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._stop.is_set():
            received = self._read()
            now = time.monotonic()
            with self.lock:
                blanked = [sign.wait(now - before) for sign in self.signs]
            before = now
            if any(blanked):
                self._changed()
            if not received:
                continue
            with self.lock:
                answers = [sign.feed(received) for sign in self.signs]
            for answer in answers:
                if answer:
                    self._write(answer)
            self._changed()

    def _read(self) -> bytes:
        if self._serial:
            return self._read_serial(self._serial)
        number = self._number()
        if number < 0:
            self._stop.wait(TICK_SECONDS)
            return b""
        try:
            if not select.select([number], [], [], TICK_SECONDS)[0]:
                return b""
            received = os.read(number, 4096)
        except (OSError, ValueError):
            received = b""
        if not received and self._connection:
            self.drop()
        return received

    def _read_serial(self, port: serial.Serial) -> bytes:
        self._stop.wait(TICK_SECONDS / 5)
        try:
            return bytes(port.read(4096))
        except LINE_ERRORS:
            # it was unplugged: a port that comes back under its name is opened again
            close_port(port)
            self._stop.wait(TICK_SECONDS)
            with suppress(*LINE_ERRORS):
                self._serial = open_port(self.address, self._baud)
            return b""

    def _number(self) -> int:
        if self._listener and self._connection is None:
            try:
                self._connection, _ = self._listener.accept()
            except (BlockingIOError, OSError):
                return -1
            self._connection.setblocking(False)
        return self._connection.fileno() if self._connection else self._far

    def _write(self, answer: bytes) -> None:
        try:
            if self._serial:
                self._serial.write(answer)
            else:
                os.write(self._number(), answer)
        except LINE_ERRORS:
            self.drop()
