"""The header of a message: who sends it to whom, under which id, and which answers they want. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean
from nightdesk_transfers.decoding import Encoding
from nightdesk_transfers.fields import Fields
from nightdesk_transfers.rejections import Code, Rejected

LONGEST_ID = 199
VERSIONS = re.compile(r"2(\.[1-9](\.\d)?)?")
DEFAULT_VERSION = "2.5.1"


class Wish(StrEnum):
    """When an answer is wanted: always, never, on an error, on success (HL7 table 0155)."""

    ALWAYS = "AL"
    NEVER = "NE"
    ERROR = "ER"
    SUCCESS = "SU"

    def wants(self, *, success: bool) -> bool:
        """Whether an answer is wanted for how it went."""
        return self is Wish.ALWAYS or self is (Wish.SUCCESS if success else Wish.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What MSH says. `commit` and `application`: which answers are wanted in the enhanced mode, None in the original.

    Whoever answers an answer would do so for ever, so `is_answer` is known.
    """

    sender: str = ""
    sender_facility: str = ""
    receiver: str = ""
    receiver_facility: str = ""
    kind: tuple[str, str] = ("", "")
    control_id: str = ""
    processing: str = ""
    version: str = DEFAULT_VERSION
    commit: Wish | None = None
    application: Wish | None = None
    encoding: Encoding

    @property
    def enhanced(self) -> bool:
        """Whether the sender asks for the enhanced mode."""
        return self.commit is not None or self.application is not None

    @property
    def answered_version(self) -> str:
        """The version that answers are in: the sender's, or ours where we do not know that one."""
        return self.version if VERSIONS.fullmatch(self.version) else DEFAULT_VERSION

    @property
    def is_answer(self) -> bool:
        """Whether this is an answer and no message."""
        return self.kind[0] in ("ACK", "MCF")


def header_of(fields: Fields, encoding: Encoding) -> Header:
    """Return the header of a message; a field that is not there is empty."""
    value = partial(_plain, fields, "MSH")
    # some senders write the event in EVN-1 alone; where both are there MSH-9 is right
    event = value(9, 2) or _plain(fields, "EVN", 1)
    return Header(
        sender=value(3),
        sender_facility=value(4),
        receiver=value(5),
        receiver_facility=value(6),
        kind=(value(9).upper(), event.upper()),
        control_id="".join(char for char in fields.first("MSH").whole(10) if char.isprintable()),
        processing=value(11).upper(),
        version=value(12) or DEFAULT_VERSION,
        commit=_wish(value(15)),
        application=_wish(value(16)),
        encoding=encoding,
    )


def _plain(fields: Fields, segment: str, field: int, component: int = 1) -> str:
    """Return a value without control characters, which would be commands to whoever's terminal shows it."""
    return clean(fields.value(segment, field, component), LONGEST_ID + 1) or ""


def _wish(written: str) -> Wish | None:
    known = {one.value: one for one in Wish}
    return known.get(written.upper())


_NOT_ALLOWED = Text(zh="系统 {who} 未获准发送到这里", en="the system {who} may not send here")
_NOT_FOR_US = Text(zh="这里不是 {who}", en="this is not {who}")
_NO_ID = Text(zh="没有消息号(MSH-10)", en="MSH-10 is empty: a message needs an id")
_LONG_ID = Text(zh="消息号(MSH-10)太长", en="MSH-10 is too long")
_NO_KIND = Text(zh="没有消息类型(MSH-9)", en="MSH-9 does not say what the message is")
_PROCESSING = Text(zh="只接收正式消息(MSH-11 = P)", en="only production messages are taken (MSH-11 = P)")
_VERSION = Text(zh="不支持版本 {v}，请用 2.x", en="version {v} is not served, use 2.x")


def look_at(header: Header, table: Hl7Table) -> None:
    """Do nothing for a message that may come from this sender to us. Raises Rejected."""
    if not header.kind[0]:
        raise Rejected(Code.REQUIRED_FIELD, _NO_KIND, "MSH", 9)
    if table.accept_from and header.sender not in table.accept_from:
        raise Rejected(Code.TABLE_VALUE, _NOT_ALLOWED.fill(who=header.sender or "-"), "MSH", 3)
    if table.facilities and header.sender_facility not in table.facilities:
        raise Rejected(Code.TABLE_VALUE, _NOT_ALLOWED.fill(who=header.sender_facility or "-"), "MSH", 4)
    if table.receiver and header.receiver and header.receiver not in table.receiver:
        raise Rejected(Code.TABLE_VALUE, _NOT_FOR_US.fill(who=header.receiver), "MSH", 5)
    if not header.control_id:
        raise Rejected(Code.REQUIRED_FIELD, _NO_ID, "MSH", 10)
    if len(header.control_id) > LONGEST_ID:
        raise Rejected(Code.DATA_TYPE, _LONG_ID, "MSH", 10)
    if header.processing not in ("", "P"):
        raise Rejected(Code.PROCESSING, _PROCESSING, "MSH", 11)
    if not VERSIONS.fullmatch(header.version):
        raise Rejected(Code.VERSION, _VERSION.fill(v=header.version), "MSH", 12)
