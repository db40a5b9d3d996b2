"""A wait in the words people use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_kiosk.lobby.wait_words import latest, wait_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        ((0, 0), " 5 分钟以内", "within 5 minutes"),
        ((0, 5), " 5 分钟以内", "within 5 minutes"),
        ((0, 30), "半小时以内", "within half an hour"),
        ((10, 30), "10 到 30 分钟", "10 to 30 minutes"),
        ((30, 60), "半小时到一个小时", "half an hour to an hour"),
        ((25, 60), " 25 分钟到一个小时", "25 minutes to an hour"),
        ((50, 85), " 50 分钟到一个半小时", "50 minutes to an hour and a half"),
        ((70, 95), "一个小时到 2 个小时", "an hour to 2 hours"),
        ((100, 150), "一个半小时到 2 个半小时", "an hour and a half to 2 and a half hours"),
    ],
)
def test_an_interval_is_told_as_people_say_it(minutes: tuple[int, int], zh: str, en: str) -> None:
    told = wait_words(minutes)
    assert (told.zh, told.en) == (zh, en)


@given(st.integers(0, 600), st.integers(0, 200))
def test_nobody_is_told_less_than_is_known(least: int, more: int) -> None:
    told = wait_words((least, least + more)).en
    assert told
    assert not told.startswith("0 ")


@pytest.mark.parametrize(("minutes", "at"), [((0, 0), "03:00"), ((10, 43), "03:45"), ((0, 301), "08:05")])
def test_the_latest_time_of_day_is_rounded_up_to_five_minutes(minutes: tuple[int, int], at: str) -> None:
    assert latest(minutes, AT, SHANGHAI) == at


@given(st.integers(0, 600), st.integers(0, 59))
def test_the_latest_time_is_never_before_the_end_of_the_interval(minutes: int, seconds: int) -> None:
    now = AT + timedelta(seconds=seconds)
    end = now + timedelta(minutes=minutes)
    hours, rest = map(int, latest((0, minutes), now, SHANGHAI).split(":"))
    told = end.astimezone(SHANGHAI).replace(hour=hours, minute=rest, second=0, microsecond=0)
    if told < end.astimezone(SHANGHAI) - timedelta(hours=12):
        told += timedelta(days=1)
    assert timedelta(0) <= told - end < timedelta(minutes=5, seconds=1)
