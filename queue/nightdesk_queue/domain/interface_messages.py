"""Messages of another system's interface, as the journal keeps them: what came, what was answered, what it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.text.bilingual import Text


class AnswerCode(StrEnum):
    """What was answered: done, refused by the queue now, never to be sent again so (HL7 table 0008, original mode)."""

    DONE = "AA"
    REFUSED = "AE"
    REJECTED = "AR"


@dataclass(frozen=True, slots=True)
class MessageKey:
    """By what a message is known when it comes again: its sender, its control id, and what it is about.

    `kind` is its type and event, `whom` the visit, booking or person it names: a sender whose control ids begin anew
    after a restart loses nobody.
    """

    application: str
    facility: str
    control_id: str
    kind: str
    whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message that is to be kept with its answer. `answers`: what was sent back, in order; often one message.

    `refusal`: the code of the rule that said no. `told`: the sentence of the answer. `settled`: nobody need look at it.
    `clinic`: the clinic it asked for, `patient`: the name it says, `ticket`: the id of the ticket it was about.
    """

    key: MessageKey
    code: AnswerCode
    told: Text
    content: str
    answers: tuple[str, ...]
    refusal: str | None = None
    clinic: str | None = None
    patient: str | None = None
    ticket: str | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(NewMessage):
    """A message in the journal: `seq` its place, `at` when it came."""

    seq: int
    at: datetime
