"""A wait in the words people use: half an hour to an hour, within 5 minutes, latest about 03:45. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nightdesk_queue.text.bilingual import Text

WITHIN = Text(zh="{most}以内", en="within {most}")
FROM_TO = Text(zh="{least}到{most}", en="{least} to {most}")
MINUTES_FROM_TO = Text(zh="{least} 到 {most} 分钟", en="{least} to {most} minutes")
MINUTES = Text(zh=" {n} 分钟", en="{n} minutes")
HALF_AN_HOUR = Text(zh="半小时", en="half an hour")
AN_HOUR = Text(zh="一个小时", en="an hour")
AN_HOUR_AND_A_HALF = Text(zh="一个半小时", en="an hour and a half")
HOURS = Text(zh=" {n} 个小时", en="{n} hours")
HOURS_AND_A_HALF = Text(zh=" {n} 个半小时", en="{n} and a half hours")
ROUNDED_FROM = 60
"""Minutes from which a wait is told in half hours: nobody plans a night to the minute."""
STEP = timedelta(minutes=5)


def wait_words(minutes: tuple[int, int]) -> Text:
    """Return an interval in words. `minutes`: at least and at most, as they are told; longer ones grow outwards."""
    least, most = minutes
    if most > ROUNDED_FROM:
        least, most = least // 30 * 30 if least >= ROUNDED_FROM else least, -(-most // 30) * 30
    if least <= 0 or most <= 5:
        return WITHIN.fill(most=_length(max(most, 5)))
    if most < ROUNDED_FROM:
        return MINUTES_FROM_TO.fill(least=least, most=most)
    return FROM_TO.fill(least=_length(least), most=_length(most))


def latest(minutes: tuple[int, int], now: datetime, zone: ZoneInfo) -> str:
    """Return the time of day at the end of an interval, up to the next five minutes."""
    end = (now + timedelta(minutes=minutes[1])).astimezone(zone)
    past = timedelta(minutes=end.minute % 5, seconds=end.second, microseconds=end.microsecond)
    return f"{end + (STEP - past if past else timedelta(0)):%H:%M}"


def _length(minutes: int) -> Text:
    hours, rest = divmod(minutes, 60)
    if minutes == 30:
        return HALF_AN_HOUR
    if rest == 30:
        return AN_HOUR_AND_A_HALF if hours == 1 else HOURS_AND_A_HALF.fill(n=hours)
    if rest == 0 and hours:
        return AN_HOUR if hours == 1 else HOURS.fill(n=hours)
    return MINUTES.fill(n=minutes)
