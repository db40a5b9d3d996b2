"""Pages: a doctor on call who was asked to come for a ticket."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.records import Record


class PostState(StrEnum):
    """How far the HTTP post of a page's newest round is."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"


class Page(Record):
    """One page. `rounds` counts how often it went out, the first time included; `closed_by` who or what ended it.

    `resting`: nobody has answered it, and its patient is away for an examination; it goes out again when they are back.
    `post_state` is None where the clinic names no address to post to.
    """

    id: int
    ticket: str
    number: str
    clinic: str
    at: datetime
    rounds: int
    last_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    post_state: PostState | None = None
    post_cause: str | None = None
    resting: bool = False
