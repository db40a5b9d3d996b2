"""Modbus RTU number displays: the present call written into registers, function 16. Pure.

Request and answer on the wire:

    unit 1 | 10 | first register 2 | count 2 | bytes 1 | values 2·count | crc 2        numbers big-endian, crc little
    unit 1 | 10 | first register 2 | count 2 | crc 2          taken
    unit 1 | 90 | code 1 | crc 2                              refused: 1 function, 2 address, 3 value, 4 device ...

Which registers hold what differs by device and stands in `[display.registers]`. pymodbus makes and reads the frames.
Source: Modbus Application Protocol 1.1b3, 6.12 and 7; Modbus over Serial Line 1.02.
"""

from __future__ import annotations

from dataclasses import dataclass

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu.bit_message import (
    WriteMultipleCoilsRequest,
    WriteMultipleCoilsResponse,
    WriteSingleCoilRequest,
    WriteSingleCoilResponse,
)
from pymodbus.pdu.register_message import WriteMultipleRegistersRequest, WriteMultipleRegistersResponse

from nightdesk_displays.room_names import last_digits
from nightdesk_queue.config.device_tables import RegisterField

EXCEPTIONS = {1: "function", 2: "address", 3: "value", 4: "device", 5: "acknowledge", 6: "busy"}
"""Modbus exception codes, 7."""
FUNCTIONS = (0x05, 0x0F, 0x10)
"""What we write by: one coil, several, registers. Each is answered with eight bytes."""
ANSWER_BYTES = 8
EXCEPTION_BYTES = 5
_TAKEN = (WriteMultipleRegistersResponse, WriteSingleCoilResponse, WriteMultipleCoilsResponse)


def write(unit: int, first: int, values: list[int]) -> bytes:
    """Return the frame that writes registers of a unit."""
    request = WriteMultipleRegistersRequest(dev_id=unit, address=first, registers=values)
    wire: bytes = FramerRTU(DecodePDU(is_server=False)).buildFrame(request)
    return wire


def switch(unit: int, coil: int, on: bool, *, function: int = 5) -> bytes:
    """Return the frame that switches a coil of a unit, by function 5, or 15 for relays that know no other."""
    request = (
        WriteMultipleCoilsRequest(dev_id=unit, address=coil, bits=[on])
        if function == 15
        else WriteSingleCoilRequest(dev_id=unit, address=coil, bits=[on])
    )
    wire: bytes = FramerRTU(DecodePDU(is_server=False)).buildFrame(request)
    return wire


def values_of(text: str, field: RegisterField) -> list[int]:
    """Return what stands in a field's registers for a text.

    A number too long for its field keeps its end, which tells it from others; of a text for digits only the last
    group of digits counts.
    """
    if field.as_ in ("value", "bcd"):
        return _digits_of(last_digits(text), field)
    plain = text.encode("ascii", errors="replace").decode()[-characters_of(field) :].ljust(characters_of(field))
    if field.as_ == "packed":
        return [ord(plain[at]) << 8 | ord(plain[at + 1]) for at in range(0, len(plain), 2)]
    return [ord(char) for char in plain]


def characters_of(field: RegisterField) -> int:
    """Return how many characters, or digits, a field holds."""
    return field.length * {"char": 1, "packed": 2, "value": 4, "bcd": 4}[field.as_]


def _digits_of(digits: str, field: RegisterField) -> list[int]:
    kept = digits[-characters_of(field) :]
    if field.as_ == "bcd":
        padded = kept.rjust(4 * field.length, "0")
        return [int(padded[at : at + 4], 16) for at in range(0, 4 * field.length, 4)]
    number = int(kept or 0)
    return [number >> 16 * (field.length - 1 - at) & 0xFFFF for at in range(field.length)]


@dataclass(frozen=True, slots=True)
class Taken:
    """A unit's answer: `error` is None where it took what was written, else the name of its exception."""

    unit: int
    error: str | None


class Receiver:
    """Cuts what comes from the bus into answers; what is damaged is passed over byte by byte."""

    def __init__(self) -> None:
        self._buffer = b""
        self._decoder = DecodePDU(is_server=False)

    def feed(self, received: bytes) -> list[Taken]:
        """Take bytes as they came and return the answers that are now whole."""
        self._buffer += received
        found = []
        while len(self._buffer) >= EXCEPTION_BYTES:
            if self._buffer[1] & 0x7F not in FUNCTIONS:
                self._buffer = self._buffer[1:]
                continue
            size = EXCEPTION_BYTES if self._buffer[1] & 0x80 else ANSWER_BYTES
            if len(self._buffer) < size:
                break
            answer = self._read(self._buffer[:size])
            if answer:
                found.append(answer)
            self._buffer = self._buffer[size if answer else 1 :]
        return found

    def verdict(self, unit: int, received: bytes) -> str | None:
        """Take bytes as they came; return what the newest whole answer of a unit says, as a display's protocol does."""
        verdict = None
        for answer in self.feed(received):
            if answer.unit == unit:
                verdict = "ok" if answer.error is None else f"modbus_{answer.error}"
        return verdict

    def _read(self, frame: bytes) -> Taken | None:
        body, crc = frame[:-2], int.from_bytes(frame[-2:], "big")
        if not FramerRTU.check_CRC(body, crc):
            return None
        pdu = self._decoder.decode(body[1:])
        if isinstance(pdu, ExceptionResponse):
            return Taken(body[0], EXCEPTIONS.get(pdu.exception_code, str(pdu.exception_code)))
        return Taken(body[0], None) if isinstance(pdu, _TAKEN) else None
