"""What is done with a frame: each message in it is carried out, kept and answered, once.

One transaction holds what messages do and the answers to them. Killed before it, nothing has happened and the sender's
next try does it; killed after it, the next try gets the answer that is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from nightdesk_queue.commands.interface_journal import note_message
from nightdesk_queue.commands.issuing import NAME_LENGTH
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.foreign import Referred
from nightdesk_queue.domain.interface_messages import AnswerCode, MessageKey, NewMessage
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, Tx, hl7_journal
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean
from nightdesk_transfers import answers
from nightdesk_transfers.answers import Answer, answers_to
from nightdesk_transfers.carrying_out import carry_out, clinic_of
from nightdesk_transfers.decoding import Encoding, contents
from nightdesk_transfers.fields import FAULTS, Fields
from nightdesk_transfers.framing import Frame
from nightdesk_transfers.header import Header, header_of, look_at
from nightdesk_transfers.rejections import Code, Rejected
from nightdesk_transfers.requests import AboutPatient, Request, request_of, subject_of

LOG = logging.getLogger("nightdesk")
KEPT_OF_GARBAGE = 2000
"""Characters that the journal keeps of what is no message."""
LONGEST_SENDER = 180
_KEEP_PATIENT = Text(zh="{why}；请患者留在急诊", en="{why}; keep the patient in Emergency")
_NOT_A_MESSAGE = Text(zh="不是 HL7 消息：没有 MSH 段", en="this is no HL7 message: there is no MSH segment")
_UNREADABLE = Text(zh="MSH 段无法读取", en="the MSH segment cannot be read")
_TOO_LONG = Text(zh="消息超过 {n} 字节", en="the message is longer than {n} bytes")
CUT_OFF = Text(
    zh="消息不完整，没有结束标记；没有执行，请重发",
    en="the message has no end; nothing was done, send it again",
)
_AWAY = Text(
    zh="排队系统暂时不能保存，没有执行；请稍后用同一消息号重发",
    en="the queue cannot be written now and nothing was done; send it again later under the same id",
)

_BROKEN = Text(
    zh="程序出错，没有执行；请稍后用同一消息号重发，并通知信息科",
    en="something unforeseen failed and nothing was done; send it again later under the same id, and tell IT",
)

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame that has come. `refused`: why nothing of it may be done; that is answered, and not kept."""

    frame: Frame
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """A message that can be read: its header, what it asks for or why that can never be, and its key."""

    header: Header
    key: MessageKey
    text: str
    request: Request | Rejected


@dataclass(frozen=True, slots=True)
class _Garbage:
    """What is no message, and why."""

    text: str
    encoding: Encoding
    why: Text


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A message of which nothing may be done."""

    header: Header
    why: Text


_Item: TypeAlias = _Message | _Garbage | _Refusal


@dataclass(frozen=True, slots=True)
class _Read:
    """A frame that was read: what is in it, and how its answers go back."""

    items: tuple[_Item, ...]
    encoding: Encoding
    batch: bool

    def sent_back(self, answered: Sequence[Sequence[str]]) -> list[bytes]:
        """Return the answers to each item as they go over the line."""
        told = [answer for each in answered for answer in each]
        if self.batch and told:
            told = ["".join(("BHS|^~\\&\r", *told, f"BTS|{len(self.items)}\r"))]
        return [self.encoding.encode(answer) for answer in told]


class Receiver:
    """Carries messages out for a hospital whose configuration has `[hl7]`. Any thread may use it."""

    def __init__(self, hospital: Hospital, table: Hl7Table, database: Database, now: Now) -> None:
        self._hospital = hospital
        self._table = table
        self._database = database
        self._now = now
        self._zone = ZoneInfo(table.timezone) if table.timezone else hospital.zone
        self._language = hospital.hospital.languages[0]

    def receive(self, frame: Frame) -> list[bytes]:
        """Carry out what a frame holds and return the answers, not framed yet."""
        return self.receive_all([Arrived(frame)])[0]

    def receive_all(self, arrived: Sequence[Arrived]) -> list[list[bytes]]:
        """Carry out what several frames hold, in one transaction, and return the answers to each.

        A message that is refused undoes what it alone has done. An error that nobody foresaw must not cost the other
        senders theirs: then each frame has a transaction of its own.
        """
        read = [self._read(one) for one in arrived]
        try:
            with self._database.transaction() as tx:
                answered = [[self._carried_out(tx, item) for item in one.items] for one in read]
        except Fault as fault:
            LOG.warning("messages not carried out, cause=%s", fault.code)
            answered = [[self._away(item, _AWAY, Code.LOCKED, fault.code) for item in one.items] for one in read]
        except Exception as error:
            if len(arrived) > 1:
                return [found for one in arrived for found in self.receive_all([one])]
            LOG.exception("message not carried out, cause=%s", type(error).__name__)
            answered = [[self._away(item, _BROKEN, Code.INTERNAL, "internal") for item in one.items] for one in read]
        return [one.sent_back(each) for one, each in zip(read, answered, strict=True)]

    def _read(self, arrived: Arrived) -> _Read:
        """Read a frame; nothing is refused here but what can never be taken."""
        frame = arrived.frame
        found = contents(frame.content, self._table.charset)
        refused = _TOO_LONG.fill(n=self._table.max_bytes) if frame.oversized else arrived.refused
        items: list[_Item] = []
        if found.stray or not found.messages:
            items.append(_Garbage(found.stray, found.encoding, _NOT_A_MESSAGE))
        for text in found.messages:
            item = self._message(text, found.encoding, refused)
            items += [item] if item else []
        return _Read(tuple(items), found.encoding, found.batch)

    def _message(self, text: str, encoding: Encoding, refused: Text | None) -> _Item | None:
        """Read one message; None for an answer, which is not answered."""
        try:
            fields = Fields.of(text, encoding, self._zone)
            header = header_of(fields, encoding)
            subject = subject_of(fields, header.kind)
        except FAULTS:
            return _Garbage(text, encoding, _UNREADABLE)
        if header.is_answer:
            return None
        if refused is not None:
            return _Refusal(header, refused)
        request: Request | Rejected
        try:
            look_at(header, self._table)
            request = request_of(fields, header.kind, self._hospital, self._table, self._now())
        except Rejected as no:
            request = no
        sender, facility = header.sender[:LONGEST_SENDER], header.sender_facility[:LONGEST_SENDER]
        return _Message(header, MessageKey(sender, facility, header.control_id, subject), text, request)

    def _carried_out(self, tx: Tx, item: _Item) -> list[str]:
        """Do what an item asks for, keep it with its answers, and return those. Raises Fault."""
        match item:
            case _Message():
                return self._done(tx, item)
            case _Garbage():
                return self._kept_garbage(tx, item)
            case _Refusal(header, why):
                return self._told(header, Answer(AnswerCode.REFUSED, why, _fault(Code.INTERNAL, "try_again")))

    def _done(self, tx: Tx, message: _Message) -> list[str]:
        """Do what a message asks for and keep it, or keep why not; the same again gets the answers that are kept."""
        if (known := hl7_journal.known(tx, message.key)) is not None:
            return list(known.answers)
        request = message.request
        if isinstance(request, Rejected):
            where = answers.Fault(request.code, request.segment, request.field, request.code.name.lower())
            return self._kept(tx, message, Answer(AnswerCode.REJECTED, request.text, where))
        try:
            with tx.part():
                referred = carry_out(self._work(tx, message), request)
        except Refused as no:
            told = _KEEP_PATIENT.fill(why=no.text) if isinstance(request, AboutPatient) else no.text
            return self._kept(tx, message, Answer(AnswerCode.REFUSED, told, _fault(Code.INTERNAL, no.code)))
        return self._kept(tx, message, Answer(AnswerCode.DONE, referred.text), referred)

    def _kept(self, tx: Tx, message: _Message, answer: Answer, referred: Referred | None = None) -> list[str]:
        told = self._told(message.header, answer, hl7_journal.next_seq(tx))
        request = message.request
        about = request if isinstance(request, AboutPatient) else None
        new = NewMessage(
            key=message.key,
            kind="^".join(message.header.kind),
            code=answer.code,
            told=answer.told,
            content=message.text,
            answers=tuple(told),
            refusal=answer.fault.ours if answer.fault else None,
            clinic=None if isinstance(request, Rejected) else clinic_of(request),
            patient=clean(about.said.name, NAME_LENGTH) if about else None,
            ticket=referred.ticket.id if referred and referred.ticket else None,
            settled=about is None or answer.code is not AnswerCode.REFUSED,
        )
        note_message(self._work(tx, message), new)
        LOG.info("message kept, kind=%s code=%s refusal=%s", new.kind, new.code, new.refusal or "-")
        return told

    def _kept_garbage(self, tx: Tx, garbage: _Garbage) -> list[str]:
        """Keep what is no message, and answer it: somebody at the other end has to be told."""
        told = self._told(*_answer_to_garbage(garbage))
        new = NewMessage(
            key=MessageKey("", "", "", ""),
            kind="",
            code=AnswerCode.REJECTED,
            told=garbage.why,
            content=garbage.text[:KEPT_OF_GARBAGE],
            answers=tuple(told),
            refusal="no_message",
        )
        note_message(Work(tx, self._hospital, self._now(), By.interface("-")), new)
        return told

    def _away(self, item: _Item, why: Text, code: Code, ours: str) -> list[str]:
        """Return what is answered where nothing could be done: it may be sent again under the same id."""
        if isinstance(item, _Garbage):
            return self._told(*_answer_to_garbage(item))
        told = item.why if isinstance(item, _Refusal) else why
        return self._told(item.header, Answer(AnswerCode.REFUSED, told, _fault(code, ours)))

    def _told(self, header: Header, answer: Answer, seq: int | None = None) -> list[str]:
        """Return the answers in words; `seq`: the place of the message in the journal, from which their ids come."""
        now = self._now().astimezone(self._zone)
        base = f"NQ{now:%Y%m%d}{seq:06d}" if seq is not None else f"NQ{now:%y%m%d%H%M%S%f}"
        return answers_to(header, answer, now, (base, f"{base}A"), self._language)

    def _work(self, tx: Tx, message: _Message) -> Work:
        """Return the work of one message: its events are one act."""
        return Work(tx, self._hospital, self._now(), By.interface(message.key.application or "-"))


def _answer_to_garbage(garbage: _Garbage) -> tuple[Header, Answer]:
    header = Header(encoding=replace(garbage.encoding, label=""), processing="P")
    fault = answers.Fault(Code.SEGMENT_SEQUENCE, "MSH", None, "no_message")
    return header, Answer(AnswerCode.REJECTED, garbage.why, fault)


def _fault(code: Code, ours: str) -> answers.Fault:
    return answers.Fault(code, "PV1", 3, ours) if code is Code.INTERNAL else answers.Fault(code, "MSH", None, ours)
