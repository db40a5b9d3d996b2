"""Reading and writing a descriptor: never longer than asked, and the end is told from silence."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from nightdesk_ports.descriptor import Descriptor, LinkClosed

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two ends of one connection, neither of which ever blocks."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for end in (ours, theirs):
            end.setblocking(False)
        yield ours, theirs


def test_what_was_written_is_received_at_most_as_much_as_asked_for(pair: Pair) -> None:
    ours, theirs = (Descriptor(end.fileno()) for end in pair)
    assert ours.write_some(b"N012", 0) == 4
    assert theirs.receive(0, 1) == b"N"
    assert theirs.receive(0) == b"012"


def test_silence_is_waited_for_as_long_as_asked_and_is_no_end(pair: Pair) -> None:
    before = time.monotonic()
    assert Descriptor(pair[0].fileno()).receive(0.05) == b""
    assert time.monotonic() - before >= 0.05


def test_a_far_end_that_takes_nothing_is_no_error(pair: Pair) -> None:
    ours = Descriptor(pair[0].fileno())
    while ours.write_some(b"x" * 65536, 0):
        continue
    assert ours.write_some(b"x", 0.01) == 0


def test_the_end_is_told_once_everything_was_read(pair: Pair) -> None:
    ours, theirs = pair
    theirs.send(b"last")
    theirs.close()
    descriptor = Descriptor(ours.fileno())
    assert descriptor.receive(0) == b"last"
    with pytest.raises(LinkClosed):
        descriptor.receive(0)


def test_an_empty_packet_of_a_device_is_not_its_end() -> None:
    number = os.open("/dev/null", os.O_RDWR | os.O_NONBLOCK)
    try:
        assert Descriptor(number, empty_is_end=False).receive(0) == b""
        with pytest.raises(LinkClosed):
            Descriptor(number).receive(0)
    finally:
        os.close(number)


def test_another_who_was_faster_leaves_nothing_and_that_is_no_error(
    monkeypatch: pytest.MonkeyPatch, pair: Pair
) -> None:
    # select says ready, and then somebody else has read or written
    monkeypatch.setattr("select.select", lambda reads, writes, _, __: (reads, writes, []))
    descriptor = Descriptor(pair[0].fileno())
    assert descriptor.receive(0) == b""
    while descriptor.write_some(b"x" * 65536, 0):
        continue
    assert descriptor.write_some(b"x", 0) == 0


def test_a_far_end_that_is_gone_is_an_error_when_written_to(pair: Pair) -> None:
    pair[1].close()
    with pytest.raises(BrokenPipeError):
        Descriptor(pair[0].fileno()).write_some(b"x", 0)
