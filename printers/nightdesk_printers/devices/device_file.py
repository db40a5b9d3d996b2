"""Printers that are a file: a device node such as `/dev/usb/lp0`, or a plain file that collects the bytes.

A device node that is missing is a fault: opening it must never make a plain file in its place. A plain file is
appended to and synced.
"""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable
from pathlib import Path

from nightdesk_printers import native
from nightdesk_printers.devices.base import WRITE_SECONDS, DeviceFault, Outcome, broken_off, unreachable
from nightdesk_printers.layout import Slip
from nightdesk_queue.language import Text

DEVICES = Path("/dev")


class FilePrinter:
    """A printer at `file:PATH`."""

    def __init__(self, address: str, paper_mm: int) -> None:
        rest = address.removeprefix("file:")
        self.address = address
        self.path = Path(rest.removeprefix("//"))
        self.paper_mm = paper_mm

    def print(self, slip: Slip, sending: Callable[[], None]) -> Outcome:
        """Write a slip. Raises DeviceFault."""
        data = native.render(slip, self.paper_mm)
        descriptor = self._open()
        try:
            sending()
            _write_all(descriptor, data)
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fsync(descriptor)
        except OSError as error:
            raise broken_off(self.address, error) from error
        finally:
            os.close(descriptor)
        return Outcome.SENT

    def probe(self) -> Text:
        """Open and close the file. Raises DeviceFault."""
        os.close(self._open())
        return Text(zh="可以写入", en="can be written")

    def _open(self) -> int:
        if self.path.resolve().is_relative_to(DEVICES) and not self.path.exists():
            raise DeviceFault(
                "missing",
                Text(
                    zh="打印机 {device} 不在：没有 {path}；检查电源和连线",
                    en="printer {device} is not there: no {path}; check its power and cable",
                ).fill(device=self.address, path=self.path),
            )
        try:
            return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY, 0o640)
        except OSError as error:
            raise unreachable(self.address, error) from error


def _write_all(descriptor: int, data: bytes) -> None:
    deadline = time.monotonic() + WRITE_SECONDS
    rest = memoryview(data)
    while rest:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([], [descriptor], [], left)[1]:
            raise TimeoutError(f"no byte taken for {WRITE_SECONDS:.0f} s")
        rest = rest[os.write(descriptor, rest) :]
