"""ESC/POS commands a slip may use, as bytes. Pure.

Source: Epson's ESC/POS command reference; each constant names its command. Numbers of two bytes are little-endian.
"""

from __future__ import annotations

import re

INITIALISE = b"\x1b@"
"""ESC @: forget modes and what is in the line buffer."""
CHINESE_ON = b"\x1c&"
"""FS &: bytes from 80 up are two-byte characters."""
FEED_LINE = b"\n"
ASK_PAPER = b"\x1dr\x01"
"""GS r 1: one byte with `b & 0x90 == 0`, in order with the data; never answered at paper end."""
AUTO_STATUS_ON = b"\x1da\xff"
"""GS a 255: the printer reports every change by itself (four bytes)."""
CLEAR_BUFFER = b"\x10\x05\x02"
"""DLE ENQ 2: recover from an error and throw away what is in the buffers. Executed at once, ahead of all data."""
BAND_ROWS = 48
"""Rows of dots in one raster command: fits the smallest buffers, and an unfinished one can still want but little."""
WIDEST_BYTES = 72
"""Bytes of a row of dots on the widest paper, 80 mm."""
REFILL = b"\x00" * (BAND_ROWS * WIDEST_BYTES + 16)
"""As many NUL as an unfinished command of a slip that broke off can still want: white dots to it, nothing to any other.

DLE ENQ 2 clears the buffers of most printers only after an error that it recovers from; after a lost connection the
head of the next slip would be taken for the dots of the last.
"""
_REALTIME = re.compile(rb"\x10(?=[\x04\x05\x14])")
"""DLE EOT, DLE ENQ and DLE DC4 are executed wherever they stand, in raster data, too."""


def ask_status(n: int) -> bytes:
    """Return DLE EOT n: n 1 printer, 2 offline cause, 3 error cause, 4 paper. Answered at once with one byte."""
    return bytes([0x10, 0x04, n])


def ask_complete(mark: bytes) -> bytes:
    """Return GS ( H function 48: `37 22 mark 00` comes back once everything before it is printed.

    `mark` is four bytes from 20 to 7e. Raises ValueError for another mark.
    """
    if len(mark) != 4 or not all(0x20 <= byte <= 0x7E for byte in mark):
        raise ValueError(f"a mark of four bytes from 20 to 7e is needed, not {mark!r}")
    return b"\x1d(H\x06\x00\x30\x30" + mark


def style(align: int = 0, *, bold: bool = False, size: int = 1, chinese_size: str = "gs") -> bytes:
    """Return ESC a (0 left, 1 centre, 2 right), ESC E and GS ! (width-1 in the high, height-1 in the low nibble).

    `chinese_size="fs"`: FS ! before it (04 double width, 08 double height), for printers whose GS ! leaves Chinese
    alone.
    """
    of_chinese = bytes([0x1C, 0x21, 0x0C if size > 1 else 0x00]) if chinese_size == "fs" else b""
    return bytes([0x1B, 0x61, align, 0x1B, 0x45, bold]) + of_chinese + bytes([0x1D, 0x21, (size - 1) << 4 | (size - 1)])


def feed_dots(dots: int) -> bytes:
    """Return ESC J for a number of rows of dots, as often as it takes (255 at a time)."""
    return (b"\x1bJ\xff" * (dots // 255)) + (bytes([0x1B, 0x4A, dots % 255]) if dots % 255 else b"")


def raster(width_bytes: int, data: bytes) -> bytes:
    """Return GS v 0 for rows of `width_bytes` bytes, a set bit is a black dot: `1d 76 30 00 | width 2 | rows 2 | data`.

    No real-time command stands in the result: where the dots happen to spell one, a dot is added beside a black one.
    """
    rows = len(data) // width_bytes
    out = b""
    for first in range(0, rows, BAND_ROWS):
        count = min(BAND_ROWS, rows - first)
        head = b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + count.to_bytes(2, "little")
        out += head + without_realtime(data[first * width_bytes : (first + count) * width_bytes])
    return out


def without_realtime(dots: bytes) -> bytes:
    """Return rows of dots in which no DLE EOT, DLE ENQ or DLE DC4 stands: 10 becomes 18 there."""
    return _REALTIME.sub(b"\x18", dots)
