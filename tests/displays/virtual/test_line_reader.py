"""A device that takes lines reads them whatever their ending, their character set and their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_displays import asciiline
from nightdesk_displays.virtual.line_reader import LONGEST, LineReader


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"N012 Room 1\r\n"], ["N012 Room 1"]),
        ([b"a\nb\rc\r\nd"], ["a", "b", "c"]),
        ([b"a\r", b"\nb\n"], ["a", "b"]),
        ([b"a\r", b"", b"\nb\n"], ["a", "b"]),
        ([b"a\r", b"b\n"], ["a", "b"]),
        ([b"\r\r\n\n"], ["", "", ""]),
        ([b"N0", b"12\n"], ["N012"]),
        (["N012>中医1诊室\r".encode()], ["N012>中医1诊室"]),
        (["N012>中医1诊室\r".encode("gb2312")], ["N012>中医1诊室"]),
        ([b"\xff\xff\n"], ["\ufffd\ufffd"]),
        ([b"8" * (LONGEST + 1) + b"\nN012\n"], ["8" * LONGEST, "N012"]),
        ([], []),
    ],
)
def test_lines_end_at_either_byte_and_both_together_end_one(pieces: list[bytes], lines: list[str]) -> None:
    reader = LineReader()
    assert [line for piece in pieces for line in reader.feed(piece)] == lines


@given(st.lists(st.sampled_from(["N012 Room 1", "", "x"]), max_size=6), st.sampled_from(["\r\n", "\n", "\r"]))
def test_our_lines_are_read_as_they_were_written(lines: list[str], ending: str) -> None:
    wire = b"".join(asciiline.line(line, ending, "ascii") for line in lines)
    assert LineReader().feed(wire) == lines
