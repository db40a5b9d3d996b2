"""Frames as the world sends them: joined, split, without a trailer, too long, with garbage between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_transfers.framing import HEAD_BYTES, Frame, FrameReader, framed

ONE, OTHER = b"MSH|^~\\&|A\rPID|1\r", b"MSH|^~\\&|B\r"


def read(*parts: bytes, most: int = 10_000) -> list[Frame]:
    reader = FrameReader(most)
    return [frame for part in parts for frame in reader.feed(part)]


def test_several_messages_in_one_packet_and_one_in_several() -> None:
    joined = framed(ONE) + framed(OTHER)
    assert read(joined) == [Frame(ONE), Frame(OTHER)]
    assert read(*[joined[n : n + 1] for n in range(len(joined))]) == [Frame(ONE), Frame(OTHER)]


UNMARKED = st.binary(max_size=40).map(lambda one: one.replace(b"\x0b", b"").replace(b"\x1c", b""))


@given(st.lists(UNMARKED, max_size=6), st.data())
def test_wherever_a_stream_is_cut_the_frames_are_the_same(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(framed(one) for one in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    parts = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*parts) == read(stream)
    assert [frame.content for frame in read(stream)] == [one for one in messages if one.strip(b" \t\r\n\x00")]


@pytest.mark.parametrize(
    ("stream", "wanted"),
    [
        (b"\x0b" + ONE + b"\x1c", [ONE]),  # the last CR is missing
        (b"\x0b" + ONE + framed(OTHER), [ONE, OTHER]),  # the trailer is missing, the next one begins
        (b"\x0b" + ONE + b"\x1c\n" + framed(OTHER), [ONE, OTHER]),  # LF behind the end
        (b"garbage" + framed(ONE), [b"garbage", ONE]),
        (b"\r\n \r\n" + framed(ONE), [ONE]),  # white space between frames is nothing
        (ONE + b"\x1c\r", [ONE]),  # the start is missing
        (b"\x0b\x0b\x0b" + ONE + b"\x1c\x1c\x1c\r", [ONE]),
        (b"\x0b\x1c\r", []),
        (b"", []),
    ],
)
def test_marks_that_are_missing_or_too_many_lose_no_message(stream: bytes, wanted: list[bytes]) -> None:
    assert [frame.content for frame in read(stream)] == wanted


def test_a_frame_that_is_too_long_keeps_its_head_and_the_next_one_is_read() -> None:
    endless = b"\x0b" + ONE + b"x" * 50_000
    frames = read(endless[:20_000], endless[20_000:], b"\x1c\r" + framed(OTHER))
    assert frames == [Frame((ONE + b"x" * 50_000)[:HEAD_BYTES], oversized=True), Frame(OTHER)]


def test_a_sender_that_never_ends_costs_no_more_than_its_head() -> None:
    reader = FrameReader(10_000)
    reader.feed(b"\x0b")
    for _ in range(1000):
        assert reader.feed(b"x" * 10_000) == []
    frame = reader.rest(cut_off=True)
    assert frame is not None
    assert (len(frame.content), frame.oversized) == (HEAD_BYTES, True)


def test_what_has_begun_and_where_it_stands_is_known() -> None:
    reader = FrameReader(10_000)
    assert not reader.begun
    reader.feed(b"\x0bMSH|^")
    assert (reader.begun, reader.ends_a_segment) == (True, False)
    reader.feed(b"~\\&|A\r")
    assert reader.ends_a_segment
    assert reader.rest(cut_off=False) == Frame(b"MSH|^~\\&|A\r")
    assert not reader.begun
    assert reader.rest(cut_off=True) is None


def test_what_the_next_message_cuts_in_the_middle_of_a_segment_is_known_for_a_half() -> None:
    assert read(b"\x0b" + ONE[:-3] + framed(OTHER)) == [Frame(ONE[:-3], cut_off=True), Frame(OTHER)]
    assert read(b"\x0b" + ONE + framed(OTHER)) == [Frame(ONE), Frame(OTHER)]
