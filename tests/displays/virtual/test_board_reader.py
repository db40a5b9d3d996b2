"""A board reads our frames by its own rules: the state as it was sent, nothing of a damaged frame."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cobs import cobs
from hypothesis import given, settings
from hypothesis import strategies as st

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.virtual.board_reader import LONGEST, BoardCall, BoardReader, BoardState
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
CALL = {
    "label": "N012", "number": "N012", "room": ["中医1诊室", "Room 1"], "at": "2026-03-02T10:29:00+00:00",
    "called": True, "times": 1,
}  # fmt: skip
CONTENT = {
    "at": "2026-03-02T10:30:00+00:00", "hospital": ["市中医医院", "City Hospital"], "calls": [CALL], "next": ["N013"],
    "notices": [], "pages": [["请到正骨", "Come to bone"]],
}  # fmt: skip


def framed(content: object, *, version: int = 1, flip: int = 0) -> bytes:
    """Content as a frame, by other people's COBS and checksum."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    body = bytes([version]) + text
    return b"\x00" + cobs.encode(body + (zlib.crc32(body) ^ flip).to_bytes(4, "big")) + b"\x00"


GOOD = framed(CONTENT)


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in CONTENT.items() if name != key}


def test_a_frame_is_read_field_by_field() -> None:
    (state,) = BoardReader().feed(GOOD)
    assert state.model_dump() == {
        "at": AT,
        "hospital": ("市中医医院", "City Hospital"),
        "calls": (
            {
                "label": "N012", "number": "N012", "room": ("中医1诊室", "Room 1"), "at": AT - timedelta(minutes=1),
                "called": True, "times": 1, "reason": None,
            },
        ),
        "next_up": ("N013",),
        "notices": (),
        "pages": (("请到正骨", "Come to bone"),),
        "testing": False,
    }  # fmt: skip


def test_a_small_frame_of_ours_to_the_byte() -> None:
    wire = boardframe.encode(ScreenState(Text("院", "H"), (), ("N1",)), AT)
    content = (
        '{"at":"2026-03-02T10:30:00+00:00","hospital":["院","H"],"calls":[],"next":["N1"],"notices":[],"pages":[]}'
    )
    assert wire == b"\x00\x70\x01" + content.encode() + bytes.fromhex("52a9d31f") + b"\x00"
    (state,) = BoardReader().feed(wire)
    assert (state.hospital, state.calls, state.next_up) == (("院", "H"), (), ("N1",))


pairs = st.tuples(st.text(max_size=4), st.text(max_size=4))
moments = st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
calls = st.builds(
    BoardCall, label=st.text(max_size=4), number=st.text(max_size=4), room=pairs, at=moments, called=st.booleans(),
    times=st.integers(1, 99), reason=st.none() | pairs,
)  # fmt: skip
states = st.builds(
    lambda **fields: BoardState.model_validate(fields),
    at=moments, hospital=pairs, calls=st.lists(calls, max_size=3).map(tuple),
    next=st.lists(st.text(max_size=4), max_size=3).map(tuple), notices=st.lists(pairs, max_size=2).map(tuple),
    pages=st.lists(pairs, max_size=2).map(tuple), testing=st.booleans(),
)  # fmt: skip


@settings(max_examples=50)
@given(states)
def test_every_state_is_read_as_it_was_sent(wanted: BoardState) -> None:
    sent = ScreenState(
        Text(*wanted.hospital),
        tuple(
            ShownCall(
                one.label, one.number, Text(*one.room), one.at, one.called, one.times,
                Text(*one.reason) if one.reason else None,
            )
            for one in wanted.calls
        ),
        wanted.next_up,
        tuple(Text(*one) for one in wanted.notices),
        tuple(Text(*one) for one in wanted.pages),
        testing=wanted.testing,
    )  # fmt: skip
    assert BoardReader().feed(boardframe.encode(sent, wanted.at)) == [wanted]


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(GOOD[:-2], id="its end lost"),
        pytest.param(GOOD[: len(GOOD) // 2], id="cut"),
        pytest.param(b"\x00\x00\x00", id="delimiters alone"),
        pytest.param(b"\x00\x05abc\x00", id="no COBS"),
        pytest.param(b"\x00\x03ab\x00", id="shorter than a checksum"),
        pytest.param(framed(CONTENT, flip=1), id="wrong checksum"),
        pytest.param(framed(CONTENT, version=2), id="another version"),
        pytest.param(framed(b""), id="no JSON"),
        pytest.param(framed(b'"\xff"'), id="no UTF-8"),
        pytest.param(framed(b"[" * 100_000), id="nested without end"),
        pytest.param(framed([]), id="another kind of JSON"),
        pytest.param(framed(without("calls")), id="a key missing"),
        pytest.param(framed(CONTENT | {"clock": "18:30"}), id="a key too many"),
        pytest.param(framed(CONTENT | {"at": "2026-03-02T10:30:00"}), id="a moment without its offset"),
        pytest.param(framed(CONTENT | {"at": 1772447400}), id="a moment as a number"),
        pytest.param(framed(CONTENT | {"next": [13]}), id="a number where a text should be"),
        pytest.param(framed(CONTENT | {"hospital": ["市中医医院"]}), id="one language"),
        pytest.param(framed(CONTENT | {"calls": [CALL | {"called": "yes"}]}), id="a call with a wrong field"),
        pytest.param(b"\x00" + b"\x01" * (LONGEST + 1) + b"\x00", id="overlong"),
        pytest.param(framed(CONTENT | {"next": ["N"] * LONGEST}), id="overlong, else right"),
    ],
)
def test_a_damaged_frame_is_passed_over_and_the_next_one_read(damaged: bytes) -> None:
    reader = BoardReader()
    assert reader.feed(damaged) == []
    assert len(reader.feed(GOOD)) == 1


def test_no_flipped_bit_passes() -> None:
    wire = framed(CONTENT | {"calls": [], "pages": []})
    assert len(BoardReader().feed(wire)) == 1
    for index in range(1, len(wire) - 1):
        for bit in range(8):
            damaged = bytearray(wire)
            damaged[index] ^= 1 << bit
            assert BoardReader().feed(bytes(damaged)) == [], (index, bit)
