"""PINs: what the database holds of one, whose it is, and what became of a try."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from nightdesk_queue.domain.records import Record


class Pin(Record):
    """A PIN as it is kept: its argon2 hash, how many tries in a row have failed, until when none is taken."""

    hash: str
    failures: int
    locked_until: datetime | None


class PinOwner(Record):
    """Whose a PIN is: the id it is kept under, and which member of staff, None for the kiosks' service menu."""

    id: str
    staff: str | None = None

    @classmethod
    def of_staff(cls, short_name: str) -> PinOwner:
        """Return the owner that a member of staff is."""
        return cls(f"staff/{short_name}", short_name)


SERVICE = PinOwner("service")
"""The service menu; all kiosks have its PIN in common."""


class PinRight(Record):
    """The PIN was right: the service menu may open."""


class PinWrong(Record):
    """The PIN was wrong, and so many tries are left before the menu is locked."""

    tries_left: int


class PinLocked(Record):
    """No try is taken for so many seconds; whether this one was right is not told."""

    seconds: int


class NoPin(Record):
    """Nobody has set a PIN yet, so the service menu stays shut."""


PinAnswer: TypeAlias = PinRight | PinWrong | PinLocked | NoPin
"""What whoever tried a PIN is told."""
