"""Our own frames for `nightdesk board --serial`: the whole state each time, so any one frame repaints everything.

    00 | COBS( version 1 = 01 | JSON in UTF-8 | CRC-32 4, big-endian ) | 00

COBS (Cheshire and Baker 1999, "Consistent Overhead Byte Stuffing") keeps `00` out of the inside, so a receiver that
joins in the middle or hears garbage is in step again at the next `00`. CRC-32 is that of zlib, over version and JSON.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from typing import Any

from cobs import cobs

from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_queue.text.bilingual import Text

VERSION = 1
DELIMITER = b"\x00"
LONGEST = 262144
"""Bytes kept of a frame that has not ended: more than a thousand calls, so that noise never fills the memory."""


class FrameError(ValueError):
    """Bytes that are not a whole, undamaged frame of a version we know."""


def encode(state: ScreenState, at: datetime) -> bytes:
    """Return the frame that shows `state`, sent at `at`."""
    content = {
        "at": at.isoformat(timespec="seconds"),
        "hospital": _pair(state.hospital),
        "calls": [
            {
                "label": call.label,
                "number": call.number,
                "room": _pair(call.room),
                "at": call.at.isoformat(),
                "called": call.called,
                "times": call.times,
                **({"reason": _pair(call.reason)} if call.reason else {}),
            }
            for call in state.calls
        ],
        "next": list(state.next_up),
        "notices": [_pair(notice) for notice in state.notices],
        "pages": [_pair(page) for page in state.pages],
        **({"testing": True} if state.testing else {}),
    }
    body = bytes([VERSION]) + json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    stuffed: bytes = cobs.encode(body + zlib.crc32(body).to_bytes(4, "big"))
    return DELIMITER + stuffed + DELIMITER


def decode(stuffed: bytes) -> tuple[ScreenState, datetime]:
    """Read what stood between two delimiters: the state and when it was sent. Raises FrameError."""
    try:
        plain: bytes = cobs.decode(stuffed)
    except cobs.DecodeError as error:
        raise FrameError(str(error)) from error
    body, crc = plain[:-4], int.from_bytes(plain[-4:], "big")
    if len(plain) < 5 or zlib.crc32(body) != crc:
        raise FrameError("checksum")
    if body[0] != VERSION:
        raise FrameError(f"version {body[0]}")
    try:
        content = json.loads(body[1:])
        return _state(content), datetime.fromisoformat(content["at"])
    except (ValueError, KeyError, TypeError) as error:
        raise FrameError(f"content: {error}") from error


class Receiver:
    """Cuts a stream of bytes into states. Damaged frames are dropped: the next one says everything again."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> list[tuple[ScreenState, datetime]]:
        """Take bytes as they came and return the states that are now complete."""
        states = []
        self._buffer += received
        *stuffed, rest = self._buffer.split(DELIMITER)
        self._buffer = bytearray(rest[-LONGEST:])
        for part in stuffed:
            if part:
                try:
                    states.append(decode(bytes(part)))
                except FrameError:
                    continue
        return states


def _pair(text: Text) -> list[str]:
    return [text.zh, text.en]


def _state(content: dict[str, Any]) -> ScreenState:
    return ScreenState(
        hospital=Text(*content["hospital"]),
        calls=tuple(
            ShownCall(
                label=call["label"],
                number=call["number"],
                room=Text(*call["room"]),
                at=datetime.fromisoformat(call["at"]),
                called=call["called"],
                times=call["times"],
                reason=Text(*call["reason"]) if "reason" in call else None,
            )
            for call in content["calls"]
        ),
        next_up=tuple(content["next"]),
        notices=tuple(Text(*pair) for pair in content.get("notices", [])),
        pages=tuple(Text(*pair) for pair in content.get("pages", [])),
        testing=bool(content.get("testing", False)),
    )
