"""Reading and writing an open descriptor: sockets, serial ports, pseudo-terminals and device nodes are alike here."""

from __future__ import annotations

import os
import select

MOST_BYTES = 4096


class LinkClosed(ConnectionError):
    """The far end has closed, or the line is not open."""


class Descriptor:
    """An open, non-blocking file descriptor, on which nothing waits longer than asked.

    `empty_is_end`: reading nothing means that the far end has closed, as on a socket. A USB printer may answer with an
    empty packet, which is not its end.
    """

    def __init__(self, number: int, *, empty_is_end: bool = True) -> None:
        self.number = number
        self._empty_is_end = empty_is_end

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken within `seconds`.

        Returns how many bytes that was, 0 for none. Raises OSError.
        """
        if not select.select([], [self.number], [], seconds)[1]:
            return 0
        try:
            return os.write(self.number, data)
        except BlockingIOError:
            return 0

    def receive(self, seconds: float, most: int = MOST_BYTES) -> bytes:
        """Read what comes within so many seconds, at most so many bytes.

        Returns b"" for nothing. Raises OSError, LinkClosed at the end.
        """
        if not select.select([self.number], [], [], seconds)[0]:
            return b""
        try:
            received = os.read(self.number, most)
        except BlockingIOError:
            return b""
        if not received and self._empty_is_end:
            raise LinkClosed("the far end has closed")
        return received
