"""A wire to a virtual printer in this process, with a clock that only moves while somebody waits, and faults at chosen
moments. Nothing here takes real time, so that every moment can be tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from nightdesk_ports.descriptor import LinkClosed
from nightdesk_printers.virtual import VirtualPrinter


class WireFault(Enum):
    """What may happen when something is written, or when the printer has something to say."""

    LOST_BEFORE = auto()
    """The connection ends, nothing of this gets through."""
    LOST_INSIDE = auto()
    """It ends after half of this."""
    LOST_AFTER = auto()
    """It ends, and all of this got through."""
    SWALLOWED = auto()
    """This is lost, and nobody notices."""
    LATE = auto()
    """An answer comes when the next thing is written, long after it was waited for."""
    LATER = auto()
    """It comes when the thing after the next is written."""
    HEADLESS = auto()
    """An answer has lost its first byte."""
    DOUBLED = auto()
    """An answer comes twice."""
    POWER = auto()
    """The printer is switched off and on again, which ends the connection."""
    PAPER_OUT = auto()
    """The paper ends here."""


WRITTEN = (WireFault.LOST_BEFORE, WireFault.LOST_INSIDE, WireFault.LOST_AFTER, WireFault.POWER, WireFault.PAPER_OUT)
SAID = (
    WireFault.LOST_BEFORE,
    WireFault.SWALLOWED,
    WireFault.LATE,
    WireFault.LATER,
    WireFault.HEADLESS,
    WireFault.DOUBLED,
    WireFault.POWER,
)


class Wire:
    """A link to a virtual printer. `faults`: what goes wrong at which moment, counted from 0; a moment is something
    written or something said. `kinds` lists what each moment so far was.
    """

    talks = True

    def __init__(self, printer: VirtualPrinter, faults: Mapping[int, WireFault]) -> None:
        self.printer = printer
        self.faults = faults
        self.kinds: list[tuple[WireFault, ...]] = []
        self.seconds = 0.0
        self._open = False
        self._writes = 0
        self._late: list[tuple[int, bytes]] = []
        """Answers that are held back, and behind how many things that were written they come."""

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.seconds

    def open(self) -> None:
        """Connect; what was said to nobody comes now, as from a device server that keeps it."""
        self._open = True

    def write_some(self, data: bytes, seconds: float) -> int:
        """Take all of it."""
        self._refuse_closed()
        fault = self._moment(WRITTEN)
        self._writes += 1
        self._lose_power(fault)
        if fault is not WireFault.LOST_BEFORE:
            self._print(data[: len(data) // 2], paper_ends=fault is WireFault.PAPER_OUT)
        if fault not in (WireFault.LOST_BEFORE, WireFault.LOST_INSIDE):
            self._print(data[len(data) // 2 :])
        if fault in (WireFault.LOST_BEFORE, WireFault.LOST_INSIDE, WireFault.LOST_AFTER):
            self._lose()
        return len(data)

    def receive(self, seconds: float) -> bytes:
        """Return what the printer said, else wait."""
        self._refuse_closed()
        said = self.printer.replies()
        if said:
            said = self._said(said)
        due = [data for at, data in self._late if at <= self._writes]
        self._late = [(at, data) for at, data in self._late if at > self._writes]
        said = b"".join(due) + said
        if not said:
            self.seconds += max(seconds, 0.001)
        return said

    def finish(self) -> None:
        """Nothing is thrown away here."""

    def close(self) -> None:
        """Let go."""
        self._open = False

    def _said(self, said: bytes) -> bytes:
        fault = self._moment(SAID)
        self._lose_power(fault)
        if fault is WireFault.LOST_BEFORE:
            self._lose()
        elif fault in (WireFault.LATE, WireFault.LATER):
            self._late.append((self._writes + (1 if fault is WireFault.LATE else 2), said))
        heard = {
            WireFault.SWALLOWED: b"",
            WireFault.LATE: b"",
            WireFault.LATER: b"",
            WireFault.HEADLESS: said[1:],
            WireFault.DOUBLED: said * 2,
        }
        return heard.get(fault, said) if fault else said

    def _moment(self, kinds: tuple[WireFault, ...]) -> WireFault | None:
        fault = self.faults.get(len(self.kinds))
        self.kinds.append(kinds)
        return fault

    def _print(self, data: bytes, *, paper_ends: bool = False) -> None:
        self.printer.receive(data)
        self.printer.work()
        if paper_ends:
            self.printer.paper_taken_out = True
            self.printer.changed()

    def _lose_power(self, fault: WireFault | None) -> None:
        if fault is WireFault.POWER:
            self.printer.power_off()
            self._lose()

    def _lose(self) -> None:
        self._open = False
        raise LinkClosed("the far end has closed")

    def _refuse_closed(self) -> None:
        if not self._open:
            raise LinkClosed("the line is not open")
