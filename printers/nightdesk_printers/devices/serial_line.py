"""Serial printers: `serial:///dev/ttyUSB0?baud=19200`, through pyserial.

The port is opened for one slip and closed after it, so a printer that was unplugged is found again under its name.
pyserial raises SerialException (an OSError), and termios.error, which is not one; both are caught.
"""

from __future__ import annotations

import termios
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import serial

from nightdesk_printers import native
from nightdesk_printers.devices.base import (
    ANSWER_SECONDS,
    ASK_PAPER,
    WRITE_SECONDS,
    Outcome,
    broken_off,
    is_answer,
    unreachable,
)
from nightdesk_printers.layout import Slip
from nightdesk_queue.language import Text

LINE_ERRORS = (OSError, termios.error)


class SerialPrinter:
    """A printer on a serial line, 8N1, 9600 baud unless the address says otherwise."""

    def __init__(self, address: str, paper_mm: int) -> None:
        parts = urlsplit(address)
        self.address = address
        self.port = parts.netloc + parts.path
        self.baud = int(parse_qs(parts.query).get("baud", ["9600"])[-1])
        self.paper_mm = paper_mm

    def print(self, slip: Slip, sending: Callable[[], None]) -> Outcome:
        """Print a slip. Raises DeviceFault."""
        data = native.render(slip, self.paper_mm) + ASK_PAPER
        port = self._open()
        try:
            sending()
            port.reset_input_buffer()
            port.write(data)
            port.flush()
            outcome = Outcome.PRINTED if _answered(port) else Outcome.SENT
        except LINE_ERRORS as error:
            raise broken_off(self.address, error) from error
        finally:
            _close(port)
        return outcome

    def probe(self) -> Text:
        """Open and close the port. Raises DeviceFault."""
        _close(self._open())
        return Text(zh="串口已打开，{baud} 波特", en="port opened, {baud} baud").fill(baud=self.baud)

    def _open(self) -> serial.Serial:
        try:
            return serial.Serial(self.port, self.baud, timeout=0.1, write_timeout=WRITE_SECONDS, exclusive=True)
        except LINE_ERRORS as error:
            raise unreachable(self.address, error) from error


def _answered(port: serial.Serial) -> bool:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if any(is_answer(byte) for byte in port.read(1)):
            return True
    return False


def _close(port: serial.Serial) -> None:
    try:
        port.close()
    except LINE_ERRORS:
        # a vanished device cannot be closed in order; there is nothing left to lose
        return
