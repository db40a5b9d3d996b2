"""Patients and messages of other systems: the ids by which they know a patient, and what they say of one.

A foreign system is the emergency room's, or the hospital's own information system. Its ids mean nothing here but that
the same id is the same visit or the same person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text


@dataclass(frozen=True, slots=True)
class ForeignId:
    """How another system names a patient: the visit's number and the person's, each with who gave it out.

    An assigning authority is empty where the system does not say. At least one number is there.
    """

    visit: str | None
    patient: str | None
    visit_authority: str = ""
    patient_authority: str = ""


@dataclass(frozen=True, slots=True)
class ForeignVisit:
    """A visit of another system as it is known here, and the ticket it has; None where it has none (any more).

    `said_at`: when the newest move that was carried out was said, by the sender's clock. `void_before`: what was said
    earlier than this is taken back; `void_noted_at`: when we heard so, by ours.
    """

    seq: int
    who: ForeignId
    ticket: str | None
    said_at: datetime | None = None
    void_before: datetime | None = None
    void_noted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What another system says of a patient whom it sends, registers or describes.

    `clinic`: where to, `origin`: where from, ids of ours or None. `arrived_at`: since when they have waited there.
    `sent_at`: when it was said, by the sender's clock. `level`: 1 to 4, None where it is not said.
    """

    who: ForeignId
    clinic: str | None = None
    origin: str | None = None
    name: str | None = None
    level: int | None = None
    priority: tuple[str, ...] = ()
    arrived_at: datetime | None = None
    sent_at: datetime | None = None
    extra: bool = False
    """Staff take the patient in beyond hours and quota."""
    arriving: bool = False
    """It tells of an arrival, which follows a transfer: of itself it gives no new number to who was there."""
    unread: tuple[str, ...] = ()
    """Codes of levels that nobody has mapped."""


class Outcome(StrEnum):
    """What became of something that another system said."""

    ISSUED = "issued"
    TRANSFERRED = "transferred"
    CHECKED_IN = "checked_in"
    REJOINED = "rejoined"
    ALREADY_THERE = "already_there"
    UPDATED = "updated"
    NOTHING_NEW = "nothing_new"
    ALARMED = "alarmed"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"
    ALREADY_ENDED = "already_ended"
    UNKNOWN = "unknown"
    VOID = "void"
    OUTDATED = "outdated"
    KEPT = "kept"
    UNKNOWN_BOOKING = "unknown_booking"
    MERGED = "merged"
    BOOKED = "booked"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    IGNORED = "ignored"

    @property
    def text(self) -> Text:
        """The outcome in words for staff here and there; `{number}` is the ticket's."""
        return _TEXTS[self]


_O = Outcome
_TEXTS: dict[Outcome, Text] = {
    _O.ISSUED: Text(zh="已发号 {number}", en="number {number} was given"),
    _O.TRANSFERRED: Text(zh="{number} 已转诊", en="{number} was transferred"),
    _O.CHECKED_IN: Text(zh="{number} 已报到", en="{number} was checked in"),
    _O.REJOINED: Text(zh="{number} 已重新报到", en="{number} waits again"),
    _O.ALREADY_THERE: Text(zh="{number} 已在该门诊，没有改动", en="{number} is there already, nothing was changed"),
    _O.UPDATED: Text(zh="{number} 的资料已更新", en="{number} was updated"),
    _O.NOTHING_NEW: Text(zh="{number} 没有需要更新的内容", en="{number} says so already"),
    _O.ALARMED: Text(
        zh="{number} 为 I/II 级，已向分诊台报警；请立即接回急诊",
        en="{number} is level I or II: staff are alarmed; take the patient back at once",
    ),
    _O.CANCELLED: Text(zh="{number} 已取消", en="{number} was cancelled"),
    _O.TAKEN_BACK: Text(zh="{number} 的转诊已撤回", en="the transfer of {number} was taken back"),
    _O.ALREADY_ENDED: Text(zh="{number} 已结束，没有改动", en="{number} has ended, nothing was changed"),
    _O.UNKNOWN: Text(zh="没有这个就诊号，没有改动", en="this visit is not known, nothing was changed"),
    _O.VOID: Text(
        zh="该消息在到达之前已被撤回，没有执行",
        en="this was taken back before it arrived, nothing was done",
    ),
    _O.OUTDATED: Text(
        zh="{number} 已有更新的消息，没有改动", en="there was a later word about {number}, nothing was changed"
    ),
    _O.KEPT: Text(zh="{number} 已有号，没有改动", en="{number} is a number already, nothing was changed"),
    _O.UNKNOWN_BOOKING: Text(zh="没有这个预约，没有改动", en="this booking is not known, nothing was changed"),
    _O.MERGED: Text(zh="患者号已合并", en="the patient numbers were merged"),
    _O.BOOKED: Text(zh="预约已登记，{number}", en="booked as {number}"),
    _O.BOOKING_CHANGED: Text(zh="预约 {number} 已更改", en="the booking {number} was changed"),
    _O.BOOKING_CANCELLED: Text(zh="预约 {number} 已取消", en="the booking {number} was cancelled"),
    _O.IGNORED: Text(zh="与排队无关，没有改动", en="nothing for the queue, nothing was changed"),
}
_UNREAD = Text(
    zh="{what}；分诊级别代码 {codes} 没有对应，按 IV 级", en="{what}; level code {codes} is not mapped and counts as IV"
)


@dataclass(frozen=True, slots=True)
class Referred:
    """What became of a referral, and the ticket it was about, as it is now."""

    outcome: Outcome
    ticket: Ticket | None = None
    unread: tuple[str, ...] = ()
    """Codes that nobody has mapped."""

    @property
    def text(self) -> Text:
        """The outcome in words, with the codes that could not be read."""
        text = self.outcome.text.fill(number=self.ticket.number if self.ticket else "-")
        return _UNREAD.fill(what=text, codes=", ".join(self.unread)) if self.unread else text
