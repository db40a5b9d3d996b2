"""A printer that speaks ESC/POS, over any link: looked at before each slip, listened to while it prints, asked at
the end.

    DLE EOT 1-4 → refuse on cover, paper, error │ ESC @ · ASB on · the slip · cut · print-complete (or GS r 1)
    → the answer: printed │ a report of trouble, silence, a lost link: a fault, and `settle` finds out what became of it

Nothing counts as printed that the printer has not confirmed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from nightdesk_ports.causes import LINE_ERRORS, WriteTimeoutError
from nightdesk_ports.descriptor import LinkClosed
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import (
    DeviceFault,
    Link,
    Outcome,
    Progress,
    Seen,
    broken_off,
    trouble_fault,
    unreachable,
)
from nightdesk_printers.escpos_commands import (
    ASK_PAPER,
    AUTO_STATUS_ON,
    CLEAR_BUFFER,
    FEED_LINE,
    INITIALISE,
    REFILL,
    ask_complete,
    ask_status,
    style,
)
from nightdesk_printers.layout import Line, Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.replies import (
    Answer,
    Automatic,
    Complete,
    Paper,
    Realtime,
    Reply,
    ReplyParser,
    Status,
    Trouble,
    from_replies,
)
from nightdesk_queue.text.bilingual import Text

POLL_SECONDS = 0.05
VOID_MARK = "*** VOID ***"
VOID: Slip = (Line(Text(zh="以上作废", en="VOID").zh, size=2, bold=True),)
"""Stands below what had come out of a slip that broke off; a marked copy follows."""
PAPER_END = 0x0C
"""Bits of the answer to GS r 1 that say that there is no paper."""
PASSING = frozenset({Trouble.HEAD_HOT, Trouble.OFFLINE})
"""Troubles inside a slip after which a printer goes on by itself."""
STUCK = frozenset({Trouble.CUTTER, Trouble.ERROR})
"""Troubles that may stay until the printer is told to recover, although they were fixed."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds to wait: for a real-time reply, for an answer when probing, for the end of a slip, for a byte to be
    taken, for a late answer after trouble, for trouble to show behind a slip that cannot be confirmed, for more to come
    behind an answer of one byte, and for a trouble that passes by itself."""

    reply: float = 0.6
    probe: float = 1.5
    printed: float = 20.0
    stalled: float = 20.0
    settle: float = 1.5
    watch: float = 0.5
    behind: float = 0.08
    passing: float = 600.0


def new_mark() -> bytes:
    """Return four bytes from 20 to 7e, other ones each time: an answer to an older slip must not count for this one."""
    return bytes(0x21 + secrets.randbelow(0x7E - 0x21) for _ in range(4))


@dataclass(frozen=True, slots=True)
class Senses:
    """What a conversation takes from outside: seconds of a clock that never jumps, and a new mark for each question."""

    now: Callable[[], float] = time.monotonic
    new_mark: Callable[[], bytes] = new_mark


class EscPosPrinter:
    """A printer on a link. `capability` is what was found out at an earlier time, None to find out now."""

    def __init__(
        self,
        address: str,
        link: Link,
        renderer: Renderer,
        timing: Timing | None = None,
        capability: Capability | None = None,
        senses: Senses | None = None,
    ) -> None:
        self.address = address
        senses = senses or Senses()
        self._now = senses.now
        self._new_mark = senses.new_mark
        self.link = link
        self.renderer = renderer
        self.back_end = renderer.choice.text
        self.timing = timing or Timing()
        self.capability = capability
        self._opened = False
        self._parser = ReplyParser()
        self._status: Status | None = None
        self._fresh = False
        """Whether the connection is new."""
        self._realtime = False
        """Whether it has ever answered DLE EOT."""
        self._question: bytes | None = None
        """What was asked behind the slip in hand; its answer says that the slip is out."""
        self._confirmed = False
        self._replies = 0
        """How many replies to the question have come; there is one to each."""
        self._asks_status = False
        """Whether DLE EOT is being asked: what comes meanwhile answers nothing else."""

    def look(self) -> Seen:
        """Ask the printer how it is, and what it can confirm if nothing keeps it from printing. Raises DeviceFault."""
        with self._lost_is_broken_off(begun=False):
            status = self._recovered(self._look())
        if self._has_fallen_silent(status):
            raise trouble_fault(self.address, "no_answer", begun=False)
        # what could not be confirmed then may have been a slow start; a new connection is a new chance
        heard_first = self.capability is Capability.NONE and status is not None
        once_more = self.capability is Capability.STATUS and self._fresh
        if (self.capability is None or heard_first or once_more) and (status is None or status.trouble is None):
            self.capability = self._probe(status)
            self._fresh = False
        if status is None:
            return Seen(capability=self.capability)
        return Seen(status.trouble, status.paper, self.capability)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Print a slip. Raises DeviceFault."""
        data = self.renderer.render(slip)
        seen = self.look()
        if seen.trouble:
            raise trouble_fault(self.address, seen.trouble, begun=False)
        question = self._new_question()
        reports = b"" if self.capability is Capability.NONE else AUTO_STATUS_ON
        progress.sending()
        self._question, self._confirmed, self._replies = None, False, 0
        with self._lost_is_broken_off():
            self._send(INITIALISE + reports + data, progress.alive)
            if question:
                # only what is heard from here on can be its answer
                self._drain()
                self._question = question
                self._send(question, progress.alive)
            progress.awaiting()
            if question:
                self._await(progress.alive)
            elif self.capability is Capability.STATUS:
                self._listen(self.timing.watch, lambda: False, progress.alive)
                self._after_unconfirmed(self._look())
            else:
                with suppress(LinkClosed):  # it may close first; whether it took everything is seen at the end
                    self._listen(self.timing.watch, lambda: False, progress.alive)
                self.link.finish()
                self._opened = self._opened and self.link.talks and self.capability is not Capability.NONE
                if not self._opened:
                    self.close()
        self._question = None
        return Outcome.PRINTED if question else Outcome.SENT

    def settle(self, *, last: bool) -> bool:
        """Find out what became of a slip that did not end in order, and clear the printer. Raises DeviceFault."""
        if not (last and self._opened):
            self._question, self._confirmed = None, False
        with self._lost_is_broken_off():
            status = self._recovered(self._look())
            if self._has_fallen_silent(status):
                raise trouble_fault(self.address, "no_answer", begun=True)
            if status and status.trouble:
                raise trouble_fault(self.address, status.trouble, begun=True)
            if self._question:
                self._listen(self.timing.settle, lambda: self._confirmed)
            confirmed, self._question = self._question is not None and self._confirmed, None
            if not confirmed and self.link.talks:
                self._bring_back_in_step(status)
        return confirmed

    def _bring_back_in_step(self, status: Status | None) -> None:
        """Let the printer finish whatever broke off, see that it understands again, and mark the paper as void.

        Half a slip may lie in its buffer, and half a command may wait for the rest of its dots: without them it would
        take the head of the copy, where the mark of a copy stands. Raises DeviceFault where it does not answer.
        """
        self._write(CLEAR_BUFFER)
        self._listen(self.timing.settle / 5, lambda: False)
        self._write(REFILL)
        if self.capability is Capability.COMPLETE:
            mark = self._new_mark()
            if not self._answered(ask_complete(mark), lambda reply: reply == Complete(mark), self.timing.printed):
                raise trouble_fault(self.address, "no_answer", begun=True)
        elif self.capability is Capability.ANSWER or not (status or self.capability is Capability.NONE):
            self._outlast_old_answers()
        mark_in_its_own_font = style(1, bold=True, size=2) + VOID_MARK.encode() + FEED_LINE
        self._write(INITIALISE + mark_in_its_own_font + INITIALISE + self.renderer.render(VOID))

    def close(self) -> None:
        """Close the link."""
        self.link.close()
        self._opened = False

    # asking ----------------------------------------------------------------------------------------------------

    def _look(self) -> Status | None:
        """Return what the printer says of itself, None where it says nothing.

        A link that was dropped is opened again.
        """
        if self._opened:
            try:
                return self._ask_status()
            except LINE_ERRORS:
                self.close()
        self._open()
        try:
            return self._ask_status()
        except LINE_ERRORS as error:
            self.close()
            raise broken_off(self.address, error, begun=False) from error

    def _recovered(self, status: Status | None) -> Status | None:
        """Tell a printer to recover that reports an error which may have been fixed; return what it says then."""
        if status is None or status.trouble not in STUCK:
            return status
        self._write(CLEAR_BUFFER)
        self._listen(self.timing.settle / 5, lambda: False)
        return self._look()

    def _has_fallen_silent(self, status: Status | None) -> bool:
        """Whether a printer that has told its status before tells nothing now. Some clones never do but answer GS r."""
        return status is None and (self._realtime or self.capability is Capability.STATUS)

    def _ask_status(self) -> Status | None:
        if not self.link.talks:
            return None
        self._drain()
        replies: dict[int, int] = {}
        odd: list[Reply] = []
        self._asks_status = True
        try:
            for n in (1, 2, 3, 4):
                if not self._answered(ask_status(n), partial(_keep, replies, n, odd), self.timing.reply):
                    break
        finally:
            self._asks_status = False
        if odd and not replies and self.capability is Capability.ANSWER:
            # it answers DLE EOT with what GS r is answered with: nothing it says can be told apart
            self.capability = Capability.NONE
        self._status = from_replies(replies) if replies else None
        self._realtime = self._realtime or bool(replies)
        return self._status

    def _probe(self, status: Status | None) -> Capability:
        """Find out what the printer can confirm. A clone may print the question; ESC @ takes that back."""
        if not self.link.talks:
            return Capability.NONE
        with self._lost_is_broken_off(begun=False):
            mark = self._new_mark()
            if self._answered(INITIALISE + ask_complete(mark), lambda reply: reply == Complete(mark)):
                return Capability.COMPLETE
            # a byte that comes unasked would pass for an answer every time
            talks_unasked = self._answered(INITIALISE, lambda reply: isinstance(reply, Answer), self.timing.reply)
            # nor may the answer to another question pass for one
            talks_unasked = talks_unasked or (
                status is None
                and self._answered(ask_status(1), lambda reply: isinstance(reply, Answer), self.timing.reply)
            )
            if not talks_unasked and self._answered(ASK_PAPER, lambda reply: isinstance(reply, Answer)):
                return Capability.ANSWER
        return Capability.STATUS if status else Capability.NONE

    def _answered(self, question: bytes, is_answer: Callable[[Reply], bool], seconds: float | None = None) -> bool:
        """Ask and wait for an answer, as long as when probing unless told otherwise; whether it came."""
        answers: list[Reply] = []

        def heard(reply: Reply) -> None:
            if is_answer(reply):
                answers.append(reply)

        self._write(question)
        self._listen(self.timing.probe if seconds is None else seconds, lambda: bool(answers), heard=heard)
        return bool(answers)

    def _outlast_old_answers(self) -> None:
        """Ask once more and read all answers: one to the old slip must not count for the next.

        Raises DeviceFault where none comes.
        """
        question, mark = ASK_PAPER, self._new_mark()
        if self.capability is Capability.COMPLETE:
            question = ask_complete(mark)
        if not self._answered(question, lambda reply: isinstance(reply, Answer | Complete), self.timing.printed):
            raise trouble_fault(self.address, "no_answer", begun=True)
        self._listen(self.timing.settle, lambda: False)
        self._refuse_trouble()

    def _new_question(self) -> bytes | None:
        if self.capability is Capability.COMPLETE:
            return ask_complete(self._new_mark())
        return ASK_PAPER if self.capability is Capability.ANSWER else None

    # printing --------------------------------------------------------------------------------------------------

    def _send(self, data: bytes, alive: Callable[[], None]) -> None:
        rest = data
        moved_at = self._now()
        while rest:
            taken = self.link.write_some(rest, POLL_SECONDS)
            rest = rest[taken:]
            try:
                self._hear(self.link.receive(0.0))
            except LinkClosed:
                if rest or self._question:
                    raise
                return
            self._refuse_trouble()
            alive()
            if taken:
                moved_at = self._now()
            elif self._now() - moved_at > self.timing.stalled:
                raise trouble_fault(self.address, "stalled", begun=True)

    def _await(self, alive: Callable[[], None]) -> None:
        deadline = self._now() + self.timing.printed
        last = deadline + self.timing.passing
        while not self._confirmed:
            self._listen(POLL_SECONDS, lambda: self._confirmed)
            if self._confirmed and self._is_believed():
                return
            self._refuse_trouble()
            alive()
            if self._now() > deadline:
                self._ask_for_trouble(give_up=self._now() > last)
                deadline = self._now() + self.timing.printed / 4

    def _ask_for_trouble(self, *, give_up: bool) -> None:
        """Ask why a slip takes so long; what a printer goes on from by itself is waited for. Raises DeviceFault.

        It is asked and not remembered: an answer that lost a byte can read as an automatic status of a hot head.
        """
        told = self._status
        status = self._look()
        self._after_unconfirmed(status)
        # without real-time replies the automatic status is all there is
        passing = status or told
        waits = passing is not None and passing.trouble in PASSING and not give_up
        if not waits and not self._confirmed:
            raise trouble_fault(self.address, "no_answer", begun=True)

    def _is_believed(self) -> bool:
        """Whether a confirmation stands: one reply to one question, and a printer that says it has paper still.

        An automatic status that has lost its first byte reads as several replies to GS r. Raises DeviceFault for a
        printer that has run out of paper, or for replies that were none; what became of the slip is then unknown.
        """
        if self._question == ASK_PAPER:
            self._listen(self.timing.behind, lambda: self._replies > 1)
            if self._replies > 1:
                self._confirmed, self._question = False, None
                raise trouble_fault(self.address, "no_answer", begun=True)
        if self._realtime:
            status = self._ask_status()
            self._after_unconfirmed(status)
        return self._confirmed

    def _after_unconfirmed(self, status: Status | None) -> None:
        if status and status.trouble and status.trouble not in PASSING:
            raise trouble_fault(self.address, status.trouble, begun=True)

    def _refuse_trouble(self) -> None:
        self._after_unconfirmed(self._status)

    # the link --------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            self.link.open()
        except DeviceFault:
            self.link.close()
            raise
        except (*LINE_ERRORS, ValueError) as error:
            self.link.close()
            raise unreachable(self.address, error) from error
        self._opened = self._fresh = True
        self._parser = ReplyParser()
        self._status = None

    def _write(self, data: bytes) -> None:
        """Write a few bytes. Raises OSError where they are not taken."""
        deadline = self._now() + self.timing.stalled
        while data:
            data = data[self.link.write_some(data, POLL_SECONDS) :]
            if data and self._now() > deadline:
                raise WriteTimeoutError(f"no byte taken for {self.timing.stalled:.0f} s")

    def _drain(self) -> None:
        while received := self.link.receive(0.0):
            self._hear(received)

    def _listen(
        self,
        seconds: float,
        enough: Callable[[], bool],
        alive: Callable[[], None] | None = None,
        heard: Callable[[Reply], object] | None = None,
    ) -> None:
        """Read what the printer says until it is enough or the time is over."""
        deadline = self._now() + seconds
        while not enough() and (left := deadline - self._now()) > 0:
            self._hear(self.link.receive(min(left, POLL_SECONDS)), heard)
            if alive:
                alive()
            if not self.link.talks:
                return

    def _hear(self, received: bytes, heard: Callable[[Reply], object] | None = None) -> None:
        for reply in self._parser.feed(received):
            if isinstance(reply, Automatic):
                self._status = reply.status
            elif isinstance(reply, Answer) and reply.byte & PAPER_END:
                # a printer at paper end should be silent; a clone that says so has not printed
                self._status = Status(Trouble.PAPER_OUT, Paper.OUT)
            elif self._question and self._answers(reply):
                self._replies += 1
                self._confirmed = True
            if heard:
                heard(reply)

    def _answers(self, reply: Reply) -> bool:
        if isinstance(reply, Complete):
            return self._question == ask_complete(reply.mark)
        return isinstance(reply, Answer) and self._question == ASK_PAPER and not self._asks_status

    @contextmanager
    def _lost_is_broken_off(self, *, begun: bool = True) -> Iterator[None]:
        """Turn the loss of the link into a fault, inside a slip or before it.

        A link that is lost in a look inside a slip, and cannot be opened again, is a fault of the slip as well.
        """
        try:
            yield
        except DeviceFault as fault:
            fault.begun = fault.begun or begun
            raise
        except LINE_ERRORS as error:
            self.close()
            raise broken_off(self.address, error, begun=begun) from error


def _keep(replies: dict[int, int], n: int, odd: list[Reply], reply: Reply) -> bool:
    """Keep the reply to one DLE EOT; whether it is one. `odd`: what came instead."""
    if isinstance(reply, Realtime):
        replies[n] = reply.byte
    elif isinstance(reply, Answer):
        odd.append(reply)
    return isinstance(reply, Realtime)
