"""The checksums of the protocols, bit by bit. Pure.

All three are CRCs that take the lowest bit first. Source of names, parameters and check values: the Catalogue of
parametrised CRC algorithms (reveng.sourceforge.io), entries CRC-16/ARC, CRC-16/MODBUS and CRC-32/ISO-HDLC.
"""

from __future__ import annotations


def crc16_arc(data: bytes) -> int:
    """Return CRC-16/ARC: x^16 + x^15 + x^2 + 1 reversed (a001), from 0000. Onbon cards use it."""
    return _remainder(data, 0xA001, 0x0000)


def crc16_modbus(data: bytes) -> int:
    """Return CRC-16/MODBUS: the same polynomial, from ffff (Modbus over Serial Line 1.02, 6.2.2)."""
    return _remainder(data, 0xA001, 0xFFFF)


def crc32(data: bytes) -> int:
    """Return CRC-32/ISO-HDLC: 04c11db7 reversed (edb88320), from ffffffff, inverted at the end. Board frames use it."""
    return _remainder(data, 0xEDB88320, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _remainder(data: bytes, polynomial: int, crc: int) -> int:
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
    return crc
