"""Onbon BX-5K and BX-6K font cards: frames to and from LED signs on RS-232/485 or TCP port 5005.

Frame, little-endian, after `a5` eight times and before a closing `5a`, with escapes applied in between:

    dst 2 | src 2 = 8000 | 00 00 00 | option 1 | crc mode 1 | display 1 | device 1 = fe | version 1 = 02 |
    length 2 | data | crc 2

The checksum is CRC-16/ARC over the unescaped header and data. Escapes: `a5 -> a6 02`, `a6 -> a6 01`, `5a -> 5b 02`,
`5b -> 5b 01`. Data of a dynamic area:

    a3 06 | ack 1 | init 1 | 00 00 | count 1 | length 2 | area ...
    area: 00 | x 2 | y 2 | width 2 | height 2 | id 1 | line gap 1 | run mode 1 | time-out 2 | sound 1 | ext 1 |
          align 1 | single 1 | wrap 1 | mode 1 | exit 1 | speed 1 | stay 1 | length 4 | text in GB2312

Replies: `a0 00 ...` is ACK, `a0 01 error ...` is NAK: 3 busy, 5 checksum, 12 no font. Source: Onbon's BX-5K/6K protocol
manual; the two frames the tests reproduce were taken from a working sign.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from crccheck.crc import CrcArc

from nightdesk_queue.text.encodings import encodable

PREAMBLE = b"\xa5" * 8
END = 0x5A
SOURCE = 0x8000
DEVICE_ANY = 0xFE
VERSION = 0x02
HEADER_BYTES = 14
DOTS_NOT_BYTES = 0x8000
"""Bit 15 of x and width: the value counts dots (BX-6K) and not bytes of 8 dots (BX-5K)."""

PING = bytes.fromhex("a200010000")
_ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_UNESCAPES = {(escape[0], escape[1]): byte for byte, escape in _ESCAPES.items()}


class FrameError(ValueError):
    """Bytes that are not a whole, undamaged frame."""


class RunMode(IntEnum):
    """What the card does with an area when no update comes: show it for ever, or blank it after the time-out."""

    LOOP = 0
    BLANK_AFTER_TIMEOUT = 2


class Colour(StrEnum):
    """What stands before a text to colour it; characters no person types, so that no text is taken for a colour."""

    RED = "\ue0c1"
    GREEN = "\ue0c2"
    YELLOW = "\ue0c3"


_COLOUR_BYTES: dict[str, bytes] = {Colour.RED: rb"\C1", Colour.GREEN: rb"\C2", Colour.YELLOW: rb"\C3"}
_COLOURED = re.compile("([\ue0c1-\ue0c3])")

CHARSET = "gb2312"
_SAME = str.maketrans("—·", "―・")
"""GB2312 has these (A1AA, A1A4); Python's codec knows them under other code points than people type."""


@dataclass(frozen=True, slots=True)
class Area:
    """A dynamic text area, every field as it stands on the wire.

    `x` and `width` carry DOTS_NOT_BYTES where the model wants it; `stay` counts half seconds.
    """

    width: int
    height: int
    x: int = 0
    y: int = 0
    id: int = 0
    line_gap: int = 0
    run_mode: int = RunMode.LOOP
    timeout_seconds: int = 5
    sound: int = 0
    align: int = 0
    single_line: int = 2
    wrap: int = 2
    mode: int = 1
    exit_mode: int = 0
    speed: int = 4
    stay: int = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as received: where it came from and went to, and its data without header and checksum."""

    destination: int
    source: int
    data: bytes


def area_for(
    model: str, width: int, height: int, *, run_mode: int, timeout_seconds: int, y: int = 0, id_: int = 0
) -> Area:
    """Return an area of `width` × `height` dots, `y` dots from the top, in the units of its model ("5k" or "6k")."""
    return Area(
        x=0 if model == "5k" else DOTS_NOT_BYTES,
        width=width // 8 if model == "5k" else width | DOTS_NOT_BYTES,
        height=height,
        y=y,
        id=id_,
        run_mode=run_mode,
        timeout_seconds=timeout_seconds,
    )


def show_text(destination: int, area: Area, text: str) -> bytes:
    """Return the frame that shows `text` in one area; lines are separated by newlines."""
    return show_areas(destination, [(area, text)])


def _area(area: Area, text: str) -> bytes:
    """Return an area as it stands in a frame.

    Characters outside GB2312 become `?`, backslashes are doubled so that no text is taken for a command; the colours
    that `Colour` puts before a text are commands and stay.
    """
    words = b"".join(_words(part) for part in _COLOURED.split(text))
    return (
        b"\x00"
        + b"".join(value.to_bytes(2, "little") for value in (area.x, area.y, area.width, area.height))
        + bytes([area.id, area.line_gap, area.run_mode])
        + area.timeout_seconds.to_bytes(2, "little")
        + bytes([area.sound, 0, area.align, area.single_line, area.wrap])
        + bytes([area.mode, area.exit_mode, area.speed, area.stay])
        + len(words).to_bytes(4, "little")
        + words
    )


def knows(text: str) -> bool:
    """Whether a font card has every character of a text."""
    return encodable(text.translate(_SAME), CHARSET)


def known(text: str) -> str:
    """Return a text as a font card shows it, `?` for what it has not got."""
    return "".join(char if knows(char) else "?" for char in text)


def _words(part: str) -> bytes:
    if part in _COLOUR_BYTES:
        return _COLOUR_BYTES[part]
    escaped = part.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.translate(_SAME).encode(CHARSET, errors="replace")


def show_areas(destination: int, areas: Sequence[tuple[Area, str]]) -> bytes:
    """Return the frame that shows a text in each of several areas; what was on the sign before goes.

    `init` 1 clears the dynamic areas of an earlier frame first.
    """
    bodies = [_area(area, text) for area, text in areas]
    head = bytes([0xA3, 0x06, 1, 1 if len(areas) > 1 else 0, 0, 0, len(areas)])
    return frame(destination, head + b"".join(len(body).to_bytes(2, "little") + body for body in bodies))


def frame(destination: int, data: bytes) -> bytes:
    """Return `data` as a frame on the wire."""
    header = (
        destination.to_bytes(2, "little")
        + SOURCE.to_bytes(2, "little")
        + bytes([0, 0, 0, 0, 0, 0, DEVICE_ANY, VERSION])
        + len(data).to_bytes(2, "little")
    )
    unescaped = header + data
    checked = unescaped + checksum(unescaped).to_bytes(2, "little")
    return PREAMBLE + b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in checked) + bytes([END])


def checksum(unescaped: bytes) -> int:
    """Return the CRC-16/ARC of an unescaped header and data."""
    crc: int = CrcArc.calc(unescaped)
    return crc


def parse(wire: bytes) -> Frame:
    """Read one frame, with or without its preamble. Raises FrameError for anything cut short or damaged."""
    inner = wire.lstrip(b"\xa5")
    if not inner or inner[-1] != END:
        raise FrameError("no end byte")
    plain = _unescape(inner[:-1])
    if len(plain) < HEADER_BYTES + 2:
        raise FrameError("shorter than a header")
    body, crc = plain[:-2], int.from_bytes(plain[-2:], "little")
    if checksum(body) != crc:
        raise FrameError("checksum")
    if int.from_bytes(body[12:14], "little") != len(body) - HEADER_BYTES:
        raise FrameError("length")
    return Frame(int.from_bytes(body[0:2], "little"), int.from_bytes(body[2:4], "little"), bytes(body[HEADER_BYTES:]))


def _unescape(escaped: bytes) -> bytes:
    plain = bytearray()
    pairs = iter(escaped)
    for byte in pairs:
        if byte in (0xA6, 0x5B):
            second = next(pairs, -1)
            if (byte, second) not in _UNESCAPES:
                raise FrameError("bad escape")
            plain.append(_UNESCAPES[byte, second])
        elif byte in (0xA5, END):
            raise FrameError("a bare control byte inside")
        else:
            plain.append(byte)
    return bytes(plain)


class Receiver:
    """Cuts a stream of bytes into frames. Damaged ones are dropped; the sender repeats what matters."""

    LONGEST = 2 * 0xFFFF
    """No frame is longer: its length is two bytes, and an escape makes two of one."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> list[Frame]:
        """Take bytes as they came and return the frames that are now complete."""
        frames = []
        for byte in received:
            if byte == PREAMBLE[0]:
                self._buffer.clear()
            elif byte == END:
                with contextlib.suppress(FrameError):
                    frames.append(parse(bytes(self._buffer) + bytes([END])))
                self._buffer.clear()
            elif len(self._buffer) < self.LONGEST:
                self._buffer.append(byte)
        return frames


def nak(reply: Frame) -> int | None:
    """Return a reply's error number, None when it is an ACK. Raises FrameError when it is neither."""
    if reply.data[:2] == b"\xa0\x00":
        return None
    if reply.data[:2] == b"\xa0\x01" and len(reply.data) > 2:
        return reply.data[2]
    raise FrameError("neither ACK nor NAK")
