"""What a board reads from its line: the whole state in each of our own frames. Pure.

    00 | COBS( version 1 = 01 | JSON in UTF-8 | CRC-32 4, big-endian ) | 00

COBS keeps 00 out of the inside, so the next 00 ends whatever was damaged. The checksum is over version and JSON. A text
in two languages is an array: Chinese, English. Moments are in ISO 8601 with their offset.

    at        when the frame was sent
    hospital  its name
    calls     newest first: label, number, room, at, called (the patient is awaited), times; reason if there is one
    next      the numbers that follow
    notices   clinics that are suspended or moved
    pages     what the duty room must know
    testing   true where all of the screen should be seen; else left out

A key that does not stand here is an error: sender and reader would have drifted apart.
"""

from __future__ import annotations

from cobs import cobs
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from nightdesk_displays.virtual.crc import crc32

DELIMITER = b"\x00"
VERSION = 1
CRC_BYTES = 4
LONGEST = 262144
"""Bytes of the longest frame that is read: more than a thousand calls. Longer noise never fills the memory."""
Pair = tuple[str, str]
"""A text in Chinese and English."""


class _FromJson(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class BoardCall(_FromJson):
    """A number and the room it is called to."""

    label: str
    number: str
    room: Pair
    at: AwareDatetime
    called: bool
    times: int
    reason: Pair | None = None


class BoardState(_FromJson):
    """All that a frame says."""

    at: AwareDatetime
    hospital: Pair
    calls: tuple[BoardCall, ...]
    next_up: tuple[str, ...] = Field(alias="next")
    notices: tuple[Pair, ...]
    pages: tuple[Pair, ...]
    testing: bool = False


class BoardReader:
    """Finds the states in a stream of bytes. Damaged frames are passed over: the next one says everything again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, received: bytes) -> list[BoardState]:
        """Take bytes as they came and return the states that are now whole."""
        *ended, begun = received.split(DELIMITER)
        states = []
        for part in ended:
            self._hold(part)
            if state := _read(bytes(self._held)):
                states.append(state)
            self._held.clear()
        self._hold(begun)
        return states

    def _hold(self, part: bytes) -> None:
        """Keep a part of a frame. What is too long is cut off, and the checksum is wrong then."""
        self._held += part[: LONGEST - len(self._held)]


def _read(stuffed: bytes) -> BoardState | None:
    """Return what stood between two delimiters as a state; None where it is damaged or of another kind."""
    try:
        plain: bytes = cobs.decode(stuffed)
    except cobs.DecodeError:
        return None
    body, crc = plain[:-CRC_BYTES], plain[-CRC_BYTES:]
    if body[:1] != bytes([VERSION]) or crc32(body).to_bytes(CRC_BYTES, "big") != crc:
        return None
    try:
        return BoardState.model_validate_json(body[1:])
    except ValidationError:
        return None
