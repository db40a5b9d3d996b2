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

from nightdesk_queue.commands.interface_journal import note_message, settle_whom
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
from nightdesk_transfers.answers import APPLICATION, Answer, answers_to
from nightdesk_transfers.carrying_out import carry_out, clinic_of
from nightdesk_transfers.decoding import Encoding, contents
from nightdesk_transfers.fields import FAULTS, Fields
from nightdesk_transfers.framing import Frame
from nightdesk_transfers.header import Header, header_of, look_at
from nightdesk_transfers.rejections import Code, Rejected
from nightdesk_transfers.requests import AboutPatient, Book, Deed, Request, request_of, whom_of

LOG = logging.getLogger("nightdesk")
KEPT_OF_GARBAGE = 2000
"""Characters that the journal keeps of what is no message."""
LONGEST_SENDER = 180
MOST_AT_ONCE = 16
"""So many messages one transaction carries out: a tap at a kiosk waits no longer for it."""
_KEEP_PATIENT = Text(zh="{why}；请患者留在急诊", en="{why}; keep the patient in Emergency")
_NOT_A_MESSAGE = Text(zh="不是 HL7 消息：没有 MSH 段", en="this is no HL7 message: there is no MSH segment")
_UNREADABLE = Text(zh="MSH 段无法读取", en="the MSH segment cannot be read")
_TOO_LONG = Text(zh="消息超过 {n} 字节，不能接收；请缩短", en="the message is longer than {n} bytes; make it shorter")
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
class _Message:
    """A message that can be read: its header, what it asks for or why that can never be, and its key."""

    header: Header
    key: MessageKey
    text: str
    request: Request | Rejected

    @property
    def comes_in(self) -> AboutPatient | None:
        """Whom it sends or registers; None for a message that takes nobody in."""
        match self.request:
            case AboutPatient(Deed.REFER | Deed.REGISTER) as request:
                return request
        return None


@dataclass(frozen=True, slots=True)
class _Garbage:
    """What is no message, and why."""

    text: str
    encoding: Encoding
    why: Text


@dataclass(frozen=True, slots=True)
class _Half:
    """A message without its end: nothing of it may be done, and it is not kept under its id."""

    header: Header
    text: str


_Item: TypeAlias = _Message | _Garbage | _Half


@dataclass(frozen=True, slots=True)
class _Read:
    """A frame that was read: what is in it, and how its answers go back."""

    items: tuple[_Item, ...]
    encoding: Encoding
    batch: bool = False
    file: bool = False

    def sent_back(self, answered: Sequence[Sequence[str]]) -> list[bytes]:
        """Return the answers to each item as they go over the line."""
        told = [answer for each in answered for answer in each]
        if self.batch:
            batch = "".join((f"BHS|^~\\&|{APPLICATION}\r", *told, f"BTS|{len(told)}\r"))
            told = [f"FHS|^~\\&|{APPLICATION}\r{batch}FTS|1\r" if self.file else batch]
        return [self.encoding.encode(answer) for answer in told]


class Receiver:
    """Carries messages out for a hospital whose configuration has `[hl7]`. Any thread may use it."""

    def __init__(self, hospital: Hospital, table: Hl7Table, database: Database, now: Now) -> None:
        self._hospital = hospital
        self._table = table
        self._database = database
        self._now = now
        self._zone = table.zone_or(hospital.zone)
        self._language = hospital.hospital.languages[0]

    def receive(self, frame: Frame) -> list[bytes]:
        """Carry out what a frame holds and return the answers, not framed yet."""
        return self.receive_all([frame])[0]

    def receive_all(self, frames: Sequence[Frame]) -> list[list[bytes]]:
        """Carry out what several frames hold, and return the answers to each.

        Several messages share a transaction, one write to the disk; a message that is refused undoes what it alone has
        done. It never raises: an error that nobody foresaw must not end the listener.
        """
        read = [self._read(frame) for frame in frames]
        items = [item for one in read for item in one.items]
        answered: list[list[str]] = []
        for at in range(0, len(items), MOST_AT_ONCE):
            answered += self._together(items[at : at + MOST_AT_ONCE])
        given = iter(answered)
        return [one.sent_back([next(given) for _ in one.items]) for one in read]

    def _together(self, items: Sequence[_Item]) -> list[list[str]]:
        """Carry some items out in one transaction and return the answers to each; after an error each in its own."""
        try:
            with self._database.transaction() as tx:
                return [self._carried_out(tx, item) for item in items]
        except Fault as fault:
            LOG.warning("messages not carried out, cause=%s", fault.code)
            return [self._away(item, _AWAY, fault.code) for item in items]
        except Exception as error:
            if len(items) > 1:
                return [answers for item in items for answers in self._together([item])]
            LOG.exception("message not carried out, cause=%s", type(error).__name__)
            return [self._away(item, _BROKEN, "internal") for item in items]

    def _read(self, frame: Frame) -> _Read:
        """Read a frame; nothing is refused here but what can never be taken. It never raises."""
        encoding = Encoding("utf-8", "")
        try:
            found = contents(frame.content, self._table.charset)
            encoding = found.encoding
            items: list[_Item] = []
            if found.stray or not (found.messages or found.batch):
                items.append(_Garbage(found.stray, encoding, _NOT_A_MESSAGE))
            for text in found.messages:
                item = self._message(text, encoding, frame)
                items += [item] if item else []
        except Exception as error:
            LOG.exception("frame not read, cause=%s", type(error).__name__)
            return _Read((_Garbage("", encoding, _UNREADABLE),), encoding)
        return _Read(tuple(items), encoding, found.batch, found.file)

    def _message(self, text: str, encoding: Encoding, frame: Frame) -> _Item | None:
        """Read one message; None for an answer, which is not answered."""
        try:
            fields = Fields.of(text, encoding, self._zone)
            header = header_of(fields, encoding)
            whom = whom_of(fields)
        except FAULTS:
            return _Garbage(text, encoding, _UNREADABLE)
        if header.is_answer:
            return None
        if frame.cut_off and not frame.oversized:
            return _Half(header, text)
        sender, facility = header.sender[:LONGEST_SENDER], header.sender_facility[:LONGEST_SENDER]
        key = MessageKey(sender, facility, header.control_id, "^".join(header.kind), whom)
        return _Message(header, key, text, self._request(fields, header, oversized=frame.oversized))

    def _request(self, fields: Fields, header: Header, *, oversized: bool) -> Request | Rejected:
        try:
            look_at(header, self._table)
            if oversized:
                return Rejected(Code.DATA_TYPE, _TOO_LONG.fill(n=self._table.max_bytes))
            return request_of(fields, header.kind, self._hospital, self._table, self._now())
        except Rejected as no:
            return no

    def _carried_out(self, tx: Tx, item: _Item) -> list[str]:
        """Do what an item asks for, keep it with its answers, and return those. Raises Fault."""
        match item:
            case _Message():
                return self._done(tx, item)
            case _Garbage(text, _, why):
                told = self._told(*_answer_to_garbage(item))
                self._keep_nameless(tx, text, told, AnswerCode.REJECTED, why, "no_message")
                return told
            case _Half(header, text):
                told = self._told(header, Answer(AnswerCode.REFUSED, CUT_OFF, _TRY_AGAIN))
                self._keep_nameless(tx, text, told, AnswerCode.REFUSED, CUT_OFF, "cut_off")
                return told

    def _done(self, tx: Tx, message: _Message) -> list[str]:
        """Do what a message asks for and keep it, or keep why not; the same again gets the answers that are kept."""
        if (known := hl7_journal.known(tx, message.key)) is not None:
            return list(known.answers)
        request = message.request
        if isinstance(request, Rejected):
            where = answers.Fault(request.code, request.segment, request.field, request.code.name.lower())
            return self._kept(tx, message, Answer(AnswerCode.REJECTED, request.text, where))
        work = self._work(tx, message)
        try:
            with tx.part():
                referred = carry_out(work, request)
        except Refused as no:
            told = _KEEP_PATIENT.fill(why=no.text) if message.comes_in else no.text
            segment, field = ("SCH", 11) if isinstance(request, Book) else ("PV1", 3)
            fault = answers.Fault(Code.INTERNAL, segment, field, no.code)
            return self._kept(tx, message, Answer(AnswerCode.REFUSED, told, fault))
        if isinstance(request, AboutPatient) and request.deed is not Deed.UPDATE:
            # whatever was refused of this patient before is decided by this
            settle_whom(work, message.key.whom)
        return self._kept(tx, message, Answer(AnswerCode.DONE, referred.text), referred)

    def _kept(self, tx: Tx, message: _Message, answer: Answer, referred: Referred | None = None) -> list[str]:
        told = self._told(message.header, answer, hl7_journal.next_seq(tx))
        request = message.request
        about = request if isinstance(request, AboutPatient) else None
        new = NewMessage(
            key=message.key,
            code=answer.code,
            told=answer.told,
            content=message.text,
            answers=tuple(told),
            refusal=answer.fault.ours if answer.fault else None,
            clinic=None if isinstance(request, Rejected) else clinic_of(request),
            patient=clean(about.said.name, NAME_LENGTH) if about else None,
            ticket=referred.ticket.id if referred and referred.ticket else None,
            settled=message.comes_in is None or answer.code is not AnswerCode.REFUSED,
        )
        work = self._work(tx, message)
        if not new.settled:
            # asked again and refused again: staff decide once
            settle_whom(work, message.key.whom)
        note_message(work, new)
        LOG.info("message kept, kind=%s code=%s refusal=%s", new.key.kind, new.code, new.refusal or "-")
        return told

    def _keep_nameless(self, tx: Tx, text: str, told: Sequence[str], code: AnswerCode, why: Text, refusal: str) -> None:
        """Keep what is no message, or half of one: it is never known again by an id."""
        new = NewMessage(
            key=MessageKey("", "", "", "", ""),
            code=code,
            told=why,
            content=text[:KEPT_OF_GARBAGE],
            answers=tuple(told),
            refusal=refusal,
        )
        note_message(Work(tx, self._hospital, self._now(), By.interface("-")), new)

    def _away(self, item: _Item, why: Text, ours: str) -> list[str]:
        """Return what is answered where nothing could be done: it may be sent again under the same id."""
        if isinstance(item, _Garbage):
            return self._told(*_answer_to_garbage(item))
        told = CUT_OFF if isinstance(item, _Half) else why
        return self._told(item.header, Answer(AnswerCode.REFUSED, told, replace(_TRY_AGAIN, ours=ours)))

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


_TRY_AGAIN = answers.Fault(Code.LOCKED, "MSH", None, "try_again")
"""What a sender may send again under the same id: the code says so in every version."""
