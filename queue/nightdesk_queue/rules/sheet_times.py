"""Dates and times as people and spreadsheets write them. Pure.

`2026-11-23 18:30`, `2026/11/3 18:30:00`, `2026年11月25日 18时30分`, `下午6:30`, `6:30 PM`, full-width digits and
colons, and the serial numbers by which Excel and WPS count days since 1899-12-30 (ECMA-376, Part 1, 18.17.4).
Day before month and month before day cannot be told apart, so a date begins with its year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

FIRST_YEAR, LAST_YEAR = 1970, 2200
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone
_FIRST_SERIAL, _LAST_SERIAL = 25_569.0, 109_938.0
"""1970-01-01 and 2200-12-31."""
_DATE = re.compile(r"(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*[日号]?", re.ASCII)
_WEEKDAY = re.compile(r"^[(\s]*(?:星期|周|礼拜)[一二三四五六日天][)\s]*")
_TIME = re.compile(
    r"(?P<before>上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|夜间|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*(?:[:时点])\s*(?:(?P<minute>\d{1,2})\s*分?|(?P<half>半))?"
    r"(?:\s*:\s*(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<after>am|pm)?\s*(?P<offset>z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_AFTERNOON = ("下午", "傍晚", "晚上", "夜间", "pm")
_NOON = 12
_MORNING = ("上午", "早上", "早晨", "凌晨", "am")


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says: a date, a time of day, or both. `zone`: an offset that was written behind the time."""

    day: date | None
    at: time | None
    zone: tzinfo | None = None

    def beside(self, other: Moment) -> Moment:
        """Return the moment with what it lacks taken from another cell."""
        return Moment(self.day or other.day, self.at or other.at, self.zone or other.zone)

    def in_zone(self, zone: tzinfo) -> datetime | None:
        """Return the moment in its own zone or this one; None where the date or the time is missing."""
        if self.day is None or self.at is None or not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            return None
        return datetime.combine(self.day, self.at, self.zone or zone)


NOTHING = Moment(None, None)


def read_moment(said: str, *, serials: bool = True) -> Moment | None:
    """Read a date, a time or both; None for anything else. `serials`: whether a bare number is a day's serial."""
    text = " ".join(unicodedata.normalize("NFKC", said).lower().split())
    if _NUMBER.fullmatch(text):
        return _of_serial(float(text)) if serials else None
    try:
        found = _DATE.match(text)
        if found is None:
            return _of_time(text, None)
        day = date(int(found[1]), int(found[2]), int(found[3]))
        rest = _WEEKDAY.sub("", text[found.end() :])
        if not rest.strip():
            return Moment(day, None)
        if not rest[0].isspace() and rest[0] != "t" and found[0][-1].isdigit() and rest[0].isdigit():
            return None
        return _of_time(rest.removeprefix("t").strip(), day)
    except ValueError:
        # the 30th of February, the 25th hour
        return None


def _of_time(text: str, day: date | None) -> Moment | None:
    found = _TIME.fullmatch(text)
    if found is None or (found["minute"] is None and found["half"] is None and ":" in text):
        return None
    hour = int(found["hour"])
    half = found["before"] or found["after"]
    if half and hour > _NOON and half in _MORNING:
        return None
    if half in _AFTERNOON and hour < _NOON:
        hour += _NOON
    elif half in _MORNING and hour == _NOON:
        hour = 0
    minute = 30 if found["half"] else int(found["minute"] or 0)
    at = time(hour, minute, int(found["second"] or 0))
    return Moment(day, at, _zone(found["offset"]))


def _zone(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    return datetime.fromisoformat(f"2000-01-01T00:00:00{offset.upper()}").tzinfo


def _of_serial(number: float) -> Moment | None:
    if number < 1:
        return Moment(None, (_SERIAL_ZERO + _seconds(number)).time())
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return None
    at = _SERIAL_ZERO + timedelta(days=int(number)) + _seconds(number % 1)
    # a whole number is a date: what a spreadsheet writes for midnight cannot be told from it
    return Moment(at.date(), at.time() if number % 1 else None)


def _seconds(part: float) -> timedelta:
    return timedelta(seconds=round(part * 86_400))
