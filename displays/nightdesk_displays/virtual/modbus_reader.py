"""What a Modbus RTU unit reads from its bus, and what it answers. Pure.

Numbers big-endian, the checksum (CRC-16/MODBUS over all before it) little-endian:

    unit 1 | 10 | first register 2 | count 2 | bytes 1 | values 2·count | crc 2      write registers
    unit 1 | 01 to 06 | 2 | 2 | crc 2                                                the other common requests
    unit 1 | 10 | first register 2 | count 2 | crc 2                                 answer: written
    unit 1 | function + 80 | code 1 | crc 2                                          answer: refused

Source: Modbus Application Protocol 1.1b3, 6.12 and 7; Modbus over Serial Line 1.02, 2.5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_displays.virtual.crc import crc16_modbus

WRITE_REGISTERS = 0x10
COMMON_FUNCTIONS = range(0x01, 0x07)
"""Reading and writing one by one: their requests are 8 bytes long."""
COMMON_BYTES = 8
HEADER_BYTES = 7
"""Bytes of a request to write before its values; the last one counts the bytes of the values."""
CRC_BYTES = 2
LONGEST = 256
"""Bytes of the longest frame on a serial line (Modbus over Serial Line, 2.5.1)."""
MOST_REGISTERS = 123
"""So many registers one request may write (6.12)."""
BROADCAST = 0
"""A request to this unit is for all, and nobody answers."""
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, BUSY = 1, 2, 3, 6
"""Exception codes (7)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came whole, for any unit. `payload` are the values of a request to write registers."""

    unit: int
    function: int
    first: int
    count: int
    payload: bytes = b""

    @property
    def counts_agree(self) -> bool:
        """Whether there are as many values as the count says, and no more than a request may hold."""
        return 0 < self.count <= MOST_REGISTERS and len(self.payload) == 2 * self.count

    @property
    def values(self) -> list[int]:
        """The values, one a register."""
        pairs = zip(self.payload[::2], self.payload[1::2], strict=False)
        return [high << 8 | low for high, low in pairs]


class ModbusReader:
    """Finds the requests in a stream of bytes. What is damaged is passed over byte by byte.

    A bus marks frames by silence. Pseudo-terminals and TCP keep no such times: length and checksum find the frames.
    """

    def __init__(self) -> None:
        self._held = b""

    def feed(self, received: bytes) -> list[Request]:
        """Take bytes as they came and return the requests that are now whole."""
        held, at, found = self._held + received, 0, []
        while (size := _size(held, at)) is not None and at + size <= len(held):
            request = _checked(held[at : at + size]) if size > 1 else None
            if request:
                found.append(request)
            at += size if request else 1
        self._held = held[at:]
        return found

    def silence(self) -> None:
        """Forget a frame that has begun: the bus was silent for so long that it will not end."""
        self._held = b""


def _size(held: bytes, at: int) -> int | None:
    """Return how long the frame that begins at a place is, 1 where none can, None while that is not known."""
    header = held[at : at + HEADER_BYTES]
    if len(header) < 2:
        return None
    if header[1] in COMMON_FUNCTIONS:
        return COMMON_BYTES
    if header[1] != WRITE_REGISTERS:
        return 1
    if len(header) < HEADER_BYTES:
        return None
    size = HEADER_BYTES + header[-1] + CRC_BYTES
    return size if size <= LONGEST else 1


def _checked(frame: bytes) -> Request | None:
    """Return a frame as a request; None where the checksum is wrong."""
    body, crc = frame[:-CRC_BYTES], frame[-CRC_BYTES:]
    if crc16_modbus(body).to_bytes(CRC_BYTES, "little") != crc:
        return None
    first, count = int.from_bytes(body[2:4], "big"), int.from_bytes(body[4:6], "big")
    return Request(body[0], body[1], first, count, body[HEADER_BYTES:])


def written(request: Request) -> bytes:
    """Return the answer to a request whose values stand in the registers."""
    place = request.first.to_bytes(2, "big") + request.count.to_bytes(2, "big")
    return _wire(bytes([request.unit, request.function]) + place)


def exception(request: Request, code: int) -> bytes:
    """Return the answer to a request that is refused."""
    return _wire(bytes([request.unit, request.function | 0x80, code]))


def _wire(body: bytes) -> bytes:
    return body + crc16_modbus(body).to_bytes(CRC_BYTES, "little")
