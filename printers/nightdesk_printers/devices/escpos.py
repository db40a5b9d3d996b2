"""A printer that speaks ESC/POS, over any link: looked at before each slip, listened to while it prints, asked at
the end.

    DLE EOT 1-4 → refuse on cover, paper, error │ ESC @ · ASB on · the slip · cut · print-complete (or GS r 1)
    → the answer: printed │ a report of trouble, silence, a lost link: a fault, and `settle` finds out what became of it

Nothing counts as printed that the printer has not confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from nightdesk_ports.descriptor import LinkClosed
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Link, Outcome, Progress, Seen, trouble_fault
from nightdesk_printers.devices.escpos_talk import POLL_SECONDS, EscPosTalk, Senses, Timing
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
from nightdesk_printers.layout import Line, Slip, least_mm
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.replies import Answer, Complete, Reply, Status, Trouble
from nightdesk_queue.text.bilingual import Text

VOID_MARK = "*** VOID ***"
VOID: Slip = (Line(Text(zh="以上作废", en="VOID").zh, size=2, bold=True),)
"""Stands below what had come out of a slip that broke off; a marked copy follows."""
PASSING = frozenset({Trouble.HEAD_HOT, Trouble.OFFLINE})
"""Troubles inside a slip after which a printer goes on by itself."""
CONFIRMING = frozenset({Capability.COMPLETE, Capability.ANSWER})
"""What a printer must be able to do for a slip to count as printed."""
STUCK = frozenset({Trouble.CUTTER, Trouble.ERROR})
"""Troubles that may stay until the printer is told to recover, although they were fixed."""


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
        self.renderer = renderer
        self.back_end = renderer.choice.text
        self._talk = EscPosTalk(address, link, timing or Timing(), senses or Senses(), capability)
        self._soonest = 0.0
        """When the slip in hand can be out, by the clock of the conversation: paper moves only so fast."""
        self._answers_too_soon = False
        """Whether it has confirmed a slip that cannot have been out: its answers prove nothing."""

    def look(self) -> Seen:
        """Ask the printer how it is, and what it can confirm if nothing keeps it from printing. Raises DeviceFault."""
        with self._talk.lost_is_broken_off(begun=False):
            status = self._recovered(self._talk.look())
        if self._talk.has_fallen_silent(status):
            raise trouble_fault(self.address, "no_answer", begun=False)
        # what could not be confirmed then may have been a slow start; a new connection is a new chance
        heard_first = self._talk.capability is Capability.NONE and status is not None
        once_more = self._talk.capability is Capability.STATUS and self._talk.fresh
        unsure = (self._talk.capability is None or heard_first or once_more) and not self._answers_too_soon
        if unsure and (status is None or status.trouble is None):
            self._talk.capability = self._probe(status)
            self._talk.fresh = False
        if status is None:
            return Seen(capability=self._talk.capability)
        return Seen(status.trouble, status.paper, self._talk.capability)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Print a slip. Raises DeviceFault."""
        data = self.renderer.render(slip)
        seen = self.look()
        if seen.trouble:
            raise trouble_fault(self.address, seen.trouble, begun=False)
        question = self._new_question()
        reports = b"" if self._talk.capability is Capability.NONE else AUTO_STATUS_ON
        progress.sending()
        self._soonest = self._talk.now() + self._seconds_on_paper(slip)
        self._talk.question, self._talk.confirmed, self._talk.replies = None, False, 0
        with self._talk.lost_is_broken_off():
            self._send(INITIALISE + reports + data, progress.alive)
            if question:
                # only what is heard from here on can be its answer
                self._talk.drain()
                self._talk.question = question
                self._send(question, progress.alive)
            progress.awaiting()
            if question:
                self._await(progress.alive)
            if self._talk.capability not in CONFIRMING:
                self._watch(progress.alive)
        self._talk.question = None
        return Outcome.PRINTED if self._talk.capability in CONFIRMING else Outcome.SENT

    def _watch(self, alive: Callable[[], None]) -> None:
        """See whether trouble shows behind a slip that cannot be confirmed. Raises DeviceFault where it does."""
        talk = self._talk
        if talk.capability is Capability.STATUS:
            talk.listen(talk.timing.watch, lambda: False, alive)
            self._after_unconfirmed(talk.look())
            return
        with suppress(LinkClosed):  # it may close first; whether it took everything is seen at the end
            talk.listen(talk.timing.watch, lambda: False, alive)
        talk.link.finish()
        self.close()

    def _seconds_on_paper(self, slip: Slip) -> float:
        """Return how long a slip takes to come out at least; 0 for a printer whose answers are all believed."""
        fastest = self.renderer.printer.paper_mm_a_second
        return least_mm(slip, self.renderer.printer.paper_mm) / fastest if fastest else 0.0

    def settle(self, *, last: bool) -> bool:
        """Find out what became of a slip that did not end in order, and clear the printer. Raises DeviceFault."""
        if not (last and self._talk.opened):
            self._talk.question, self._talk.confirmed = None, False
        with self._talk.lost_is_broken_off():
            status = self._recovered(self._talk.look())
            if self._talk.has_fallen_silent(status):
                raise trouble_fault(self.address, "no_answer", begun=True)
            if status and status.trouble:
                raise trouble_fault(self.address, status.trouble, begun=True)
            if self._talk.question:
                self._talk.listen(self._talk.timing.settle, lambda: self._talk.confirmed)
            confirmed = self._talk.question is not None and self._talk.confirmed and not self._is_too_soon()
            self._talk.question = None
            if not confirmed and self._talk.link.talks:
                self._bring_back_in_step(status)
        return confirmed

    def _bring_back_in_step(self, status: Status | None) -> None:
        """Let the printer finish whatever broke off, see that it understands again, and mark the paper as void.

        Half a slip may lie in its buffer, and half a command may wait for the rest of its dots: without them it would
        take the head of the copy, where the mark of a copy stands. Raises DeviceFault where it does not answer.
        """
        self._clear()
        self._talk.write(REFILL)
        if self._talk.capability is Capability.COMPLETE:
            mark = self._talk.new_mark()
            if not self._talk.answered(
                ask_complete(mark), lambda reply: reply == Complete(mark), self._talk.timing.printed
            ):
                raise trouble_fault(self.address, "no_answer", begun=True)
        elif self._talk.capability is Capability.ANSWER or not (status or self._talk.capability is Capability.NONE):
            self._outlast_old_answers()
        mark_in_its_own_font = style(1, bold=True, size=2) + VOID_MARK.encode() + FEED_LINE
        self._talk.write(INITIALISE + mark_in_its_own_font + INITIALISE + self.renderer.render(VOID))

    def close(self) -> None:
        """Close the link."""
        self._talk.close()

    # asking ----------------------------------------------------------------------------------------------------

    def _recovered(self, status: Status | None) -> Status | None:
        """Tell a printer to recover that reports an error which may have been fixed; return what it says then."""
        if status is None or status.trouble not in STUCK:
            return status
        self._clear()
        return self._talk.look()

    def _clear(self) -> None:
        self._talk.write(CLEAR_BUFFER)
        self._talk.listen(self._talk.timing.settle / 5, lambda: False)

    def _probe(self, status: Status | None) -> Capability:
        """Find out what the printer can confirm. A clone may print the question; ESC @ takes that back."""
        if not self._talk.link.talks:
            return Capability.NONE
        with self._talk.lost_is_broken_off(begun=False):
            mark = self._talk.new_mark()
            if self._talk.answered(INITIALISE + ask_complete(mark), lambda reply: reply == Complete(mark)):
                return Capability.COMPLETE
            # neither a byte that comes unasked may pass for an answer every time, nor one to another question
            others = [INITIALISE, ask_status(1)] if status is None else [INITIALISE]
            passes = any(self._talk.answered(other, _is_answer, self._talk.timing.reply) for other in others)
            if not passes and self._talk.answered(ASK_PAPER, _is_answer):
                return Capability.ANSWER
        return Capability.STATUS if status else Capability.NONE

    def _outlast_old_answers(self) -> None:
        """Ask once more and read all answers: one to the old slip must not count for the next.

        Raises DeviceFault where none comes.
        """
        seconds = self._talk.timing.printed
        if not self._talk.answered(ASK_PAPER, lambda reply: isinstance(reply, Answer | Complete), seconds):
            raise trouble_fault(self.address, "no_answer", begun=True)
        self._talk.listen(self._talk.timing.settle, lambda: False)
        self._refuse_trouble()

    def _new_question(self) -> bytes | None:
        if self._talk.capability is Capability.COMPLETE:
            return ask_complete(self._talk.new_mark())
        return ASK_PAPER if self._talk.capability is Capability.ANSWER else None

    # printing --------------------------------------------------------------------------------------------------

    def _send(self, data: bytes, alive: Callable[[], None]) -> None:
        rest = data
        moved_at = self._talk.now()
        while rest:
            taken = self._talk.link.write_some(rest, POLL_SECONDS)
            rest = rest[taken:]
            try:
                self._talk.hear(self._talk.link.receive(0.0))
            except LinkClosed:
                if rest or self._talk.question:
                    raise
                return
            self._refuse_trouble()
            alive()
            if taken:
                moved_at = self._talk.now()
            elif self._talk.now() - moved_at > self._talk.timing.stalled:
                raise trouble_fault(self.address, "stalled", begun=True)

    def _await(self, alive: Callable[[], None]) -> None:
        deadline = self._talk.now() + self._talk.timing.printed
        last = deadline + self._talk.timing.passing
        while True:
            self._talk.listen(POLL_SECONDS, lambda: self._talk.confirmed)
            if self._talk.confirmed and self._is_believed():
                return
            self._refuse_trouble()
            alive()
            if self._talk.now() > deadline:
                self._ask_for_trouble(give_up=self._talk.now() > last)
                deadline = self._talk.now() + self._talk.timing.printed / 4

    def _ask_for_trouble(self, *, give_up: bool) -> None:
        """Ask why a slip takes so long; what a printer goes on from by itself is waited for. Raises DeviceFault.

        It is asked and not remembered: an answer that lost a byte can read as an automatic status of a hot head.
        """
        told = self._talk.status
        status = self._talk.look()
        self._after_unconfirmed(status)
        # without real-time replies the automatic status is all there is
        passing = status or told
        waits = passing is not None and passing.trouble in PASSING and not give_up
        if not waits and not self._talk.confirmed:
            raise trouble_fault(self.address, "no_answer", begun=True)

    def _is_believed(self) -> bool:
        """Whether a confirmation stands: one reply to one question, and a printer that says it has paper still.

        An automatic status that has lost its first byte reads as several replies to GS r. Raises DeviceFault for a
        printer that has run out of paper, or for replies that were none; what became of the slip is then unknown. A
        printer that answers sooner than paper moves confirms nothing from here on.
        """
        if self._is_too_soon():
            return True
        if self._talk.question == ASK_PAPER:
            self._talk.listen(self._talk.timing.behind, lambda: self._talk.replies > 1)
            if self._talk.replies > 1:
                self._talk.confirmed, self._talk.question = False, None
                raise trouble_fault(self.address, "no_answer", begun=True)
        if self._talk.realtime:
            status = self._talk.ask_status()
            self._after_unconfirmed(status)
        return self._talk.confirmed

    def _is_too_soon(self) -> bool:
        """Whether the slip was confirmed before it can have been out; such a printer confirms nothing from here on."""
        if not self._talk.confirmed or self._talk.confirmed_at >= self._soonest:
            return False
        self._answers_too_soon = True
        self._talk.capability = Capability.STATUS if self._talk.realtime else Capability.NONE
        return True

    def _after_unconfirmed(self, status: Status | None) -> None:
        if status and status.trouble and status.trouble not in PASSING:
            raise trouble_fault(self.address, status.trouble, begun=True)

    def _refuse_trouble(self) -> None:
        self._after_unconfirmed(self._talk.status)


def _is_answer(reply: Reply) -> bool:
    return isinstance(reply, Answer)
