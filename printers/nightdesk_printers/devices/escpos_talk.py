"""What is said to an ESC/POS printer and heard from it, over any link: questions, answers, and what comes unasked.

It knows one question at a time whose answer says that the slip in hand is out.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from nightdesk_ports.causes import LINE_ERRORS, WriteTimeoutError
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import DeviceFault, Link, broken_off, unreachable
from nightdesk_printers.escpos_commands import ASK_PAPER, ask_complete, ask_status
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

POLL_SECONDS = 0.05
PAPER_END = 0x0C
"""Bits of the answer to GS r 1 that say that there is no paper."""


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


class EscPosTalk:
    """A conversation with one printer. `capability` is what it is known to confirm, None before that was found out."""

    def __init__(self, address: str, link: Link, timing: Timing, senses: Senses, capability: Capability | None) -> None:
        self.address = address
        self.link = link
        self.timing = timing
        self.now = senses.now
        self.new_mark = senses.new_mark
        self.capability = capability
        self.opened = False
        self.fresh = False
        """Whether the connection is new."""
        self.status: Status | None = None
        """What it said of itself last, on this connection."""
        self.realtime = False
        """Whether it has ever answered DLE EOT."""
        self.question: bytes | None = None
        """What was asked behind the slip in hand; its answer says that the slip is out."""
        self.confirmed = False
        self.confirmed_at = 0.0
        """When it was, by this conversation's clock."""
        self.replies = 0
        """How many replies to the question have come; there is one to each."""
        self._parser = ReplyParser()
        self._asks_status = False
        """Whether DLE EOT is being asked: what comes meanwhile answers nothing else."""

    def close(self) -> None:
        """Close the link."""
        self.link.close()
        self.opened = False

    def look(self) -> Status | None:
        """Return what the printer says of itself, None where it says nothing.

        A link that was dropped is opened again.
        """
        if self.opened:
            try:
                return self.ask_status()
            except LINE_ERRORS:
                self.close()
        self._open()
        try:
            return self.ask_status()
        except LINE_ERRORS as error:
            self.close()
            raise broken_off(self.address, error, begun=False) from error

    def has_fallen_silent(self, status: Status | None) -> bool:
        """Whether a printer that has told its status before tells nothing now. Some clones never do but answer GS r."""
        return status is None and (self.realtime or self.capability is Capability.STATUS)

    def ask_status(self) -> Status | None:
        """Ask DLE EOT 1 to 4; return what the answers say, None where none came."""
        if not self.link.talks:
            return None
        self.drain()
        replies: dict[int, int] = {}
        odd: list[Reply] = []
        self._asks_status = True
        try:
            for n in (1, 2, 3, 4):
                if not self.answered(ask_status(n), partial(_keep, replies, n, odd), self.timing.reply):
                    break
        finally:
            self._asks_status = False
        if odd and not replies and self.capability is Capability.ANSWER:
            # it answers DLE EOT with what GS r is answered with: nothing it says can be told apart
            self.capability = Capability.NONE
        self.status = from_replies(replies) if replies else None
        self.realtime = self.realtime or bool(replies)
        return self.status

    def answered(self, question: bytes, is_answer: Callable[[Reply], bool], seconds: float | None = None) -> bool:
        """Ask and wait for an answer, as long as when probing unless told otherwise; whether it came."""
        answers: list[Reply] = []

        def heard(reply: Reply) -> None:
            if is_answer(reply):
                answers.append(reply)

        self.write(question)
        self.listen(self.timing.probe if seconds is None else seconds, lambda: bool(answers), heard=heard)
        return bool(answers)

    def _open(self) -> None:
        try:
            self.link.open()
        except DeviceFault:
            self.link.close()
            raise
        except (*LINE_ERRORS, ValueError) as error:
            self.link.close()
            raise unreachable(self.address, error) from error
        self.opened = self.fresh = True
        self._parser = ReplyParser()
        self.status = None

    def write(self, data: bytes) -> None:
        """Write a few bytes. Raises OSError where they are not taken."""
        deadline = self.now() + self.timing.stalled
        while data:
            data = data[self.link.write_some(data, POLL_SECONDS) :]
            if data and self.now() > deadline:
                raise WriteTimeoutError(f"no byte taken for {self.timing.stalled:.0f} s")

    def drain(self) -> None:
        """Hear what has come already."""
        while received := self.link.receive(0.0):
            self.hear(received)

    def listen(
        self,
        seconds: float,
        enough: Callable[[], bool],
        alive: Callable[[], None] | None = None,
        heard: Callable[[Reply], object] | None = None,
    ) -> None:
        """Read what the printer says until it is enough or the time is over."""
        deadline = self.now() + seconds
        while not enough() and (left := deadline - self.now()) > 0:
            self.hear(self.link.receive(min(left, POLL_SECONDS)), heard)
            if alive:
                alive()
            if not self.link.talks:
                return

    def hear(self, received: bytes, heard: Callable[[Reply], object] | None = None) -> None:
        """Take what came; each reply is told to `heard`, too."""
        for reply in self._parser.feed(received):
            if isinstance(reply, Automatic):
                self.status = reply.status
            elif isinstance(reply, Answer) and reply.byte & PAPER_END:
                # a printer at paper end should be silent; a clone that says so has not printed
                self.status = Status(Trouble.PAPER_OUT, Paper.OUT)
            elif self.question and self._answers(reply):
                self.replies += 1
                if not self.confirmed:
                    self.confirmed, self.confirmed_at = True, self.now()
            if heard:
                heard(reply)

    def _answers(self, reply: Reply) -> bool:
        if isinstance(reply, Complete):
            return self.question == ask_complete(reply.mark)
        return isinstance(reply, Answer) and self.question == ASK_PAPER and not self._asks_status

    @contextmanager
    def lost_is_broken_off(self, *, begun: bool = True) -> Iterator[None]:
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
