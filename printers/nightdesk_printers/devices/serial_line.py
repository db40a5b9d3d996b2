"""Serial printers: `serial:///dev/ttyUSB0?baud=19200`, 8N1.

Reading and writing go over the port's descriptor, so that a status that comes while a slip is being written is heard.
A port that was unplugged is closed and opened again under its name.
"""

from __future__ import annotations

import select
import time
from urllib.parse import parse_qs, urlsplit

import serial

from nightdesk_ports.causes import WriteTimeoutError
from nightdesk_ports.descriptor import Descriptor, LinkClosed
from nightdesk_ports.serial_lines import close_port, open_port, unsent

DRAIN_SECONDS = 30.0


class SerialLink:
    """A serial line, 9600 baud unless the address says otherwise."""

    talks = True

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.path = parts.netloc + parts.path
        self.baud = int(parse_qs(parts.query).get("baud", ["9600"])[-1])
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open the port for ourselves alone. Raises one of LINE_ERRORS."""
        self._port = open_port(self.path, self.baud)
        self._port.reset_input_buffer()

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as the line takes. Raises one of LINE_ERRORS."""
        return self._descriptor.write_some(data, seconds)

    def receive(self, seconds: float) -> bytes:
        """Return what came. Raises one of LINE_ERRORS."""
        return self._descriptor.receive(seconds)

    def finish(self) -> None:
        """Wait until the last byte is on the line. Raises one of LINE_ERRORS."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while unsent(self._open):
            if time.monotonic() > deadline:
                raise WriteTimeoutError(f"the line took nothing for {DRAIN_SECONDS:.0f} s")
            select.select([], [], [], 0.01)

    def close(self) -> None:
        """Close the port, which may have vanished."""
        port, self._port = self._port, None
        if port:
            # what is still on its way belongs to a slip that was taken
            close_port(port, discard=False)

    @property
    def _open(self) -> serial.Serial:
        if self._port is None:
            raise LinkClosed("the port is not open")
        return self._port

    @property
    def _descriptor(self) -> Descriptor:
        return Descriptor(self._open.fileno())
