"""Commands in a stream of ESC/POS, as a printer reads them. Pure.

Knows the commands slips are made of and skips those it does not know by their length where the reference gives one.
Source: Epson's ESC/POS command reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ESC, FS, GS, DLE, LF = 0x1B, 0x1C, 0x1D, 0x10, 0x0A
_FIXED = {
    (ESC, 0x40): 0, (ESC, 0x61): 1, (ESC, 0x45): 1, (ESC, 0x64): 1, (ESC, 0x4A): 1, (ESC, 0x21): 1, (ESC, 0x32): 0,
    (ESC, 0x33): 1, (ESC, 0x74): 1, (ESC, 0x52): 1, (ESC, 0x4D): 1, (ESC, 0x2D): 1, (ESC, 0x70): 3,
    (FS, 0x26): 0, (FS, 0x2E): 0, (FS, 0x21): 1, (FS, 0x53): 2, (FS, 0x43): 1,
    (GS, 0x21): 1, (GS, 0x72): 1, (GS, 0x61): 1, (GS, 0x42): 1, (GS, 0x4C): 2, (GS, 0x57): 2, (GS, 0x49): 1,
}  # fmt: skip
"""Commands with a fixed number of bytes behind their two."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its two-byte name (or a character, or LF), its arguments, its bytes of data, and its whole
    length.
    """

    name: bytes
    arguments: bytes = b""
    data: bytes = field(default=b"", repr=False)
    length: int = 1


def next_command(buffer: bytes) -> Command | None:
    """Return the first command of a buffer; None while it is not whole."""
    if not buffer:
        return None
    first = buffer[0]
    if first >= 0x80:
        return _character(buffer)
    if first not in (ESC, FS, GS):
        return Command(buffer[:1])
    return _escaped(buffer) if len(buffer) >= 2 else None


def _escaped(buffer: bytes) -> Command | None:
    """A command that begins with ESC, FS or GS."""
    name = buffer[:2]
    longer = {b"\x1dv": _raster, b"\x1d(": _block, b"\x1dV": _cut}
    if name in longer:
        return longer[name](buffer)
    length = 2 + _FIXED.get((name[0], name[1]), 0)
    return Command(name, buffer[2:length], length=length) if len(buffer) >= length else None


def _character(buffer: bytes) -> Command | None:
    """A character of two bytes, or of four where the second is a digit (GB 18030-2022, 5.2)."""
    if len(buffer) < 2:
        return None
    length = 4 if 0x30 <= buffer[1] <= 0x39 else 2
    return Command(buffer[:length], length=length) if len(buffer) >= length else None


def _raster(buffer: bytes) -> Command | None:
    """GS v 0 m xL xH yL yH data."""
    if len(buffer) < 8:
        return None
    size = int.from_bytes(buffer[4:6], "little") * int.from_bytes(buffer[6:8], "little")
    if len(buffer) < 8 + size:
        return None
    return Command(b"\x1dv", buffer[3:8], buffer[8 : 8 + size], 8 + size)


def _block(buffer: bytes) -> Command | None:
    """GS ( X pL pH data."""
    if len(buffer) < 5:
        return None
    size = int.from_bytes(buffer[3:5], "little")
    if len(buffer) < 5 + size:
        return None
    return Command(b"\x1d(", buffer[2:3], buffer[5 : 5 + size], 5 + size)


def _cut(buffer: bytes) -> Command | None:
    """GS V m, or GS V m n where m feeds first."""
    if len(buffer) < 3:
        return None
    length = 4 if buffer[2] >= 65 else 3
    return Command(b"\x1dV", buffer[2:length], length=length) if len(buffer) >= length else None
