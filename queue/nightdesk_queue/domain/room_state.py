"""Whether a room is at work tonight: opened, paused or closed by staff, and when something last happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.text.bilingual import Text


class RoomUse(StrEnum):
    """What staff have said of a room."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"

    @property
    def text(self) -> Text:
        """The use in words for staff."""
        return _TEXTS[self]


_TEXTS = {
    RoomUse.OPEN: Text(zh="开诊", en="open"),
    RoomUse.PAUSED: Text(zh="暂停", en="paused"),
    RoomUse.CLOSED: Text(zh="已下班", en="closed"),
}


@dataclass(frozen=True, slots=True)
class RoomState:
    """One room. `until`: when a pause ends by itself, None for one without an end. `active_at`: the last call from it,
    or the end of what was called, None before the first;
    `active_by`: who made that call."""

    room: str
    use: RoomUse
    until: datetime | None
    active_at: datetime | None
    changed_at: datetime
    active_by: str | None = None

    def use_at(self, now: datetime) -> RoomUse:
        """Return the use at a moment: a pause ends by itself."""
        if self.use is RoomUse.PAUSED and self.until is not None and self.until <= now:
            return RoomUse.OPEN
        return self.use
