"""An Onbon card reads known bytes, passes over damaged ones, and answers to the byte."""

from __future__ import annotations

import pytest
from onbon_wire import ACK, CLEAR, KNOWN, PING, areas_on

from nightdesk_displays import onbon
from nightdesk_displays.virtual.crc import crc16_arc
from nightdesk_displays.virtual.onbon_reader import (
    LONGEST,
    OnbonReader,
    TextArea,
    Unreadable,
    ack,
    areas_in,
    blank_after,
    lines_of,
    nak,
)

PREAMBLE = bytes.fromhex("a5a5a5a5a5a5a5a5")
HEADER = bytes.fromhex("01000080000000000000fe02")


def closed(body: bytes) -> bytes:
    """A body with its checksum as a frame."""
    checked = body + crc16_arc(body).to_bytes(2, "little")
    for plain, pair in ((b"\xa6", b"\xa6\x01"), (b"\xa5", b"\xa6\x02"), (b"\x5b", b"\x5b\x01"), (b"\x5a", b"\x5b\x02")):
        checked = checked.replace(plain, pair)
    return PREAMBLE + checked + b"\x5a"


def area(text: str = "", **fields: int) -> TextArea:
    usual = dict.fromkeys(TextArea.__dataclass_fields__, 0) | {"width": 64 | 0x8000, "height": 32}
    return TextArea(**usual | fields | {"text": text})  # type: ignore[arg-type]


# golden bytes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", KNOWN)
def test_a_frame_of_a_working_sign_is_read_field_by_field(text: str) -> None:
    (found,) = areas_on(bytes.fromhex(KNOWN[text]))
    assert found == TextArea(
        text=text, x=0, y=0, width=64, height=32, id=0, line_gap=0, run_mode=0, timeout_seconds=5, sound=0, align=0,
        single_line=2, wrap=2, mode=1, exit_mode=0, speed=4, stay=5,
    )  # fmt: skip


def test_a_ping_and_a_clear_are_read_and_want_an_answer() -> None:
    frames = OnbonReader().feed(PING + CLEAR)
    assert [frame.data.hex() for frame in frames] == ["a200010000", "a310010000"]
    assert all((frame.destination, frame.source, frame.wants_answer) == (1, 0x8000, True) for frame in frames)


@pytest.mark.parametrize(
    ("plain", "pair", "wire"),
    [
        ("a5", "a602", "a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0100 a602 7aa9 5a"),
        ("a6", "a601", "a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0100 a601 3aa8 5a"),
        ("5a", "5b02", "a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0100 5b02 3ae9 5a"),
        ("5b", "5b01", "a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0100 5b01 fb29 5a"),
        ("a5a65a5b", "a602a6015b025b01", "a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0400 a602a6015b025b01 c4a4 5a"),
    ],
)
def test_each_escape_stands_on_the_line_as_its_two_bytes_and_is_read_as_one(plain: str, pair: str, wire: str) -> None:
    line, data = bytes.fromhex(wire), bytes.fromhex(plain)
    assert bytes.fromhex(pair) in line
    assert onbon.frame(1, data) == line, "our side writes it"
    assert [frame.data for frame in OnbonReader().feed(line)] == [data], "the card reads it"
    assert onbon.parse(line).data == data, "our side reads it"


def test_answers_stand_on_the_line_to_the_byte() -> None:
    assert ack(0x8000, 1) == ACK
    assert nak(0x8000, 1, 3).hex() == "a5a5a5a5a5a5a5a500800100000000000000fe020500a00103000095205a"
    assert nak(0x8000, 1, 5).hex() == "a5a5a5a5a5a5a5a500800100000000000000fe020500a00105000075215a"
    # the checksum a523 needs an escape
    assert nak(0x8000, 1, 12).hex() == "a5a5a5a5a5a5a5a500800100000000000000fe020500a0010c0000a602235a"
    # so do these addresses
    assert ack(0xA65B, 0x5AA5).hex() == "a5a5a5a5a5a5a5a5" + "5b01a601" + "a6025b02" + ACK.hex()[24:-6] + "78ce5a"


# damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(PING[8:], id="no preamble"),
        pytest.param(PING[:-1], id="no end"),
        pytest.param(PING[:20], id="cut by the next frame"),
        pytest.param(PING[:8] + b"\xa6", id="cut inside an escape"),
        pytest.param(PING[:8] + PING[9:], id="a byte lost"),
        pytest.param(PING[:-3] + b"\x68\xf9\x5a", id="wrong checksum"),
        pytest.param(PREAMBLE + b"\x5a", id="empty"),
        pytest.param(closed(b"\x01\x00"), id="shorter than a header"),
        pytest.param(PREAMBLE + b"\xa6\x03" + PING[8:], id="an escape that does not exist"),
        pytest.param(PING.replace(b"\xa2\x00", b"\xa2\xa6\x03"), id="the same, its checksum right without it"),
        pytest.param(PREAMBLE + b"\x5b\x5a" + PING[8:], id="an end inside an escape"),
        pytest.param(closed(HEADER + b"\x06\x00\xa2\x00\x01\x00\x00"), id="length too large"),
        pytest.param(closed(HEADER + b"\x04\x00\xa2\x00\x01\x00\x00"), id="length too small"),
        pytest.param(closed(HEADER[:-1] + b"\x03\x05\x00\xa2\x00\x01\x00\x00"), id="another version"),
        pytest.param(
            closed(HEADER[:8] + b"\x01" + HEADER[9:] + b"\x05\x00\xa2\x00\x01\x00\x00"), id="another checksum"
        ),
        pytest.param(PREAMBLE + b"\x01" * (LONGEST + 1) + b"\x5a", id="overlong"),
        pytest.param(PREAMBLE + b"\x01" * (LONGEST + 1) + PING[8:], id="overlong, its end like a frame"),
        pytest.param(b"\x00\xff\x5a\x5b\xa6\x01", id="garbage"),
    ],
)
def test_a_damaged_frame_is_passed_over_and_the_next_one_read(damaged: bytes) -> None:
    reader = OnbonReader()
    assert reader.feed(damaged) == []
    assert [frame.data for frame in reader.feed(CLEAR)] == [bytes.fromhex("a310010000")]


@pytest.mark.parametrize("known", KNOWN.values())
def test_no_flipped_bit_passes(known: str) -> None:
    wire = bytes.fromhex(known)
    for index in range(8, len(wire)):
        for bit in range(8):
            damaged = bytearray(wire)
            damaged[index] ^= 1 << bit
            assert OnbonReader().feed(bytes(damaged)) == [], (index, bit)


def test_the_longest_frame_is_read() -> None:
    data = b"\x00" * 0xFFFF
    (found,) = OnbonReader().feed(closed(HEADER + b"\xff\xff" + data))
    assert found.data == data


SHOW = bytes.fromhex("a30601000000 01 1f00") + bytes.fromhex(KNOWN["A001"])[31:-3]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xa2\x06" + SHOW[2:], id="another command"),
        pytest.param(b"\xa3\x10" + SHOW[2:], id="another command of its group"),
        pytest.param(SHOW[:6], id="no count"),
        pytest.param(SHOW[:7], id="no area"),
        pytest.param(SHOW[:6] + b"\x02" + SHOW[7:], id="one area fewer than counted"),
        pytest.param(SHOW[:6] + b"\x00" + SHOW[7:], id="one area more than counted"),
        pytest.param(SHOW[:7] + b"\x20" + SHOW[8:], id="area shorter than its length"),
        pytest.param(SHOW[:7] + b"\x1e" + SHOW[8:], id="area longer than its length"),
        pytest.param(SHOW[:7] + b"\x1a\x00" + b"\x00" * 26, id="area shorter than its fields"),
        pytest.param(SHOW[:9] + b"\x01" + SHOW[10:], id="another kind of area"),
        pytest.param(SHOW[:24] + b"\x01" + SHOW[25:], id="an extension"),
        pytest.param(SHOW[:32] + b"\x03" + SHOW[33:], id="text longer than its length"),
        pytest.param(SHOW[:32] + b"\x05" + SHOW[33:], id="text shorter than its length"),
    ],
)
def test_data_of_another_kind_or_length_is_no_text_to_show(data: bytes) -> None:
    assert [found.text for found in areas_in(SHOW)] == ["A001"]
    with pytest.raises(Unreadable):
        areas_in(data)


# what the card makes of a text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width", "height", "lines"),
    [
        ("N012", 64 | 0x8000, 32, ["N012"]),
        ("N012到3诊", 64 | 0x8000, 32, ["N012到3", "诊"]),
        ("N012到3诊", 72 | 0x8000, 32, ["N012到3诊"]),
        ("N012到3诊", 8, 32, ["N012到3", "诊"]),
        ("N012到3诊室请进", 64 | 0x8000, 16, ["N012到3"]),
        ("一二三四五六七八九", 64 | 0x8000, 40, ["一二三四", "五六七八"]),
        (r"\C1N012\n\C3停诊", 64 | 0x8000, 32, ["N012", "停诊"]),
        (r"\\C1\\n", 64 | 0x8000, 32, [r"\C1\n"]),
        (r"a\C4b", 64 | 0x8000, 32, [r"a\C4b"]),
        ("", 64 | 0x8000, 32, [""]),
        ("室", 8 | 0x8000, 8, ["室"]),
    ],
)
def test_a_text_is_broken_where_the_next_character_has_no_room(
    text: str, width: int, height: int, lines: list[str]
) -> None:
    assert lines_of(area(text, width=width, height=height)) == lines


def test_a_sign_goes_blank_with_its_first_area_that_does() -> None:
    always, soon, late = area(run_mode=0, timeout_seconds=1), *(area(run_mode=2, timeout_seconds=s) for s in (5, 9))
    assert blank_after([always, late, soon]) == 5
    assert blank_after([always]) is None
