"""The ASCII protocol: one line of text, for everything simple. Pure.

    <text in the device's character set> <line ending: 0d 0a, 0a or 0d>

An empty line clears. No checksum and no answer; what the text is says the template in `[[display]]`.
"""

from __future__ import annotations

import re

_ENDINGS = re.compile(rb"\r\n|\r|\n")


def line(text: str, ending: str, charset: str) -> bytes:
    """Return a text as a line; a control character would be a line or a command of its own and becomes a space."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain.encode(charset, errors="replace") + ending.encode("ascii")


class Receiver:
    """Cuts a stream of bytes into lines, whatever their ending."""

    def __init__(self) -> None:
        self._buffer = b""
        self._returned = False

    def feed(self, received: bytes) -> list[bytes]:
        """Take bytes as they came and return the lines that are now complete."""
        if not received:
            return []
        if self._returned:
            # the second half of an ending whose first half ended a line already
            received = received.removeprefix(b"\n")
        self._returned = received.endswith(b"\r")
        *whole, self._buffer = _ENDINGS.split(self._buffer + received)
        return whole
