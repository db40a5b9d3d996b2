"""Which events another system is told of. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.notices import NoticeKind
from nightdesk_queue.text.bilingual import Text

_KINDS = {
    EventKind.CALL: NoticeKind.CALLED,
    EventKind.START: NoticeKind.STARTED,
    EventKind.FINISH: NoticeKind.FINISHED,
    EventKind.MISS: NoticeKind.MISSED,
    EventKind.LAPSE: NoticeKind.LAPSED,
    EventKind.GO_BACK: NoticeKind.SENT_BACK,
}
INTERFACE = "hl7"
"""The station of what the other system does."""
NEWS = timedelta(hours=2)
TOLD_OF = (*_KINDS, EventKind.TRANSFER)
"""Kinds of events that may be told of."""


def notice_kind(event: Event, now: datetime) -> NoticeKind | None:
    """Return what an event is to the other system; None for one that it is not told of.

    A transfer is one only where it leads back to where the patient came from. What the other system did itself is no
    news there, nor is what happened hours ago, while nobody was told.
    """
    if event.station == INTERFACE or now - event.at > NEWS:
        return None
    if event.kind is EventKind.TRANSFER:
        came_from = (event.before or {}).get("origin")
        return NoticeKind.SENT_BACK if event.target is not None and event.target == came_from else None
    return _KINDS.get(event.kind)


def not_parked(event: int) -> Refused:
    """Return the refusal to send a notice again that was not put aside."""
    return Refused("not_parked", Text(zh="通知 {n} 没有被搁置", en="notice {n} is not parked").fill(n=event))
