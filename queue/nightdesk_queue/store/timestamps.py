"""Moments as the database holds them: UTC, ISO 8601, fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from nightdesk_queue.store.damage import damaged


# one command writes its moment in several tables
@lru_cache(maxsize=16)
def stamp(moment: datetime) -> str:
    """Return an aware datetime as `2026-03-02T10:05:00.000000+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Read what `stamp` wrote. Raises Fault for what it did not write."""
    try:
        return datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise damaged("a moment", error) from error


def moment_or_none(text: str | None) -> datetime | None:
    """Read what `stamp` wrote; None where nothing was written."""
    return moment(text) if text else None


def stamp_or_none(moment: datetime | None) -> str | None:
    """Return an aware datetime as `stamp` does, None for none."""
    return stamp(moment) if moment else None
