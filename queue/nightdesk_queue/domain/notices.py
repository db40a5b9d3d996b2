"""Notices to another system of what becomes of a patient it has sent: each of one event, sent once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.foreign import ForeignId
from nightdesk_queue.text.bilingual import Text


class NoticeKind(StrEnum):
    """What has become of a patient."""

    CALLED = "called"
    STARTED = "started"
    FINISHED = "finished"
    MISSED = "missed"
    LAPSED = "lapsed"
    SENT_BACK = "sent_back"

    @property
    def text(self) -> Text:
        """The kind in words."""
        return _TEXTS[self]


_TEXTS = {
    NoticeKind.CALLED: Text(zh="已呼叫", en="called"),
    NoticeKind.STARTED: Text(zh="开始就诊", en="started"),
    NoticeKind.FINISHED: Text(zh="完成", en="finished"),
    NoticeKind.MISSED: Text(zh="过号", en="missed"),
    NoticeKind.LAPSED: Text(zh="作废", en="lapsed"),
    NoticeKind.SENT_BACK: Text(zh="转回", en="sent back"),
}


class NoticeState(StrEnum):
    """Where a notice is: to be sent, taken by the other system, or put aside after too many refusals."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"

    @property
    def text(self) -> Text:
        """The state in words."""
        return _STATES[self]


_STATES = {
    NoticeState.QUEUED: Text(zh="待发", en="to be sent"),
    NoticeState.SENT: Text(zh="已发", en="sent"),
    NoticeState.PARKED: Text(zh="搁置", en="parked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice: `event` is the seq of what it tells of, and its name; `visit` the seq of the foreign visit.
    `clinic`: where the patient is by then.

    `refusals`: how often the other system said no, `told`: in which words. `at`: when it happened.
    """

    event: int
    visit: int
    who: ForeignId
    ticket: str
    number: str
    clinic: str
    kind: NoticeKind
    at: datetime
    state: NoticeState = NoticeState.QUEUED
    refusals: int = 0
    told: str | None = None
