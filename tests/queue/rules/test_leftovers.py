"""Who is left over when a session is over: to the microsecond, and where a clinic has two sessions on one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lining import ticket

from nightdesk_queue.config import Hospital, parse
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules.leftovers import is_left_over

CONFIG = """
[hospital]
name = { zh = "院", en = "H" }
[[room]]
id = "r"
name = { zh = "室", en = "R" }
[[room]]
id = "s"
name = { zh = "二室", en = "S" }
[[clinic]]
id = "c"
name = { zh = "科", en = "C" }
prefix = "N"
rooms = ["r"]
sessions = [
    { days = "daily", opens = "14:00", last_ticket = "15:30", closes = "16:00" },
    { days = "daily", opens = "18:00", last_ticket = "20:30", closes = "21:00" },
]
[[clinic]]
id = "always"
name = { zh = "全天", en = "Always" }
prefix = "A"
hours = "always"
rooms = ["s"]
"""
STILL_THERE = {State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED}
INSTANT = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def two_sessions() -> Hospital:
    return parse(CONFIG)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def patient(hour: int, state: State = State.WAITING) -> Ticket:
    """Somebody who came at an hour of 2 March."""
    return replace(ticket(1), state=state, arrived_at=at(hour))


def test_nobody_is_left_over_until_the_minute_of_the_last_closing(two_sessions: Hospital) -> None:
    assert not is_left_over(two_sessions, patient(19), at(21) - INSTANT)
    assert is_left_over(two_sessions, patient(19), at(21))


def test_between_two_sessions_of_a_day_the_afternoons_patients_still_wait_for_the_evening(
    two_sessions: Hospital,
) -> None:
    assert not is_left_over(two_sessions, patient(15), at(16))
    assert not is_left_over(two_sessions, patient(15), at(19))
    assert is_left_over(two_sessions, patient(15), at(21))


@pytest.mark.parametrize("state", State)
def test_only_who_is_still_in_the_house_is_left_over(two_sessions: Hospital, state: State) -> None:
    assert is_left_over(two_sessions, patient(19, state), at(22)) == (state in STILL_THERE)


def test_nobody_is_left_over_at_a_clinic_that_never_closes_or_is_gone(two_sessions: Hospital) -> None:
    late = at(12, day=9)
    assert not is_left_over(two_sessions, replace(patient(19), clinic="always"), late)
    assert not is_left_over(two_sessions, replace(patient(19), clinic="gone"), late)
    assert is_left_over(two_sessions, patient(19), late)


def test_in_the_next_days_session_who_came_before_it_opened_is_left_over(two_sessions: Hospital) -> None:
    now = at(14, 30, day=3)
    came = replace(patient(19), transferred_at=at(14, day=3) - INSTANT)
    assert is_left_over(two_sessions, came, now)
    assert not is_left_over(two_sessions, replace(came, transferred_at=at(14, day=3)), now), "sent there in the session"
