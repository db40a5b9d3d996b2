"""Frames of the minimal lower layer protocol (MLLP): 0b, a message, 1c 0d. Pure.

The `hl7` package's reader takes a stream apart that keeps to this. Real senders leave the last CR or the whole trailer
out, send garbage between messages, or one that never ends; this reader loses none of the good messages among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hl7.mllp import streams

START_BLOCK: bytes = streams.START_BLOCK
END_BLOCK: bytes = streams.END_BLOCK
CARRIAGE_RETURN: bytes = streams.CARRIAGE_RETURN
HEAD_BYTES = 4096
"""So much of a frame that is too long is kept: its MSH segment, by which it can be answered."""
_SPACE = b" \t\r\n\x00"


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one frame without its marks. `oversized`: it was longer than allowed, and this is its head.

    `cut_off`: it has no end, and what is there may be a half.
    """

    content: bytes
    oversized: bool = False
    cut_off: bool = False


class FrameReader:
    """Takes bytes as they come and gives the frames that are complete.

    A frame ends with 1c; where that is missing, with the 0b of the next one if a segment ends there. What stands
    between frames is a frame of its own, if it is more than white space: somebody has to be told that it could not be
    read. It holds no more than `max_bytes` and what comes in one read.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._content = bytearray()
        self._oversized = False
        self.begun = False
        """Whether a frame has begun and not ended."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes and return the frames that they complete, in order."""
        found: list[Frame] = []
        at = 0
        while at < len(data):
            mark = _next_mark(data, at)
            self._keep(data[at:mark])
            if mark == len(data):
                break
            starts = data[mark : mark + 1] == START_BLOCK
            if frame := self._cut(cut_off=starts and self.begun and not self.ends_a_segment):
                found.append(frame)
            self.begun = starts
            at = mark + 1
        return found

    @property
    def ends_a_segment(self) -> bool:
        """Whether what has come of a frame ends where a segment does: nothing but the trailer may be missing."""
        return self.begun and self._content[-1:] in (CARRIAGE_RETURN, b"\n")

    @property
    def pending(self) -> bool:
        """Whether bytes have come that belong to no complete frame, and are more than white space."""
        return self._oversized or bool(self._content.strip(_SPACE))

    def rest(self, *, cut_off: bool) -> Frame | None:
        """Give up waiting, and return what has come of a frame, if anything."""
        frame = self._cut(cut_off=cut_off)
        self.begun = False
        return frame

    def _keep(self, part: bytes) -> None:
        if self._oversized:
            return
        self._content += part
        if len(self._content) > self._max:
            del self._content[HEAD_BYTES:]
            self._oversized = True

    def _cut(self, *, cut_off: bool) -> Frame | None:
        content, oversized = bytes(self._content), self._oversized
        self._content.clear()
        self._oversized = False
        return Frame(content, oversized, cut_off) if content.strip(_SPACE) else None


def framed(content: bytes) -> bytes:
    """Return a message as it goes over the line."""
    return START_BLOCK + content + END_BLOCK + CARRIAGE_RETURN


def _next_mark(data: bytes, at: int) -> int:
    """Return where the next 0b or 1c stands, the end of the data where there is none."""
    start, end = data.find(START_BLOCK, at), data.find(END_BLOCK, at)
    return min(start if start >= 0 else len(data), end if end >= 0 else len(data))
