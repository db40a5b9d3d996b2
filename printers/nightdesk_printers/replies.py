"""What a printer says, sorted by bit pattern: replies of several kinds arrive mixed. Pure.

    real-time reply   b & 93 == 12          one byte, to DLE EOT n; which n is known from the order of asking
    automatic status  b & 93 == 10          first of four bytes, the others have b & 90 == 0
    print-complete    37 22 d1 d2 d3 d4 00
    in-order answer   b & 90 == 0           one byte, to GS r

Source: Epson's ESC/POS command reference, "Transmission status identification".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

COMPLETE_HEAD = b"\x37\x22"
COMPLETE_BYTES = 7
AUTOMATIC_BYTES = 4


class Trouble(StrEnum):
    """Why a printer does not print."""

    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    CUTTER = "cutter"
    HEAD_HOT = "head_hot"
    ERROR = "printer_error"
    OFFLINE = "printer_offline"


class Paper(StrEnum):
    """How much paper there is."""

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Status:
    """What a printer reports of itself. `trouble` is the first that has to be fixed, None where it prints."""

    trouble: Trouble | None
    paper: Paper


@dataclass(frozen=True, slots=True)
class Realtime:
    """The reply to one DLE EOT."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """The four bytes a printer sends by itself when something changes."""

    data: bytes

    @property
    def status(self) -> Status:
        """What they say: [0] 08 offline, 20 cover; [1] 04 mechanical, 08 cutter, 20, 40; [2] 03 near end, 0c end."""
        first, second, third = self.data[0], self.data[1], self.data[2]
        return _status(
            cover=bool(first & 0x20),
            out=bool(third & 0x0C),
            near=bool(third & 0x03),
            cutter=bool(second & 0x08),
            hot=bool(second & 0x40),
            error=bool(second & 0x24),
            offline=bool(first & 0x08),
        )


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything before the request with this mark has been printed."""

    mark: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to GS r, in order with the data."""

    byte: int


Reply: TypeAlias = "Realtime | Automatic | Complete | Answer"


class ReplyParser:
    """Cuts what comes from a printer into replies; unknown bytes are passed over."""

    def __init__(self) -> None:
        self._automatic = bytearray()
        self._complete = bytearray()

    def feed(self, received: bytes) -> list[Reply]:
        """Take bytes as they came and return the replies that are now whole."""
        return [reply for byte in received for reply in self._take(byte)]

    def _take(self, byte: int) -> Iterator[Reply]:
        if self._complete:
            yield from self._take_complete(byte)
        elif byte == COMPLETE_HEAD[0]:
            self._complete.append(byte)
        elif byte & 0x93 == 0x12:
            yield Realtime(byte)
        elif byte & 0x93 == 0x10:
            self._automatic[:] = bytes([byte])
        elif byte & 0x90 == 0:
            if not self._automatic:
                yield Answer(byte)
                return
            self._automatic.append(byte)
            if len(self._automatic) == AUTOMATIC_BYTES:
                yield Automatic(bytes(self._automatic))
                self._automatic.clear()

    def _take_complete(self, byte: int) -> Iterator[Reply]:
        self._complete.append(byte)
        if len(self._complete) == 2 and self._complete != COMPLETE_HEAD:
            self._complete.clear()
        elif len(self._complete) == COMPLETE_BYTES:
            if byte == 0:
                yield Complete(bytes(self._complete[2:6]))
            self._complete.clear()


def from_replies(replies: dict[int, int]) -> Status:
    """Return what the replies to DLE EOT say, by n; a reply that did not come says nothing.

    n=1: 08 offline. n=2: 04 cover, 20 stopped by paper end, 40 error. n=3: 08 cutter, 20 unrecoverable, 40 recovers by
    itself (the head is hot). n=4: 0c near end, 60 paper end.
    """
    one, two, three, four = (replies.get(n, 0) for n in (1, 2, 3, 4))
    return _status(
        cover=bool(two & 0x04),
        out=bool(four & 0x60) or bool(two & 0x20),
        near=bool(four & 0x0C),
        cutter=bool(three & 0x08),
        hot=bool(three & 0x40),
        error=bool(three & 0x20) or bool(two & 0x40),
        offline=bool(one & 0x08),
    )


def _status(*, cover: bool, out: bool, near: bool, cutter: bool, hot: bool, error: bool, offline: bool) -> Status:
    said = {
        Trouble.COVER_OPEN: cover,
        Trouble.PAPER_OUT: out,
        Trouble.CUTTER: cutter,
        Trouble.HEAD_HOT: hot,
        Trouble.ERROR: error,
        Trouble.OFFLINE: offline,
    }
    trouble = next((trouble for trouble, is_so in said.items() if is_so), None)
    return Status(trouble, Paper.OUT if out else Paper.NEAR_END if near else Paper.OK)
