"""What printers say: each kind of reply is told from the others, however mixed, and means what the manual says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_printers.replies import (
    Answer,
    Automatic,
    Complete,
    Paper,
    Realtime,
    Reply,
    ReplyParser,
    Status,
    Trouble,
    from_replies,
)

realtime = st.sampled_from([b for b in range(256) if b & 0x93 == 0x12]).map(Realtime)
answers = st.sampled_from([b for b in range(256) if b & 0x90 == 0]).map(Answer)
rest = st.sampled_from([b for b in range(256) if b & 0x90 == 0])
automatic = st.builds(
    lambda first, others: Automatic(bytes([first, *others])),
    st.sampled_from([b for b in range(256) if b & 0x93 == 0x10]),
    st.lists(rest, min_size=3, max_size=3),
)
complete = st.binary(min_size=4, max_size=4).map(lambda mark: bytes(0x20 + b % 0x5F for b in mark)).map(Complete)


def wire(reply: Reply) -> bytes:
    if isinstance(reply, Automatic):
        return reply.data
    if isinstance(reply, Complete):
        return b"\x37\x22" + reply.mark + b"\x00"
    return bytes([reply.byte])


@given(st.lists(st.one_of(realtime, answers, automatic, complete), max_size=20), st.data())
def test_replies_of_all_kinds_are_told_apart_however_they_arrive(replies: list[Reply], data: st.DataObject) -> None:
    stream = b"".join(map(wire, replies))
    sorter = ReplyParser()
    heard: list[Reply] = []
    at = 0
    while at < len(stream):
        size = data.draw(st.integers(1, 9))
        heard += sorter.feed(stream[at : at + size])
        at += size
    assert heard == replies


@given(automatic, realtime, st.integers(1, 3))
def test_a_realtime_reply_inside_an_automatic_status_does_not_spoil_it(
    status: Automatic, inside: Realtime, at: int
) -> None:
    stream = status.data[:at] + bytes([inside.byte]) + status.data[at:]
    assert ReplyParser().feed(stream) == [inside, status]


@given(st.binary(max_size=50))
def test_garbage_is_passed_over_and_a_reply_behind_it_is_still_heard(garbage: bytes) -> None:
    parser = ReplyParser()
    parser.feed(garbage)
    # as many as the longest reply has bytes: the first may end one that the garbage began
    assert Realtime(0x12) in parser.feed(b"\x12" * 7)


BITS = [
    ({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}, Status(None, Paper.OK)),
    ({1: 0x1A}, Status(Trouble.OFFLINE, Paper.OK)),
    ({1: 0x1A, 2: 0x16}, Status(Trouble.COVER_OPEN, Paper.OK)),
    ({1: 0x1A, 2: 0x32, 4: 0x72}, Status(Trouble.PAPER_OUT, Paper.OUT)),
    ({2: 0x52, 3: 0x1A}, Status(Trouble.CUTTER, Paper.OK)),
    ({2: 0x52}, Status(Trouble.ERROR, Paper.OK)),
    ({3: 0x32}, Status(Trouble.ERROR, Paper.OK)),
    ({3: 0x52}, Status(Trouble.HEAD_HOT, Paper.OK)),
    ({4: 0x1E}, Status(None, Paper.NEAR_END)),
]


@pytest.mark.parametrize(("replies", "status"), BITS)
def test_realtime_bits_mean_what_the_manual_says(replies: dict[int, int], status: Status) -> None:
    assert from_replies(replies) == status


AUTOMATIC = [
    ("1000000f", Status(None, Paper.OK)),
    ("3800000f", Status(Trouble.COVER_OPEN, Paper.OK)),
    ("18000c0f", Status(Trouble.PAPER_OUT, Paper.OUT)),
    ("1808000f", Status(Trouble.CUTTER, Paper.OK)),
    ("1840000f", Status(Trouble.HEAD_HOT, Paper.OK)),
    ("1820000f", Status(Trouble.ERROR, Paper.OK)),
    ("1804000f", Status(Trouble.ERROR, Paper.OK)),
    ("1801000f", Status(Trouble.OFFLINE, Paper.OK)),
    ("1000030f", Status(None, Paper.NEAR_END)),
    ("1800000f", Status(Trouble.OFFLINE, Paper.OK)),
]


@pytest.mark.parametrize(("data", "status"), AUTOMATIC)
def test_automatic_bits_mean_what_the_manual_says(data: str, status: Status) -> None:
    assert Automatic(bytes.fromhex(data)).status == status
