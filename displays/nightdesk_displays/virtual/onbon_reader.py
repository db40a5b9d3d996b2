r"""What an Onbon BX-5K/6K font card reads from its line, and what it answers. Pure.

Frame, numbers little-endian:

    a5 ... a5 | escaped( header 14 | data | crc 2 ) | 5a
    header: to 2 | from 2 | 00 00 00 | option 1 | crc mode 1 = 00 | display 1 | device 1 | version 1 = 02 | length 2
    escapes: a6 02 means a5, a6 01 means a6, 5b 02 means 5a, 5b 01 means 5b

The checksum is CRC-16/ARC over header and data without escapes. Data begins with two bytes of command and one that is
01 where an answer is wanted:

    a2 00 01 00 00                                                is the card there?
    a3 10 01 00 00                                                clear the sign
    a3 06 01 | init 1 | 00 00 | areas 1 | { length 2 | area }     show texts
    area: 00 | x 2 | y 2 | width 2 | height 2 | id 1 | line gap 1 | run mode 1 | time-out 2 | sound 1 |
          extension 1 = 00 | align 1 | single 1 | wrap 1 | mode 1 | exit 1 | speed 1 | stay 1 | length 4 |
          text in GB2312

In a text `\C1 \C2 \C3` are colours, `\n` is a new line and `\\` a backslash. Answers: `a0 00 00 00 00` takes a frame,
`a0 01 error 00 00` refuses it. Source: Onbon's BX-5K/6K protocol manual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from nightdesk_displays.virtual.crc import crc16_arc

PREAMBLE, END = 0xA5, 0x5A
ESCAPED = {(0xA6, 0x02): 0xA5, (0xA6, 0x01): 0xA6, (0x5B, 0x02): 0x5A, (0x5B, 0x01): 0x5B}
"""What two bytes on the line mean."""
_ESCAPES = {plain: bytes(pair) for pair, plain in ESCAPED.items()}
_FIRST_OF_ESCAPE = {first for first, _ in ESCAPED}

HEADER = Struct("<HH3xBBBBBH")
CRC_BYTES = 2
LONGEST = HEADER.size + 0xFFFF + CRC_BYTES
"""Bytes of a frame without escapes: the length of its data is a number of two bytes."""
VERSION, ANY_DEVICE, CRC_ON = 0x02, 0xFE, 0x00

PING, CLEAR, SHOW = b"\xa2\x00", b"\xa3\x10", b"\xa3\x06"
ANSWER_WANTED = 0x01
FIRST_AREA = 7
"""Where the length of the first area stands in the data of SHOW; the byte before it counts the areas."""
AREA = Struct("<B4H3BHBB7BI")
BLANK_AFTER_TIMEOUT = 2
"""The run mode of an area that goes blank when no update comes for its time-out."""
IN_DOTS = 0x8000
"""Bit 15 of a width: it counts dots. Without it a width counts bytes of 8 dots."""

BUSY, BAD_CRC, NO_FONT = 3, 5, 12
"""Errors of a refusal."""

LINE_DOTS, CHINESE_DOTS, OTHER_DOTS = 16, 16, 8
"""The usual Chinese font: a line is 16 dots high, a Chinese character 16 wide, everything else 8."""
_COMMANDS = re.compile(r"\\(C[123]|n|\\)")
_MEANING = {"n": "\n", "\\": "\\"}


class Unreadable(ValueError):
    """Data of a command that the card does not know, or that is cut short."""


@dataclass(frozen=True, slots=True)
class CardFrame:
    """A frame that came whole: whom it is for, who sent it, and its data."""

    destination: int
    source: int
    data: bytes

    @property
    def wants_answer(self) -> bool:
        """Whether the sender waits for an answer."""
        return self.data[2:3] == bytes([ANSWER_WANTED])


@dataclass(frozen=True, slots=True)
class TextArea:
    """A part of the sign and its text, each field as it came; `timeout_seconds` and `stay` (half seconds) are times."""

    text: str
    x: int
    y: int
    width: int
    height: int
    id: int
    line_gap: int
    run_mode: int
    timeout_seconds: int
    sound: int
    align: int
    single_line: int
    wrap: int
    mode: int
    exit_mode: int
    speed: int
    stay: int

    @property
    def width_dots(self) -> int:
        """The width in dots, whatever it counts on the line."""
        return self.width & ~IN_DOTS if self.width & IN_DOTS else self.width * 8


class OnbonReader:
    """Finds the frames in a stream of bytes. What is damaged, cut short or too long is passed over."""

    def __init__(self) -> None:
        self._inside = False
        self._escape: int | None = None
        self._plain = bytearray()

    def feed(self, received: bytes) -> list[CardFrame]:
        """Take bytes as they came and return the frames that are now whole."""
        frames = (self._take(byte) for byte in received)
        return [frame for frame in frames if frame]

    def _take(self, byte: int) -> CardFrame | None:
        if byte == PREAMBLE:
            # it stands nowhere else, so a new frame begins whatever came before
            self._inside, self._escape = True, None
            self._plain.clear()
        elif not self._inside:
            return None
        elif self._escape is not None:
            self._append(ESCAPED.get((self._escape, byte)))
            self._escape = None
        elif byte in _FIRST_OF_ESCAPE:
            self._escape = byte
        elif byte == END:
            self._inside = False
            return _checked(bytes(self._plain))
        else:
            self._append(byte)
        return None

    def _append(self, plain: int | None) -> None:
        """Keep a byte; a wrong escape or one byte too many ends the frame."""
        if plain is None or len(self._plain) == LONGEST:
            self._inside = False
        else:
            self._plain.append(plain)


def _checked(plain: bytes) -> CardFrame | None:
    """Return a frame without its escapes; None where checksum, length, version or kind of checksum are wrong."""
    body, crc = plain[:-CRC_BYTES], plain[-CRC_BYTES:]
    if len(body) < HEADER.size or crc16_arc(body).to_bytes(CRC_BYTES, "little") != crc:
        return None
    destination, source, _option, crc_mode, _display, _device, version, length = HEADER.unpack_from(body)
    data = body[HEADER.size :]
    if (crc_mode, version, length) != (CRC_ON, VERSION, len(data)):
        return None
    return CardFrame(destination, source, data)


def areas_in(data: bytes) -> list[TextArea]:
    """Return the areas of a SHOW command. Raises Unreadable for another command, or one that is cut short."""
    if data[:2] != SHOW or len(data) < FIRST_AREA:
        raise Unreadable("not a command that shows texts")
    areas, rest = [], data[FIRST_AREA:]
    for _ in range(data[FIRST_AREA - 1]):
        length = int.from_bytes(rest[:2], "little")
        areas.append(_area(rest[2 : 2 + length], length))
        rest = rest[2 + length :]
    if rest:
        raise Unreadable("more bytes than areas")
    return areas


def _area(area: bytes, length: int) -> TextArea:
    if len(area) != length or length < AREA.size:
        raise Unreadable("an area is cut short")
    kind, x, y, width, height, id_, line_gap, run_mode, timeout, sound, extension, *looks, size = AREA.unpack_from(area)
    text = area[AREA.size :]
    if (kind, extension, size) != (0, 0, len(text)):
        raise Unreadable("an area of another kind or length")
    words = text.decode("gb2312", errors="replace")
    return TextArea(words, x, y, width, height, id_, line_gap, run_mode, timeout, sound, *looks)


def lines_of(area: TextArea) -> list[str]:
    """Return the lines a card makes of a text: broken where the next character has no room, cut below its area."""
    lines = []
    for line in _COMMANDS.sub(lambda found: _MEANING.get(found[1], ""), area.text).split("\n"):
        lines.append("")
        for char in line:
            if lines[-1] and dots(lines[-1] + char) > area.width_dots:
                lines.append("")
            lines[-1] += char
    return lines[: max(area.height // LINE_DOTS, 1)]


def dots(text: str) -> int:
    """Return the dots a text is wide on the sign."""
    return sum(OTHER_DOTS if char.isascii() else CHINESE_DOTS for char in text)


def blank_after(areas: Sequence[TextArea]) -> int | None:
    """Return after how many seconds without an update the first area goes blank; None where none does."""
    return min((area.timeout_seconds for area in areas if area.run_mode == BLANK_AFTER_TIMEOUT), default=None)


def ack(to: int, sign: int) -> bytes:
    """Return the answer with which a sign takes a frame."""
    return _wire(to, sign, b"\xa0\x00\x00\x00\x00")


def nak(to: int, sign: int, error: int) -> bytes:
    """Return the answer with which a sign refuses a frame."""
    return _wire(to, sign, bytes([0xA0, 0x01, error, 0x00, 0x00]))


def _wire(destination: int, source: int, data: bytes) -> bytes:
    body = HEADER.pack(destination, source, 0, CRC_ON, 0, ANY_DEVICE, VERSION, len(data)) + data
    checked = body + crc16_arc(body).to_bytes(CRC_BYTES, "little")
    escaped = b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in checked)
    return bytes([PREAMBLE] * 8) + escaped + bytes([END])
