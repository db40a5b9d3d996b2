"""A virtual call screen: bytes of its protocol in, answers out, and what stands on it. Pure.

It checks checksums and addresses and answers as a sign of its protocol does. Faults are made on demand: silence,
refusals, answers that are lost. The readers beside it know the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from random import Random

from nightdesk_displays.virtual import modbus_reader, onbon_reader
from nightdesk_displays.virtual.board_reader import BoardReader, BoardState
from nightdesk_displays.virtual.line_reader import LineReader
from nightdesk_displays.virtual.modbus_reader import ModbusReader, Request
from nightdesk_displays.virtual.onbon_reader import CardFrame, OnbonReader, Unreadable
from nightdesk_displays.virtual.pole_reader import PoleReader

REGISTERS = 64
"""So many registers a Modbus sign has; writing beyond them is an illegal address."""
SILENCE_SECONDS = 0.5
"""Seconds of silence that end a Modbus frame. The standard's 3.5 characters are too short for a pseudo-terminal."""
TEST = "TEST 888888"
DROPPED = 0.1
"""Share of answers that are lost with the fault `drop`."""
TO_ANY, TO_ALL = 0xFFFE, 0xFFFF
"""Addresses of Onbon frames that every card takes."""


class SignFault(StrEnum):
    """A fault that a sign shows on demand."""

    SILENT = "silent"
    BUSY = "busy"
    CRC = "crc"
    NO_FONT = "no_font"
    DROP = "drop"


REFUSALS = {
    SignFault.BUSY: onbon_reader.BUSY,
    SignFault.CRC: onbon_reader.BAD_CRC,
    SignFault.NO_FONT: onbon_reader.NO_FONT,
}
"""With which error an Onbon card refuses. A Modbus unit says that it is busy, whichever it is."""


class VirtualSign:
    """A sign of a protocol at an address. `lines` is what stands on it, `frames` how many it took.

    `board` is the newest state of a sign of the protocol `board`, `registers` what a Modbus sign holds.
    """

    def __init__(self, protocol: str, address: int = 1, seed: int = 1) -> None:
        self.protocol = protocol
        self.address = address
        self.lines: list[str] = []
        self.board: BoardState | None = None
        self.registers = [0x20] * REGISTERS
        self.frames = 0
        self.faults: set[SignFault] = set()
        self._blank_in: float | None = None
        self._silent_for = 0.0
        self._chance = Random(seed)
        self._card, self._unit, self._pole = OnbonReader(), ModbusReader(), PoleReader()
        self._device, self._board = LineReader(), BoardReader()
        feeds: dict[str, Callable[[bytes], bytes]] = {
            "onbon": self._feed_onbon,
            "modbus": self._feed_modbus,
            "cd5220": self._feed_pole,
            "ascii": self._feed_ascii,
            "board": self._feed_board,
        }
        self._feed = feeds[protocol]

    def feed(self, received: bytes) -> bytes:
        """Take bytes from the line and return what the sign answers."""
        self._silent_for = 0.0
        answer = self._feed(received)
        lost = SignFault.SILENT in self.faults or (SignFault.DROP in self.faults and self._chance.random() < DROPPED)
        return b"" if lost else answer

    def wait(self, seconds: float) -> bool:
        """Let time pass; whether the sign has gone blank now because no update came (Onbon's run mode 2)."""
        self._silent_for += seconds
        if self._silent_for >= SILENCE_SECONDS:
            self._unit.silence()
        if self._blank_in is None:
            return False
        self._blank_in -= seconds
        if self._blank_in > 0:
            return False
        self._blank()
        return True

    def _blank(self) -> None:
        self._blank_in, self.lines = None, []

    def _refused(self) -> int | None:
        """Return the error of an Onbon card that a fault makes."""
        return next((code for fault, code in REFUSALS.items() if fault in self.faults), None)

    def _feed_onbon(self, received: bytes) -> bytes:
        frames = self._card.feed(received)
        return b"".join(self._obey(frame) for frame in frames if frame.destination in (self.address, TO_ANY, TO_ALL))

    def _obey(self, frame: CardFrame) -> bytes:
        """Do what a frame says and return the answer."""
        if code := self._refused():
            return onbon_reader.nak(frame.source, self.address, code)
        command = frame.data[:2]
        if command == onbon_reader.CLEAR:
            self._blank()
        elif command != onbon_reader.PING:
            try:
                areas = onbon_reader.areas_in(frame.data)
            except Unreadable:
                # none of the errors we know of says this; the sender's bytes are wrong, as with a wrong checksum
                return onbon_reader.nak(frame.source, self.address, onbon_reader.BAD_CRC)
            self._blank_in = onbon_reader.blank_after(areas)
            self.lines = [line for area in areas for line in onbon_reader.lines_of(area)]
            self.frames += 1
        return onbon_reader.ack(frame.source, self.address) if frame.wants_answer else b""

    def _feed_modbus(self, received: bytes) -> bytes:
        answers = []
        for request in self._unit.feed(received):
            if request.unit in (self.address, modbus_reader.BROADCAST):
                answer = self._write(request)
                answers.append(b"" if request.unit == modbus_reader.BROADCAST else answer)
        return b"".join(answers)

    def _write(self, request: Request) -> bytes:
        """Write registers, or refuse to: function, values and address are looked at in the standard's order."""
        if code := self._exception(request):
            return modbus_reader.exception(request, code)
        self.registers[request.first : request.first + request.count] = request.values
        self.frames += 1
        text = "".join(chr(value) if 0x20 <= value < 0x7F else "·" for value in self.registers)
        self.lines = [text.rstrip()]
        if "·" in text:
            # numbers and not letters: what the registers hold
            self.lines.append(" ".join(f"{value:04X}" for value in request.values))
        return modbus_reader.written(request)

    def _exception(self, request: Request) -> int | None:
        if self._refused():
            return modbus_reader.BUSY
        if request.function != modbus_reader.WRITE_REGISTERS:
            return modbus_reader.ILLEGAL_FUNCTION
        if not request.counts_agree:
            return modbus_reader.ILLEGAL_VALUE
        return modbus_reader.ILLEGAL_ADDRESS if request.first + request.count > REGISTERS else None

    def _feed_pole(self, received: bytes) -> bytes:
        self._pole.feed(received)
        self.frames = self._pole.lines_taken // 2
        self.lines = [line.rstrip() for line in self._pole.lines]
        return b""

    def _feed_ascii(self, received: bytes) -> bytes:
        for line in self._device.feed(received):
            self.lines = [line]
            self.frames += 1
        return b""

    def _feed_board(self, received: bytes) -> bytes:
        for state in self._board.feed(received):
            self.board = state
            self.frames += 1
            calls = [f"{call.label} {' '.join(call.room)}" for call in state.calls if call.called]
            self.lines = [TEST] if state.testing else calls
        return b""
