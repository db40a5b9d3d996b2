"""What every printer can do, what it says when it cannot, and the links bytes go over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from nightdesk_ports.causes import LineCause, cause_of, words_of
from nightdesk_printers.capability import Capability
from nightdesk_printers.layout import Slip
from nightdesk_printers.replies import Paper, Trouble
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text, same


class Outcome(StrEnum):
    """What is known after a slip was handed over: `sent`, or `printed` where the printer itself confirmed it."""

    SENT = "sent"
    PRINTED = "printed"


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

    `begun`: bytes of the slip had left, so some of it may be on paper. `nothing_taken`: they were refused as a whole.
    """

    def __init__(self, code: str, text: Text, *, begun: bool = False, nothing_taken: bool = False) -> None:
        super().__init__(code, text)
        self.begun = begun
        self.nothing_taken = nothing_taken


@dataclass(frozen=True, slots=True)
class Progress:
    """What a device reports of a slip: its first byte is about to leave, all have left, it still takes time."""

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
        """Close the printer; the next use opens it again."""


class Link(Protocol):
    """A way for bytes to a printer and back. Every method may raise one of `causes.LINE_ERRORS` when it is gone."""

    talks: bool
    """Whether anything may come back."""

    def open(self) -> None:
        """Open it. Raises DeviceFault where the link itself can say why not, or one of LINE_ERRORS."""

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
        zh="报告故障；关机再开，仍不行请报修", en="it reports an error; switch it off and on, else have it repaired"
    ),
    Trouble.OFFLINE: Text(zh="脱机；按一下联机键或检查盖子", en="it is offline; press its button or look at the cover"),
    "no_answer": Text(zh="没有回应；检查电源和线", en="it does not answer; check its power and cable"),
    "stalled": Text(
        zh="不再接收数据；检查纸和盖子，或关机再开", en="it takes no more data; check paper and cover, or restart it"
    ),
}
"""What is wrong with a printer that can be reached, and the fix."""
Why: TypeAlias = "BaseException | Text | str"
"""Why a printer cannot be had: an error of the system, words of ours, or a name or a sentence that is not ours."""
_LOOK_AT_IT = Text(zh="{said}；检查电源、网线和地址", en="{said}; check its power, cable and address")
_PRINTER = Text(zh="打印机 {device} {what}", en="printer {device}: {what}")


def trouble_fault(device: str, code: str, *, begun: bool) -> DeviceFault:
    """Return the fault of a printer that can be reached but does not print."""
    return DeviceFault(code, _PRINTER.fill(device=device, what=TROUBLES[code]), begun=begun)


def unreachable(device: str, why: Why) -> DeviceFault:
    """Return the fault of a printer that does not answer at all; no byte has left."""
    words = _in_words(why)
    ours = isinstance(cause_of(why), LineCause) if isinstance(why, BaseException) else isinstance(why, Text)
    if not ours:
        # words that are not ours name no fix
        words = _LOOK_AT_IT.fill(said=words)
    text = Text(zh="打印机 {device} 连不上：{why}", en="printer {device} cannot be reached: {why}")
    return DeviceFault("unreachable", text.fill(device=device, why=words))


def missing(device: str, what: Why) -> DeviceFault:
    """Return the fault of a printer whose device, or a program it needs, is not there."""
    return DeviceFault(
        "missing",
        Text(
            zh="打印机 {device} 不在：没有 {what}；检查电源和连线",
            en="printer {device} is not there: no {what}; check its power and cable",
        ).fill(device=device, what=_in_words(what)),
    )


def broken_off(device: str, why: Why, *, begun: bool = True) -> DeviceFault:
    """Return the fault of a connection that ended, inside a slip where it had begun."""
    return DeviceFault(
        "broken_off",
        Text(
            zh="打印机 {device} 连接中断：{why}；恢复后自动继续",
            en="printer {device} broke off: {why}; the slip is taken up again when it is back",
        ).fill(device=device, why=_in_words(why)),
        begun=begun,
    )


def _in_words(why: Why) -> Text:
    """Return why in both languages; only what a program outside said stays in its own."""
    if isinstance(why, BaseException):
        return words_of(cause_of(why))
    return why if isinstance(why, Text) else same(why)
