"""What every printer can do, what it says when it cannot, and the links bytes go over."""

from __future__ import annotations

import termios
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nightdesk_printers.layout import Slip
from nightdesk_printers.replies import Paper, Trouble
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

LINE_ERRORS = (OSError, termios.error)
"""What a link raises that was pulled out: pyserial's and sockets' errors are OSErrors, termios.error is not."""


class Outcome(StrEnum):
    """What is known after a slip was handed over: `sent`, or `printed` where the printer itself confirmed it."""

    SENT = "sent"
    PRINTED = "printed"


class Capability(StrEnum):
    """What a printer can confirm, best first; found out once and kept."""

    COMPLETE = "print_complete"
    ANSWER = "in_order_answer"
    STATUS = "status_only"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found when a printer was looked at: what keeps it from printing, its paper, what it can confirm.

    `paper` and `capability` are None where the printer has not said so, or cannot.
    """

    trouble: Trouble | None = None
    paper: Paper | None = None
    capability: Capability | None = None


class DeviceFault(Fault):
    """The printer cannot print. `code` says why: a Trouble, unreachable, missing, broken_off, stalled, no_answer.

    `begun`: bytes of the slip had left, so some of it may be on paper.
    """

    def __init__(self, code: str, text: Text, *, begun: bool = False) -> None:
        super().__init__(code, text)
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Progress:
    """Whom a device tells how far a slip is: before its first byte leaves, when all have left, and while it takes
    time.
    """

    sending: Callable[[], None]
    awaiting: Callable[[], None] = lambda: None
    alive: Callable[[], None] = lambda: None


class Device(Protocol):
    """A printer. One worker owns it at a time. `back_end` says how it prints, in words."""

    back_end: Text

    def look(self) -> Seen:
        """See how the printer is, without printing. Raises DeviceFault where it cannot be asked."""

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Print a slip. Raises DeviceFault."""

    def settle(self, *, last: bool) -> bool:
        """After a fault inside a slip: True if it came out after all, False once the printer is ready for it again.

        `last`: the slip is the one this device printed last, so a late answer may be its own. Raises DeviceFault while
        the printer cannot be asked.
        """

    def close(self) -> None:
        """Let the printer go; the next use opens it again."""


class Link(Protocol):
    """A way for bytes to a printer and back. Every method may raise one of LINE_ERRORS when the link is gone."""

    talks: bool
    """Whether anything may come back."""

    def open(self) -> None:
        """Open it. Raises DeviceFault (missing) or one of LINE_ERRORS."""

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken within so many seconds; return how much that was, 0 for nothing."""

    def receive(self, seconds: float) -> bytes:
        """Return what came, waiting at most so many seconds for it."""

    def finish(self) -> None:
        """Behind a slip to a printer that does not answer: see that nothing was thrown away, as far as that can be
        seen.
        """

    def close(self) -> None:
        """Close it; never raises."""


TROUBLES: dict[str, Text] = {
    Trouble.COVER_OPEN: Text(zh="盖子没有关好；请合上", en="its cover is open; close it"),
    Trouble.PAPER_OUT: Text(zh="缺纸；请换纸卷", en="it is out of paper; put in a new roll"),
    Trouble.CUTTER: Text(zh="切刀卡住；打开盖子清除卡纸", en="its cutter is stuck; open the cover and clear the paper"),
    Trouble.HEAD_HOT: Text(zh="打印头过热，冷却后自动继续", en="its head is hot; it goes on by itself once cool"),
    Trouble.ERROR: Text(
        zh="报告故障；关机再开，仍不行请报修", en="it reports an error; switch it off and on, else have it mended"
    ),
    Trouble.OFFLINE: Text(zh="脱机；按一下联机键或检查盖子", en="it is offline; press its button or look at the cover"),
    "no_answer": Text(zh="没有回应；检查电源和线", en="it does not answer; check its power and cable"),
    "stalled": Text(
        zh="不再接收数据；检查纸和盖子，或关机再开", en="it takes no more data; check paper and cover, or restart it"
    ),
}
"""What is wrong with a printer that can be reached, and the mend."""
_PRINTER = Text(zh="打印机 {device} {what}", en="printer {device}: {what}")


def trouble_fault(device: str, code: str, *, begun: bool) -> DeviceFault:
    """Return the fault of a printer that can be reached but does not print."""
    return DeviceFault(code, _PRINTER.fill(device=device, what=TROUBLES[code]), begun=begun)


def unreachable(device: str, error: object) -> DeviceFault:
    """Return the fault of a printer that does not answer at all; no byte has left."""
    return DeviceFault(
        "unreachable",
        Text(
            zh="打印机 {device} 连不上：{error}；检查电源、网线和地址",
            en="printer {device} cannot be reached: {error}; check its power, cable and address",
        ).fill(device=device, error=error),
    )


def missing(device: str, what: object) -> DeviceFault:
    """Return the fault of a printer whose device is not there."""
    return DeviceFault(
        "missing",
        Text(
            zh="打印机 {device} 不在：没有 {what}；检查电源和连线",
            en="printer {device} is not there: no {what}; check its power and cable",
        ).fill(device=device, what=what),
    )


def broken_off(device: str, error: object, *, begun: bool = True) -> DeviceFault:
    """Return the fault of a connection that ended, inside a slip where it had begun."""
    return DeviceFault(
        "broken_off",
        Text(
            zh="打印机 {device} 连接中断：{error}；恢复后自动继续",
            en="printer {device} broke off: {error}; the slip is taken up again when it is back",
        ).fill(device=device, error=error),
        begun=begun,
    )
