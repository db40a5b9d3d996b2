"""What is done with a frame: each message in it is carried out, kept and answered, once.

One transaction holds what a message does and the answer to it. Killed before it, nothing has happened and the sender's
next try does it; killed after it, the next try gets the answer that is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from nightdesk_queue.commands.interface_journal import note_message
from nightdesk_queue.commands.issuing import NAME_LENGTH
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.foreign import Referred
from nightdesk_queue.domain.interface_messages import AnswerCode, MessageKey, NewMessage
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, hl7_journal
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean
from nightdesk_transfers import answers
from nightdesk_transfers.answers import Answer, answers_to
from nightdesk_transfers.carrying_out import carry_out, clinic_of
from nightdesk_transfers.decoding import Contents, Encoding, contents
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
_CUT_OFF = Text(
    zh="消息不完整，没有结束标记；没有执行，请重发",
    en="the message has no end; nothing was done, send it again",
)
_AWAY = Text(
    zh="排队系统暂时不能保存，没有执行；请稍后用同一消息号重发",
    en="the queue cannot be written now and nothing was done; send it again later under the same id",
)

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Message:
    """A message that can be read: its header, what it asks for, and under which key it is kept."""

    header: Header
    key: MessageKey
    text: str
    fields: Fields


class Receiver:
    """Carries messages out for a hospital whose configuration has `[hl7]`. Any thread may use it."""

    def __init__(self, hospital: Hospital, table: Hl7Table, database: Database, now: Now) -> None:
        self._hospital = hospital
        self._table = table
        self._database = database
        self._now = now
        self._zone = ZoneInfo(table.timezone) if table.timezone else hospital.zone
        self._language = hospital.hospital.languages[0]

    def receive(self, frame: Frame, *, refused: Text | None = None) -> list[bytes]:
        """Carry out what a frame holds and return the answers, not framed yet.

        `refused`: why nothing of it may be done now; it is answered and not kept.
        """
        found = contents(frame.content, self._table.charset)
        if frame.oversized:
            refused = _TOO_LONG.fill(n=self._table.max_bytes)
        if not found.messages:
            return self._garbage(found)
        if found.stray:
            self._garbage(found)
        given = [self._one(text, found.encoding, refused) for text in found.messages]
        if not found.batch:
            return [found.encoding.encode(answer) for each in given for answer in each]
        together = "".join(answer for each in given for answer in each)
        return [found.encoding.encode(f"BHS|^~\\&\r{together}BTS|{len(given)}\r")] if together else []

    def cut_off(self, frame: Frame) -> list[bytes]:
        """Answer a frame whose end never came; nothing of it is done, and it is not kept under its id."""
        return self.receive(frame, refused=_CUT_OFF)

    def _one(self, text: str, encoding: Encoding, refused: Text | None) -> list[str]:
        """Carry one message out and return its answers."""
        try:
            fields = Fields.of(text, encoding, self._zone)
            header = header_of(fields, encoding)
            subject = subject_of(fields, header.kind)
        except FAULTS:
            return self._kept_garbage(text, encoding, _UNREADABLE)
        if header.is_answer:
            return []
        if refused is not None:
            return self._told(header, Answer(AnswerCode.REFUSED, refused, self._fault(Code.INTERNAL, "try_again")))
        key = MessageKey(
            header.sender[:LONGEST_SENDER], header.sender_facility[:LONGEST_SENDER], header.control_id, subject
        )
        message = _Message(header, key, text, fields)
        try:
            return self._done(message)
        except Fault as fault:
            LOG.warning("message not carried out, kind=%s cause=%s", "^".join(header.kind), fault.code)
            return self._told(header, Answer(AnswerCode.REFUSED, _AWAY, self._fault(Code.LOCKED, fault.code)))

    def _done(self, message: _Message) -> list[str]:
        """Do what a message asks for and keep it, or keep why not. Raises Fault; nothing has happened then."""
        request: Request | None = None
        try:
            look_at(message.header, self._table)
            kind = message.header.kind
            request = request_of(message.fields, kind, self._hospital, self._table, self._now())
            with self._working(message) as work:
                if (known := hl7_journal.known(work.tx, message.key)) is not None:
                    return list(known.answers)
                referred = carry_out(work, request)
                return self._kept(work, message, Answer(AnswerCode.DONE, referred.text), referred=referred)
        except Rejected as no:
            where = answers.Fault(no.code, no.segment, no.field, no.code.name.lower())
            return self._refused(message, Answer(AnswerCode.REJECTED, no.text, where), request)
        except Refused as no:
            told = _KEEP_PATIENT.fill(why=no.text) if isinstance(request, AboutPatient) else no.text
            answer = Answer(AnswerCode.REFUSED, told, self._fault(Code.INTERNAL, no.code))
            return self._refused(message, answer, request)

    def _refused(self, message: _Message, answer: Answer, request: Request | None) -> list[str]:
        """Keep a message of which nothing was done; another process may have kept it meanwhile."""
        with self._working(message) as work:
            known = hl7_journal.known(work.tx, message.key)
            return list(known.answers) if known else self._kept(work, message, answer, request=request)

    def _kept(
        self,
        work: Work,
        message: _Message,
        answer: Answer,
        *,
        referred: Referred | None = None,
        request: Request | None = None,
    ) -> list[str]:
        told = self._told(message.header, answer, hl7_journal.next_seq(work.tx))
        waits = answer.code is AnswerCode.REFUSED and isinstance(request, AboutPatient)
        new = NewMessage(
            key=message.key,
            kind="^".join(message.header.kind),
            code=answer.code,
            told=answer.told,
            content=message.text,
            answers=tuple(told),
            refusal=answer.fault.ours if answer.fault else None,
            clinic=clinic_of(request) if request else None,
            patient=clean(request.said.name, NAME_LENGTH) if isinstance(request, AboutPatient) else None,
            ticket=referred.ticket.id if referred and referred.ticket else None,
            settled=not waits,
        )
        note_message(work, new)
        LOG.info("message kept, kind=%s code=%s refusal=%s", new.kind, new.code, new.refusal or "-")
        return told

    def _told(self, header: Header, answer: Answer, seq: int | None = None) -> list[str]:
        """Return the answers in words; `seq`: the place of the message in the journal, from which their ids come."""
        now = self._now().astimezone(self._zone)
        base = f"NQ{now:%Y%m%d}{seq:06d}" if seq is not None else f"NQ{now:%Y%m%d%H%M%S%f}"
        return answers_to(header, answer, now, (base, f"{base}A"), self._language)

    def _fault(self, code: Code, ours: str) -> answers.Fault:
        return answers.Fault(code, "PV1", 3, ours) if code is Code.INTERNAL else answers.Fault(code, "MSH", None, ours)

    def _garbage(self, found: Contents) -> list[bytes]:
        return [found.encoding.encode(one) for one in self._kept_garbage(found.stray, found.encoding, _NOT_A_MESSAGE)]

    def _kept_garbage(self, text: str, encoding: Encoding, why: Text) -> list[str]:
        """Keep what is no message, and answer it: somebody at the other end has to be told."""
        header = Header(encoding=replace(encoding, label=""), processing="P")
        fault = answers.Fault(Code.SEGMENT_SEQUENCE, "MSH", None, "no_message")
        answer = Answer(AnswerCode.REJECTED, why, fault)
        told = self._told(header, answer)
        try:
            with working(self._database, self._hospital, self._now(), By.interface("-")) as work:
                new = NewMessage(
                    key=MessageKey("", "", "", ""),
                    kind="",
                    code=AnswerCode.REJECTED,
                    told=why,
                    content=text[:KEPT_OF_GARBAGE],
                    answers=tuple(told),
                    refusal="no_message",
                )
                note_message(work, new)
        except Fault as fault_:
            LOG.warning("garbage not kept, cause=%s", fault_.code)
        return told

    def _working(self, message: _Message) -> working:
        return working(self._database, self._hospital, self._now(), By.interface(message.key.application or "-"))
