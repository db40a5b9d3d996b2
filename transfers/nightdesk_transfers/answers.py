"""Answers: acknowledgements in the original and in the enhanced mode, in the sender's character set. Pure.

Sources: HL7 v2.5.1, 2.9 (modes), 2.14.8 MSA, 2.14.5 ERR; tables 0008, 0155, 0357, 0516.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.domain.interface_messages import AnswerCode
from nightdesk_queue.text.bilingual import Language, Text
from nightdesk_transfers.header import Header
from nightdesk_transfers.rejections import Code

APPLICATION = "NIGHTDESK"
"""How we call ourselves to a sender that does not say whom it means."""
_COMMIT = {AnswerCode.DONE: "CA", AnswerCode.REFUSED: "CE", AnswerCode.REJECTED: "CR"}
_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
TOLD_IN_MSA_BEFORE = "2.5"
"""Versions before this one have no field for words in ERR."""
LONGEST_WORDS = 250
UNKNOWN_ID = "-"
"""MSA-2 of the answer to what has no id; the field may not be empty."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an answer says of an error: HL7's code, where it lies, our code, and words for who reads it."""

    code: Code
    segment: str
    field: int | None
    ours: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: done, refused or rejected, and in which words."""

    code: AnswerCode
    told: Text
    fault: Fault | None = None


def escaped(value: str) -> str:
    """Return a value with HL7's delimiters escaped; no line break is left in it."""
    return "".join(_ESCAPES.get(char, " " if ord(char) < 0x20 else char) for char in value)


def answers_to(header: Header, answer: Answer, now: datetime, ids: tuple[str, str], language: Language) -> list[str]:
    """Return the answers that a sender wants, in order; none where it wants none.

    In the enhanced mode the first says that the message is kept, the second what became of it. A sender that wants the
    first alone is told there what the second would say: nobody waits at the desk for an answer that never comes.
    `ids`: the control ids of the two. `now`: in the sender's zone.
    """
    success = answer.code is AnswerCode.DONE
    if not header.enhanced:
        return [_acknowledgement(header, answer.code, answer, now, ids[0], language)]
    later = header.application is not None and header.application.wants(success=success)
    found = []
    if header.commit is not None and header.commit.wants(success=success or later):
        kept = Answer(AnswerCode.DONE, answer.told) if later else answer
        found.append(_acknowledgement(header, _COMMIT[kept.code], kept, now, ids[0], language))
    if later:
        found.append(_acknowledgement(header, answer.code, answer, now, ids[1], language))
    return found


def _acknowledgement(
    header: Header, code: str, answer: Answer, now: datetime, control_id: str, language: Language
) -> str:
    words = answer.told.of(language if header.encoding.has_chinese else "en")
    told = escaped(words[:LONGEST_WORDS])
    event = header.kind[1]
    msh = [
        "MSH", "^~\\&", escaped(header.receiver or APPLICATION), escaped(header.receiver_facility),
        escaped(header.sender), escaped(header.sender_facility), f"{now:%Y%m%d%H%M%S%z}", "",
        f"ACK^{escaped(event)}^ACK", control_id, header.processing or "P", header.answered_version,
        "", "", "", "", "", escaped(header.encoding.label),
    ]  # fmt: skip
    in_msa = answer.fault is None or header.answered_version < TOLD_IN_MSA_BEFORE
    segments = [_line(msh), _line(["MSA", code, header.control_id or UNKNOWN_ID, told if in_msa else ""])]
    if answer.fault is not None:
        segments.append(_line(_error(header, answer.fault, told)))
    return "".join(f"{segment}\r" for segment in segments)


def _error(header: Header, fault: Fault, told: str) -> list[str]:
    if header.answered_version < TOLD_IN_MSA_BEFORE:
        return ["ERR", f"{fault.segment}^1^{fault.field or ''}^{fault.code.value}&{fault.code.words}&HL70357"]
    where = f"{fault.segment}^1^{fault.field}" if fault.field else f"{fault.segment}^1"
    code = f"{fault.code.value}^{fault.code.words}^HL70357"
    return ["ERR", "", where, code, "E", f"{escaped(fault.ours)}^{escaped(fault.ours)}^L", "", "", told]


def _line(fields: list[str]) -> str:
    return "|".join(fields).rstrip("|")
