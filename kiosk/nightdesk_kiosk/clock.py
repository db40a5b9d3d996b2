"""The hospital's time. Rules are told it as `now`; only the device workers ask for the real time themselves."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, tzinfo

from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.text.bilingual import Text


class Clock:
    """Tells the hospital's time: the real one, or one that starts at a given moment and runs at a given speed."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    @property
    def speed(self) -> float:
        """How many times as fast it runs as a real clock."""
        return self._speed

    def restart(self, moment: datetime) -> None:
        """Go on from another moment, at the same speed."""
        self._start = moment
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


FIRST_YEAR, LAST_YEAR = 1970, 2200


def parse_moment(text: str, zone: tzinfo = UTC, option: str = "--now") -> datetime:
    """Read an ISO 8601 moment; without an offset it is in `zone`, the hospital's. Raises Misuse."""
    try:
        moment = datetime.fromisoformat(text)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError("no hospital's year")
    except ValueError:
        raise Misuse(
            "usage",
            Text(
                zh="{option} {text} 不是时间；写成 2026-03-02T18:30 或 2026-03-02T18:30:00+08:00",
                en="{option} {text} is not a moment; write 2026-03-02T18:30 or 2026-03-02T18:30:00+08:00",
            ).fill(text=text, option=option),
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def parse_day(text: str, option: str = "") -> date:
    """Read an ISO 8601 date; a fault names the option it was given to, if any. Raises Misuse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = Text(zh="{day} 不是日期；写成 2026-11-22", en="{day} is not a date; write 2026-11-22")
        raise Misuse("usage", words.fill(day=f"{option} {text}".strip())) from None
