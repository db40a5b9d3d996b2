"""The checksums against the catalogue's check values and against other people's code."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from crccheck.crc import CrcArc, CrcModbus
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_displays.virtual.crc import crc16_arc, crc16_modbus, crc32


@pytest.mark.parametrize(
    ("checksum", "of_123456789", "of_nothing"),
    [(crc16_arc, 0xBB3D, 0x0000), (crc16_modbus, 0x4B37, 0xFFFF), (crc32, 0xCBF43926, 0x00000000)],
)
def test_checksums_have_the_catalogues_check_values(
    checksum: Callable[[bytes], int], of_123456789: int, of_nothing: int
) -> None:
    assert checksum(b"123456789") == of_123456789
    assert checksum(b"") == of_nothing


@given(st.binary(max_size=100))
def test_checksums_are_those_of_other_libraries(data: bytes) -> None:
    assert crc16_arc(data) == CrcArc.calc(data)
    assert crc16_modbus(data) == CrcModbus.calc(data)
    assert crc32(data) == zlib.crc32(data)
