"""What a device that takes lines of text reads from its line. Pure.

    <text> <line ending: 0d 0a, 0a or 0d>

No checksum and no answer. The text is in UTF-8 or GB18030, which has GB2312 and ASCII in it.
"""

from __future__ import annotations

RETURN, NEWLINE = 0x0D, 0x0A
LONGEST = 4096
"""Bytes kept of a line; what follows until its end has no place."""


class LineReader:
    """Finds the lines in a stream of bytes, whatever their ending."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._returned = False

    def feed(self, received: bytes) -> list[str]:
        """Take bytes as they came and return the lines that are now whole."""
        lines = (self._take(byte) for byte in received)
        return [line for line in lines if line is not None]

    def _take(self, byte: int) -> str | None:
        second_half = self._returned and byte == NEWLINE
        self._returned = byte == RETURN
        if second_half:
            return None
        if byte in (RETURN, NEWLINE):
            text = _decoded(bytes(self._line))
            self._line.clear()
            return text
        if len(self._line) < LONGEST:
            self._line.append(byte)
        return None


def _decoded(line: bytes) -> str:
    """Return a line in the character set it is in: valid UTF-8 is hardly ever anything else."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace")
