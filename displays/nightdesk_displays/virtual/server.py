"""Virtual signs on a line: a TCP port, a pseudo-terminal, or a real serial port; several on one bus if wanted.

`lock` is held while a sign hears; faults may be made by any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, RLock, Thread

from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_ports.causes import LINE_ERRORS
from nightdesk_ports.descriptor import MOST_BYTES
from nightdesk_ports.emulated_lines import EmulatedLine, EmulatedSerial, EmulatedTcp
from nightdesk_ports.serial_lines import close_port, open_port

TICK_SECONDS = 0.05
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
        self._line: EmulatedLine | _RealPort
        if port == PTY:
            self._line = EmulatedSerial()
            self.address = self._line.address
        elif port.isdigit():
            self._line = EmulatedTcp(int(port))
            self._line.listen()
            self.address = f"socket://{self._line.address}"
        else:
            self._line = _RealPort(port, baud)
            self.address = port
        self._thread = Thread(target=self._run, name="virtual sign", daemon=True)

    def __enter__(self) -> SignServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._line.close()

    def drop(self) -> None:
        """Break a TCP line."""
        self._line.drop()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._stop.is_set():
            self._line.accept()
            received = self._line.read() if self._line.wait(TICK_SECONDS) else b""
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
                    self._line.write(answer)
            self._changed()


class _RealPort:
    """A serial port of this machine, at whose other end a real master may be."""

    def __init__(self, port: str, baud: int) -> None:
        self._address = port
        self._baud = baud
        self._port = open_port(port, baud)

    def accept(self) -> None:
        """Nobody connects to a serial port."""

    def wait(self, seconds: float) -> bool:
        """Rest for a part of the time: not every line that pyserial opens has a descriptor to wait on."""
        time.sleep(seconds / 5)
        return True

    def read(self, most: int = MOST_BYTES) -> bytes:
        """Read what has come. A port that was unplugged is opened again under its name."""
        try:
            return bytes(self._port.read(most))
        except LINE_ERRORS:
            close_port(self._port)
            time.sleep(TICK_SECONDS)
            with suppress(*LINE_ERRORS):
                self._port = open_port(self._address, self._baud)
            return b""

    def write(self, data: bytes) -> None:
        """Write; what an unplugged port does not take is lost."""
        with suppress(*LINE_ERRORS):
            self._port.write(data)

    def drop(self) -> None:
        """A serial port has no connection to break."""

    def close(self) -> None:
        """Close the port."""
        close_port(self._port)
