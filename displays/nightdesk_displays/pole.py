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
