"""A Modbus unit reads known bytes in any pieces, refuses by the standard's codes, and answers to the byte."""

from __future__ import annotations

import pytest

from nightdesk_displays.virtual.crc import crc16_modbus
from nightdesk_displays.virtual.modbus_reader import ModbusReader, Request
from nightdesk_displays.virtual.sign import SILENCE_SECONDS, SignFault, VirtualSign

KNOWN = bytes.fromhex("01 10 0000 0006 0c 0041 0030 0031 0032 0020 0020 16fe")
WRITTEN = bytes.fromhex("01 10 0000 0006 400b")


def closed(body: str) -> bytes:
    """A body with its checksum."""
    plain = bytes.fromhex(body)
    return plain + crc16_modbus(plain).to_bytes(2, "little")


def test_the_known_request_is_read_and_answered_to_the_byte() -> None:
    assert ModbusReader().feed(KNOWN) == [Request(1, 0x10, 0, 6, bytes.fromhex("004100300031003200200020"))]
    sign = VirtualSign("modbus")
    assert sign.feed(KNOWN) == WRITTEN
    assert sign.registers[:7] == [0x41, 0x30, 0x31, 0x32, 0x20, 0x20, 0x20]
    assert (sign.lines, sign.frames) == (["A012"], 1)


def test_registers_that_hold_no_letters_are_shown_as_numbers() -> None:
    sign = VirtualSign("modbus")
    sign.feed(closed("01 10 0000 0002 04 0012 ABCD"))
    assert sign.lines == ["··", "0012 ABCD"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param("01 03 0000 0002", "01 83 01 80f0", id="reading is no function of a sign"),
        pytest.param("01 06 0000 0041", "01 86 01 83a0", id="nor is writing one register"),
        pytest.param("01 10 003f 0002 04 0041 0042", "01 90 02 cdc1", id="beyond the last register"),
        pytest.param("01 10 ffff 0001 02 0041", "01 90 02 cdc1", id="far beyond"),
        pytest.param("01 10 0000 0000 00", "01 90 03 0c01", id="no register"),
        pytest.param("01 10 0000 0006 04 0041 0030", "01 90 03 0c01", id="fewer bytes than the count says"),
        pytest.param("01 10 0000 0001 04 0041 0030", "01 90 03 0c01", id="more bytes than the count says"),
        pytest.param("01 10 0000 0001 03 004130", "01 90 03 0c01", id="half a register"),
        pytest.param("01 10 0000 007b f6" + " 0041" * 123, "01 90 02 cdc1", id="the most that a request may write"),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_by_its_code_and_writes_nothing(body: str, answer: str) -> None:
    sign = VirtualSign("modbus")
    assert sign.feed(closed(body)) == bytes.fromhex(answer)
    assert (set(sign.registers), sign.frames, sign.lines) == ({0x20}, 0, [])


def test_the_last_register_may_be_written() -> None:
    sign = VirtualSign("modbus")
    assert sign.feed(closed("01 10 003f 0001 02 0041"))[1] == 0x10
    assert sign.registers[63] == 0x41


@pytest.mark.parametrize("fault", [SignFault.BUSY, SignFault.CRC, SignFault.NO_FONT])
def test_a_broken_unit_says_that_it_is_busy(fault: SignFault) -> None:
    sign = VirtualSign("modbus")
    sign.faults = {fault}
    assert sign.feed(KNOWN) == bytes.fromhex("01 90 06 cc02")
    assert sign.lines == []


def test_a_request_to_another_unit_is_passed_over_and_one_to_all_is_obeyed_without_an_answer() -> None:
    sign = VirtualSign("modbus", address=2)
    assert sign.feed(KNOWN) == b""
    assert sign.frames == 0
    assert sign.feed(closed("00 10 0000 0001 02 0041")) == b""
    assert sign.lines == ["A"]


@pytest.mark.parametrize("size", [1, 2, 6, 7, 8, 20])
def test_a_request_that_arrives_in_pieces_is_answered_once_when_it_is_whole(size: int) -> None:
    sign = VirtualSign("modbus")
    stream = KNOWN + KNOWN
    answers = [sign.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    assert b"".join(answers) == WRITTEN + WRITTEN
    assert answers[0] == b""
    assert sign.frames == 2


def test_a_request_whose_numbers_look_too_long_is_read_byte_by_byte() -> None:
    sign = VirtualSign("modbus")
    answers = [sign.feed(bytes([byte])) for byte in closed("01 10 ffff 0001 02 0041")]
    assert b"".join(answers) == bytes.fromhex("01 90 02 cdc1")


def test_a_request_inside_the_values_of_another_is_none() -> None:
    sign = VirtualSign("modbus")
    inner = closed("01 10 0000 0001 02 0042") + b"\x00"
    assert sign.feed(closed("01 10 0000 0006 0c" + inner.hex())) == WRITTEN
    assert sign.frames == 1


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"\xff\x10\x00", id="like a beginning"),
        pytest.param(bytes.fromhex("01 10 0000 0002 04") + b"zz", id="half a frame"),
        pytest.param(KNOWN[:-1] + b"\x00", id="wrong checksum"),
        pytest.param(KNOWN[:5], id="cut"),
        pytest.param(b"\x01\x03\x00", id="half a common request"),
        pytest.param(b"\x01\x10\x00\x00\x00\x7b\xff", id="longer than any frame"),
        pytest.param(b"\x00" * 300, id="zeros"),
        pytest.param(closed("07 10 0000 0001 02 0041"), id="another unit's"),
        pytest.param(closed("01 2b 0e01 00"), id="a function of unknown length"),
    ],
)
def test_a_request_is_read_behind_noise(noise: bytes) -> None:
    sign = VirtualSign("modbus")
    assert sign.feed(noise + KNOWN) == WRITTEN
    assert sign.frames == 1


def test_no_flipped_bit_writes_anything() -> None:
    for index in range(len(KNOWN)):
        for bit in range(8):
            damaged = bytearray(KNOWN)
            damaged[index] ^= 1 << bit
            sign = VirtualSign("modbus")
            assert sign.feed(bytes(damaged)) == b"", (index, bit)
            assert sign.frames == 0


def test_half_a_frame_is_forgotten_after_a_silence_and_not_before() -> None:
    sign = VirtualSign("modbus")
    sign.feed(KNOWN[:9])
    sign.wait(SILENCE_SECONDS * 0.9)
    sign.feed(KNOWN[9:12])
    sign.wait(SILENCE_SECONDS * 0.9)
    assert sign.feed(KNOWN[12:]) == WRITTEN
    # without the silence this would be taken for the beginning of a frame of 250 bytes
    sign.feed(bytes.fromhex("01 10 0000 007a f1"))
    sign.wait(SILENCE_SECONDS * 0.6)
    sign.wait(SILENCE_SECONDS * 0.6)
    assert sign.feed(KNOWN) == WRITTEN
