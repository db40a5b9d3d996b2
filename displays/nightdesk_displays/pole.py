"""CD5220 pole displays: two lines of twenty characters, as at a cash desk. Pure.

    0c                          clear
    1b 51 41 <text> 0d          upper line
    1b 51 42 <text> 0d          lower line

ASCII only; no checksum and no answer. Source: the CD5220 command set of pole displays.
"""

from __future__ import annotations

COLUMNS = 20
CLEAR = b"\x0c"
UPPER, LOWER = b"\x1bQA", b"\x1bQB"
END = b"\r"


def show(upper: str, lower: str) -> bytes:
    """Return the bytes that show two lines, cut or filled to twenty characters each."""
    return CLEAR + UPPER + _line(upper) + END + LOWER + _line(lower) + END


def _line(text: str) -> bytes:
    plain = "".join(char if 0x20 <= ord(char) < 0x7F else "?" for char in text)
    return plain[:COLUMNS].ljust(COLUMNS).encode("ascii")


class Receiver:
    """The two lines of a pole display that hears bytes; what is not one of its commands is passed over."""

    def __init__(self) -> None:
        self.lines = ["", ""]
        self._buffer = b""

    def feed(self, received: bytes) -> None:
        """Take bytes as they came."""
        self._buffer += received
        while self._buffer:
            if self._buffer[:1] == CLEAR:
                self.lines = ["", ""]
                self._buffer = self._buffer[1:]
            elif self._buffer[:3] in (UPPER, LOWER):
                text, end, rest = self._buffer[3:].partition(END)
                before, clear, after = self._buffer[3:].partition(CLEAR)
                if clear and len(before) < len(text):
                    # a line that never ended: it is cleared with the rest, and what follows is whole
                    self._buffer = clear + after
                    continue
                if not end:
                    return
                self.lines[self._buffer[:3] == LOWER] = text.decode("ascii", errors="replace")[:COLUMNS]
                self._buffer = rest
            elif self._buffer in (UPPER[:1], UPPER[:2]):
                return
            else:
                self._buffer = self._buffer[1:]
