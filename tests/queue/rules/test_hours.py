"""Opening hours, minute by minute around every boundary, across midnight and across changes of summer time."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nightdesk_queue.config import Hospital, parse
from nightdesk_queue.rules.hours import evenings, on_call, opening, service_day

HEAD = """
[hospital]
name = { zh = "院", en = "H" }
timezone = "%s"
day_starts = "%s"
holidays = ["2026-02-17", "2026-02-18"]
working_weekends = ["2026-02-14"]
[[room]]
id = "r"
name = { zh = "室", en = "R" }
[[clinic]]
id = "c"
name = { zh = "科", en = "C" }
prefix = "C"
rooms = ["r"]
"""


def hospital_with(hours: str, zone: str = "Asia/Shanghai", day_starts: str = "08:00") -> Hospital:
    return parse(HEAD % (zone, day_starts) + hours)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


EVENING = 'sessions = [{ days = "daily", opens = "17:30", last_ticket = "20:40", closes = "21:00" }]'
NIGHT = 'sessions = [{ days = "Mon-Fri", opens = "17:00", last_ticket = "00:30", closes = "01:00" }]'


@pytest.mark.parametrize(
    ("moment", "issuing", "opens"),
    [
        ("2026-03-02T17:29:59", False, "2026-03-02T17:30"),
        ("2026-03-02T17:30", True, None),
        ("2026-03-02T20:39:59", True, None),
        ("2026-03-02T20:40", False, "2026-03-03T17:30"),
        ("2026-03-02T20:59", False, "2026-03-03T17:30"),
        ("2026-03-02T21:00", False, "2026-03-03T17:30"),
    ],
)
def test_an_evening_clinic_gives_numbers_from_opening_to_last_ticket(
    moment: str, issuing: bool, opens: str | None
) -> None:
    hospital = hospital_with(EVENING)
    found = opening(hospital.clinic[0], hospital, at(moment))
    assert found.issuing is issuing
    assert found.next_opens == (at(opens) if opens else None)


@pytest.mark.parametrize(
    ("moment", "issuing", "day"),
    [
        ("2026-03-02T16:59", False, "2026-03-02"),
        ("2026-03-02T17:00", True, "2026-03-02"),
        ("2026-03-02T23:59", True, "2026-03-02"),
        ("2026-03-03T00:00", True, "2026-03-02"),
        ("2026-03-03T00:29", True, "2026-03-02"),
        ("2026-03-03T00:30", False, "2026-03-02"),
        ("2026-03-03T00:59", False, "2026-03-02"),
        ("2026-03-03T01:00", False, "2026-03-03"),
        ("2026-03-07T00:29", True, "2026-03-06"),  # Friday's session on Saturday
        ("2026-03-07T17:00", False, "2026-03-07"),  # a Saturday of its own has none
    ],
)
def test_a_session_across_midnight_belongs_to_the_day_it_opened(moment: str, issuing: bool, day: str) -> None:
    hospital = hospital_with(NIGHT)
    found = opening(hospital.clinic[0], hospital, at(moment))
    assert (found.issuing, found.service_day) == (issuing, date.fromisoformat(day))


def test_a_holiday_closes_an_evening_clinic_and_a_working_saturday_opens_a_weekday_one() -> None:
    hospital = hospital_with(EVENING)
    assert not opening(hospital.clinic[0], hospital, at("2026-02-17T18:00")).issuing
    weekdays = hospital_with(NIGHT)
    assert opening(weekdays.clinic[0], weekdays, at("2026-02-14T18:00")).issuing


def test_a_clinic_that_is_open_on_holidays_stays_open() -> None:
    hospital = hospital_with(EVENING + '\non_holidays = "open"')
    assert opening(hospital.clinic[0], hospital, at("2026-02-17T18:00")).issuing


@pytest.mark.parametrize(
    ("moment", "issuing", "day"),
    [
        ("2026-02-16T23:59:59", True, "2026-02-16"),
        ("2026-02-17T00:00", False, "2026-02-17"),
        ("2026-02-18T23:59:59", False, "2026-02-18"),
        ("2026-02-19T00:00", True, "2026-02-18"),
        ("2026-02-19T08:00", True, "2026-02-19"),
    ],
)
def test_a_clinic_that_never_closes_but_on_holidays_opens_at_midnight_after_the_last_of_them(
    moment: str, issuing: bool, day: str
) -> None:
    hospital = hospital_with('hours = "always"\non_holidays = "closed"')
    found = opening(hospital.clinic[0], hospital, at(moment))
    assert (found.issuing, found.service_day) == (issuing, date.fromisoformat(day))
    assert found.next_opens == (None if issuing else at("2026-02-19T00:00"))


def test_a_clinic_that_never_closes_is_open_on_holidays_where_it_says_nothing() -> None:
    hospital = hospital_with('hours = "always"')
    assert opening(hospital.clinic[0], hospital, at("2026-02-17T12:00")).issuing


@pytest.mark.parametrize(("zone", "day_starts"), [("Asia/Shanghai", "08:00"), ("Europe/Berlin", "02:30")])
def test_a_clinic_that_never_closes_is_open_every_minute_and_its_day_never_runs_backwards(
    zone: str, day_starts: str
) -> None:
    hospital = hospital_with('hours = "always"', zone, day_starts)
    clinic = hospital.clinic[0]
    # two days around each of the year's changes of summer time in Berlin
    for start in ("2026-03-28T12:00", "2026-10-24T12:00"):
        first = at(start, zone)
        days = [service_day(clinic, hospital, first + timedelta(minutes=minute)) for minute in range(2 * 24 * 60)]
        assert days == sorted(days)
        changes = [(a, b) for a, b in itertools.pairwise(days) if a != b]
        assert all(b - a == timedelta(days=1) for a, b in changes)
        assert len(changes) == 2
        assert opening(clinic, hospital, first).issuing


def test_the_service_day_changes_at_the_configured_minute() -> None:
    hospital = hospital_with('hours = "always"')
    clinic = hospital.clinic[0]
    assert service_day(clinic, hospital, at("2026-03-03T07:59:59")) == date(2026, 3, 2)
    assert service_day(clinic, hospital, at("2026-03-03T08:00")) == date(2026, 3, 3)


def test_a_session_over_the_change_of_summer_time_is_an_hour_longer_or_shorter() -> None:
    hospital = hospital_with(
        'sessions = [{ opens = "22:00", last_ticket = "05:00", closes = "06:00" }]', "Europe/Berlin", "08:00"
    )
    clinic = hospital.clinic[0]
    lengths = {
        day: (evening.closes - evening.opens)
        for day in (date(2026, 3, 28), date(2026, 10, 24), date(2026, 6, 1))
        for evening in evenings(clinic, hospital, day)
    }
    assert [length.total_seconds() / 3600 for length in lengths.values()] == [7, 9, 8]


@pytest.mark.parametrize(
    ("hours", "there"),
    [
        (("22:00", "08:00"), {"21:59:59": False, "22:00": True, "00:00": True, "07:59:59": True, "08:00": False}),
        (("12:00", "14:00"), {"11:59:59": False, "12:00": True, "13:59:59": True, "14:00": False, "00:00": False}),
    ],
)
def test_the_doctor_is_on_call_from_the_first_minute_to_before_the_last(
    hours: tuple[str, str], there: dict[str, bool]
) -> None:
    said = f'hours = "always"\non_call = {{ from = "{hours[0]}", to = "{hours[1]}", post = "http://h/page" }}'
    hospital = hospital_with(said)
    clinic = hospital.clinic[0]
    found = {time: on_call(clinic, hospital, at(f"2026-03-02T{time}")) is clinic.on_call for time in there}
    assert found == there
