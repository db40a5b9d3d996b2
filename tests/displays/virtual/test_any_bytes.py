"""All readers: how a stream is cut into pieces changes nothing, and no bytes ever crash one or fill the memory."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onbon_wire import CLEAR, KNOWN, PING

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
LONGEST = {"onbon": 65_551, "modbus": 256, "cd5220": 20, "ascii": 4096, "board": 262_144}
"""Bytes of the longest frame of each protocol."""


def board_frame(number: str) -> bytes:
    call = ShownCall(number, number, Text("诊", "R"), AT, True, 1)
    return boardframe.encode(ScreenState(Text("院", "H"), (call,), ()), AT)


FRAMES: dict[str, list[bytes]] = {
    "onbon": [*(bytes.fromhex(known) for known in KNOWN.values()), PING, CLEAR],
    "modbus": [
        bytes.fromhex("011000000006 0c 004100300031003200200020 16fe"),
        bytes.fromhex("010300000002c40b"),
        bytes.fromhex("0110000000060400410030a22b"),
    ],
    "cd5220": [b"\x0c\x1bQAS003                \r\x1bQBCounter 1           \r", b"\x1bQAN001\r"],
    "ascii": [b"N012 Room 1\r\n", b"\n", "N012 中医1诊室\r".encode()],
    "board": [board_frame("N001"), board_frame("N002")],
}


@st.composite
def streams(draw: st.DrawFn) -> tuple[str, bytes]:
    """Good frames of a protocol, bytes lost and changed, and noise in between."""
    protocol = draw(st.sampled_from(sorted(FRAMES)))
    parts = draw(st.lists(st.sampled_from(FRAMES[protocol]) | st.binary(max_size=12), max_size=6))
    stream = bytearray(b"".join(parts))
    for at in draw(st.lists(st.integers(0, 400), max_size=3)):
        if at < len(stream):
            stream[at : at + 1] = draw(st.binary(max_size=2))
    return protocol, bytes(stream)


@given(streams(), st.lists(st.integers(1, 60), max_size=12))
def test_how_a_stream_is_cut_into_pieces_changes_nothing(stream: tuple[str, bytes], cuts: list[int]) -> None:
    protocol, received = stream
    at_once, in_pieces, byte_by_byte = (VirtualSign(protocol) for _ in range(3))
    answers = at_once.feed(received)
    pieces, rest = [], received
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert b"".join(in_pieces.feed(piece) for piece in [*pieces, rest]) == answers
    assert b"".join(byte_by_byte.feed(bytes([byte])) for byte in received) + byte_by_byte.feed(b"") == answers
    for other in (in_pieces, byte_by_byte):
        shown = (other.lines, other.frames, other.registers, other.board)
        assert shown == (at_once.lines, at_once.frames, at_once.registers, at_once.board)


@pytest.mark.parametrize("protocol", FRAMES)
def test_no_bytes_crash_a_reader_and_it_reads_on_afterwards(protocol: str) -> None:
    chance = Random(protocol)
    sign = VirtualSign(protocol)
    for _ in range(1000):
        # half of them with the beginning of a frame, so that more than the first byte is read
        frame = chance.choice(FRAMES[protocol])
        begun = frame[: chance.randrange(len(frame))] if chance.random() < 0.5 else b""
        sign.feed(begun + chance.randbytes(chance.randrange(100)))
    before = sign.frames
    sign.wait(1)
    # the first one may end what the noise has begun
    for _ in range(2):
        sign.feed(FRAMES[protocol][0])
    assert sign.frames > before


@pytest.mark.parametrize("protocol", FRAMES)
@pytest.mark.parametrize("byte", [0x01, 0x10, 0x41])
def test_a_noise_without_end_does_not_fill_the_memory(protocol: str, byte: int) -> None:
    sign = VirtualSign(protocol)
    usual = len(pickle.dumps(sign))
    if protocol != "modbus":
        sign.feed(FRAMES[protocol][0][:-1])
    for _ in range(3):
        sign.feed(bytes([byte]) * (LONGEST[protocol] + 1000))
    assert len(pickle.dumps(sign)) < usual + LONGEST[protocol] + 1000
