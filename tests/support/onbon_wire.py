"""Onbon frames for tests: bytes of a known sign, and what a card reads in ours."""

from __future__ import annotations

from nightdesk_displays.virtual.onbon_reader import OnbonReader, TextArea, areas_in

KNOWN = {
    "请A012号到3诊室": "a5a5a5a5a5a5a5a501000080000000000000fe023300a30601000000012a0000000000004000200000000005000000"
    "000202010004050f000000c7eb41303132bac5b5bd33d5efcad21d5f5a",
    "A001": "a5a5a5a5a5a5a5a501000080000000000000fe022800a30601000000011f0000000000004000200000000005000000"
    "00020201000405040000004130" + "3031961a5a",
}
"""Two frames of a working sign by their text: to sign 1, 64 by 32 as they stand, time-out 5."""
PING = bytes.fromhex("a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0500 a200010000 68f8 5a")
CLEAR = bytes.fromhex("a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0500 a310010000 51f8 5a")
ACK = bytes.fromhex("a5a5a5a5a5a5a5a5 0080 0100 000000000000fe02 0500 a000000000 64dc 5a")
"""Sign 1 takes what 8000 sent."""


def data_of(wire: bytes) -> bytes:
    """The data of the one frame on a line."""
    (frame,) = OnbonReader().feed(wire)
    return frame.data


def areas_on(wire: bytes) -> list[TextArea]:
    """The areas of the one frame on a line."""
    return areas_in(data_of(wire))


def texts_on(wire: bytes) -> list[str]:
    """The texts of the one frame on a line, with their commands."""
    return [area.text for area in areas_on(wire)]
