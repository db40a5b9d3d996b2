"""A call screen of software that behaves like a real one, for tests and training: frames in, answers out. Pure.

It checks checksums and addresses, answers as a sign of its protocol does, and knows what stands on it. Faults are
made on demand: silence, refusals, answers that are lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from random import Random

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu.register_message import WriteMultipleRegistersRequest, WriteMultipleRegistersResponse

from nightdesk_displays import asciiline, boardframe, modbus, onbon, pole
from nightdesk_displays.screen_state import ScreenState

REGISTERS = 64
"""So many registers a Modbus sign has; writing beyond them is an illegal address."""
ILLEGAL_ADDRESS = 2
TEST = "TEST 888888"
_COMMANDS = re.compile(r"\\C[123]|\\n|\\\\")
_MEANT = {"\\n": "\n", "\\\\": "\\"}
DOTS_A_LINE, DOTS_A_COLUMN = 16, 8
"""The usual Chinese font: 16 dots high, a Chinese character 16 wide, everything else 8."""
DROPPED = 0.1
"""Share of answers that are lost with the fault `drop`."""


class SignFault(StrEnum):
    """What a sign does wrong on demand."""

    SILENT = "silent"
    BUSY = "busy"
    CRC = "crc"
    NO_FONT = "no_font"
    DROP = "drop"


class VirtualSign:
    """A sign of a protocol at an address. `lines` is what stands on it, `frames` how many it took."""

    def __init__(self, protocol: str, address: int = 1, seed: int = 1) -> None:
        self.protocol = protocol
        self.address = address
        self.lines: list[str] = []
        self.state: ScreenState | None = None
        self.state_at: datetime | None = None
        self.frames = 0
        self.faults: set[SignFault] = set()
        self._blank_in: float | None = None
        self.registers = [0x20] * REGISTERS
        self._chance = Random(seed)
        self._ascii = asciiline.Receiver()
        self._onbon, self._pole, self._board = onbon.Receiver(), pole.Receiver(), boardframe.Receiver()
        self._modbus = modbus.RequestReceiver()
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
        answer = self._feed(received)
        lost = SignFault.SILENT in self.faults or (SignFault.DROP in self.faults and self._chance.random() < DROPPED)
        return b"" if lost else answer

    def wait(self, seconds: float) -> bool:
        """Let time pass; whether the sign has gone blank now because no update came (Onbon's run mode 2)."""
        if self._blank_in is None:
            return False
        self._blank_in -= seconds
        if self._blank_in > 0:
            return False
        self._blank_in, self.lines = None, []
        return True

    def _refused(self) -> int | None:
        """Return the NAK that a fault makes."""
        for fault, code in ((SignFault.BUSY, 3), (SignFault.CRC, 5), (SignFault.NO_FONT, 12)):
            if fault in self.faults:
                return code
        return None

    def _feed_onbon(self, received: bytes) -> bytes:
        out = b""
        for frame in self._onbon.feed(received):
            if frame.destination not in (self.address, 0xFFFE, 0xFFFF):
                continue
            if code := self._refused():
                out += onbon.refusal(frame.source, self.address, code)
                continue
            if frame.data == onbon.CLEAR:
                self._blank_in, self.lines = None, []
            elif frame.data != onbon.PING:
                try:
                    areas = onbon.areas_of(frame.data)
                except onbon.FrameError:
                    out += onbon.refusal(frame.source, self.address, 5)
                    continue
                self._blank_in = _shortest([area for area, _ in areas])
                self.lines = [line for area, text in areas for line in _drawn_in(area, text)]
                self.frames += 1
            out += onbon.ack(frame.source, self.address)
        return out

    def _feed_modbus(self, received: bytes) -> bytes:
        framer, out = FramerRTU(DecodePDU(is_server=True)), b""
        for request in self._modbus.feed(received):
            if request.dev_id == self.address:
                out += framer.buildFrame(self._write(request))
        return out

    def _write(self, request: WriteMultipleRegistersRequest) -> WriteMultipleRegistersResponse | ExceptionResponse:
        if self._refused():
            return ExceptionResponse(0x10, exception_code=6, device_id=self.address)
        end = request.address + len(request.registers)
        if end > REGISTERS:
            return ExceptionResponse(0x10, exception_code=ILLEGAL_ADDRESS, device_id=self.address)
        self.registers[request.address : end] = request.registers
        self.frames += 1
        text = "".join(chr(value) if 0x20 <= value < 0x7F else "·" for value in self.registers)
        self.lines = [text.rstrip()]
        if "·" in text:
            # numbers and not letters: what the registers hold
            self.lines.append(" ".join(f"{value:04X}" for value in request.registers))
        return WriteMultipleRegistersResponse(
            dev_id=self.address, address=request.address, count=len(request.registers)
        )

    def _feed_pole(self, received: bytes) -> bytes:
        self._pole.feed(received)
        self.frames += received.count(pole.CLEAR)
        self.lines = [line.rstrip() for line in self._pole.lines]
        return b""

    def _feed_ascii(self, received: bytes) -> bytes:
        for line in self._ascii.feed(received):
            self.lines = [_decoded(line)]
            self.frames += 1
        return b""

    def _feed_board(self, received: bytes) -> bytes:
        for state, at in self._board.feed(received):
            self.state, self.state_at = state, at
            self.frames += 1
            calls = [f"{call.label} {call.room.zh} {call.room.en}" for call in state.calls if call.called]
            self.lines = [TEST] if state.testing else calls
        return b""


def _decoded(line: bytes) -> str:
    """Return a line in the character set it is in: valid UTF-8 is hardly ever anything else."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace")


def _drawn_in(area: onbon.Area, text: str) -> list[str]:
    """Return the lines a card makes of a text: broken where the next character does not fit, cut below its area."""
    dots = area.width & ~onbon.DOTS_NOT_BYTES if area.width & onbon.DOTS_NOT_BYTES else area.width * 8
    lines = []
    for line in _COMMANDS.sub(lambda found: _MEANT.get(found.group(), ""), text).split("\n"):
        lines.append("")
        for char in line:
            if lines[-1] and _width(lines[-1] + char) * DOTS_A_COLUMN > dots:
                lines.append("")
            lines[-1] += char
    return lines[: max(area.height // DOTS_A_LINE, 1)]


def _shortest(areas: Sequence[onbon.Area]) -> float | None:
    """Return after how many seconds without an update a sign goes blank; None where it never does."""
    blanking = [area.timeout_seconds for area in areas if area.run_mode == onbon.RunMode.BLANK_AFTER_TIMEOUT]
    return min(blanking, default=None)


def _width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)
