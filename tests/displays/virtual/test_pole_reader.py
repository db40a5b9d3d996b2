"""A pole display shows two lines of known bytes, whatever is lost or comes between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_displays import pole
from nightdesk_displays.virtual.pole_reader import PoleReader

KNOWN = b"\x0c\x1bQAS003                \r\x1bQBCounter 1           \r"
BOTH = ["S003                ", "Counter 1           "]


def shown(*pieces: bytes) -> list[str]:
    reader = PoleReader()
    for piece in pieces:
        reader.feed(piece)
    return [line.rstrip() for line in reader.lines]


def test_the_known_bytes_are_two_lines_of_twenty_characters() -> None:
    reader = PoleReader()
    reader.feed(KNOWN)
    assert reader.lines == BOTH
    assert reader.lines_taken == 2
    assert pole.show("S003", "Counter 1") == KNOWN
    assert KNOWN.hex().startswith("0c1b5141") and KNOWN.hex()[48:56] == "0d1b5142" and KNOWN.hex().endswith("0d")


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        pytest.param([b"\x1bQAN001\r"], ["N001", ""], id="upper line alone"),
        pytest.param([b"\x1bQBRoom 1\r"], ["", "Room 1"], id="lower line alone"),
        pytest.param([KNOWN, b"\x1bQAN001\r"], ["N001", "Counter 1"], id="the other line stays"),
        pytest.param([KNOWN, b"\x0c"], ["", ""], id="cleared"),
        pytest.param([b"\x1bQAN001"], ["", ""], id="no end yet"),
        pytest.param([b"\x1b", b"Q", b"A", b"N0", b"01", b"\r"], ["N001", ""], id="in pieces"),
        pytest.param([KNOWN[:10], KNOWN], ["S003", "Counter 1"], id="the end of a line lost, cleared by the next"),
        pytest.param([b"\x1bQAN001", b"\x1bQBRoom 1\r"], ["", "Room 1"], id="a new command inside a text"),
        pytest.param([b"\x1bQAN001\x0cN002\r"], ["", ""], id="a clear inside a text"),
        pytest.param([b"\x1bQ\x0cAN001\r"], ["", ""], id="a clear inside a command"),
        pytest.param([b"\x1bQ\x1bQAN001\r"], ["N001", ""], id="a new command inside a command"),
        pytest.param([b"\x1bQCN001\r\x1b@N002\r"], ["", ""], id="unknown commands"),
        pytest.param([b"N001\r"], ["", ""], id="a text without a command"),
        pytest.param([b"\x1bQAN001\rN002\r"], ["N001", ""], id="a text behind the end"),
        pytest.param([b"\x1bQA" + b"8" * 21 + b"\r"], ["8" * 20, ""], id="one character too many"),
        pytest.param([b"\x1bQA" + b"8" * 99999 + b"\r" + KNOWN], ["S003", "Counter 1"], id="overlong, then whole"),
        pytest.param([b"\x1bQAN\x80\x07\x7f1\r"], ["N\ufffd\ufffd\ufffd1", ""], id="bytes that are no characters"),
        pytest.param([b"\x1bQA ~\r"], [" ~", ""], id="the first and the last character"),
    ],
)
def test_a_pole_shows_what_came_whole(pieces: list[bytes], lines: list[str]) -> None:
    assert shown(*pieces) == lines


@given(st.text(max_size=50), st.text(max_size=50), st.integers(1, 9))
def test_a_pole_shows_two_whole_lines_of_ours_whatever_the_text(upper: str, lower: str, size: int) -> None:
    wire = pole.show(upper, lower)
    reader = PoleReader()
    for at in range(0, len(wire), size):
        reader.feed(wire[at : at + size])
    assert [len(line) for line in reader.lines] == [20, 20]
    written = ["".join(char if " " <= char <= "~" else "?" for char in text[:20]) for text in (upper, lower)]
    assert [line.rstrip() for line in reader.lines] == [line.rstrip() for line in written]
    assert wire.count(b"\x1b") == 2, "no command but the layout's own"
