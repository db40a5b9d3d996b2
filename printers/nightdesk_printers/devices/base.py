"""What every printer can do, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from nightdesk_printers.layout import Slip
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text

CONNECT_SECONDS = 5.0
WRITE_SECONDS = 30.0
ANSWER_SECONDS = 1.5

ASK_PAPER = b"\x1dr\x01"
"""GS r 1: answered in order with the data, so the answer comes when everything before it was processed."""


class Outcome(StrEnum):
    """What is known after a slip was handed over: `sent`, or `printed` where the printer itself answered behind it."""

    SENT = "sent"
    PRINTED = "printed"


class DeviceFault(Fault):
    """The printer cannot be reached or broke off. `code` is one of unreachable, broken_off, missing."""


class Device(Protocol):
    """A printer. One worker owns it at a time."""

    def print(self, slip: Slip, sending: Callable[[], None]) -> Outcome:
        """Print a slip; call `sending` right before the first byte leaves. Raises DeviceFault."""

    def probe(self) -> Text:
        """Try to reach the printer without printing and say what was found. Raises DeviceFault."""


def is_answer(byte: int) -> bool:
    """Whether a byte from the printer answers GS r (bits 7 and 4 clear), and is not a real-time or automatic status."""
    return byte & 0x90 == 0


def unreachable(device: str, error: object) -> DeviceFault:
    """Return the fault of a printer that does not answer at all; no byte has left."""
    return DeviceFault(
        "unreachable",
        Text(
            zh="打印机 {device} 连不上：{error}；检查电源、网线和地址",
            en="printer {device} cannot be reached: {error}; check its power, cable and address",
        ).fill(device=device, error=error),
    )


def broken_off(device: str, error: object) -> DeviceFault:
    """Return the fault of a connection that ended inside a slip."""
    return DeviceFault(
        "broken_off",
        Text(
            zh="打印机 {device} 打印中断：{error}；恢复后自动补打",
            en="printer {device} broke off inside a slip: {error}; the slip is printed again when it is back",
        ).fill(device=device, error=error),
    )
