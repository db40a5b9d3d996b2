"""What links over a file descriptor share: sockets, serial ports and device nodes read and write alike."""

from __future__ import annotations

import os
import select


class LinkClosed(ConnectionError):
    """The far end has closed, or the device has gone."""


class Descriptor:
    """Reading and writing an open, non-blocking file descriptor without ever waiting longer than asked."""

    def __init__(self, number: int, *, empty_is_end: bool = True) -> None:
        self.number = number
        self._empty_is_end = empty_is_end

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken within so many seconds; 0 for nothing. Raises OSError."""
        if not select.select([], [self.number], [], seconds)[1]:
            return 0
        try:
            return os.write(self.number, data)
        except BlockingIOError:
            return 0

    def receive(self, seconds: float) -> bytes:
        """Return what came within so many seconds, b"" for nothing. Raises OSError, LinkClosed at the end."""
        if not select.select([self.number], [], [], seconds)[0]:
            return b""
        try:
            received = os.read(self.number, 4096)
        except BlockingIOError:
            return b""
        if not received and self._empty_is_end:
            raise LinkClosed("the far end has closed")
        return received
