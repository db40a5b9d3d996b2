"""Every minute around every boundary: sessions across midnight and clinics that never close, with and without DST."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from nightdesk_queue.config import Hospital
from nightdesk_queue.rules.hours import began, on_call, opening

MINUTE = timedelta(minutes=1)
SHANGHAI, BERLIN, SYDNEY = "Asia/Shanghai", "Europe/Berlin", "Australia/Sydney"
LATE = [{"days": "daily", "opens": "17:00", "last_ticket": "00:30", "closes": "01:00"}]

# zone, the local date a session opens on, and how many hours of UTC lie between its opening and its closing
NIGHTS = [
    (SHANGHAI, date(2026, 3, 2), 8),
    (SHANGHAI, date(2026, 12, 31), 8),
    (BERLIN, date(2026, 3, 28), 8),  # clocks go forward at 02:00 after this session
    (BERLIN, date(2026, 10, 24), 8),
    (SYDNEY, date(2026, 10, 3), 8),
    (SYDNEY, date(2026, 4, 4), 8),
]
# sessions that the change itself falls into: one hour shorter, one hour longer
CHANGES = [
    (BERLIN, date(2026, 3, 28), "22:00", "05:00", 6),
    (BERLIN, date(2026, 10, 24), "22:00", "05:00", 8),
    (SYDNEY, date(2026, 10, 3), "22:00", "05:00", 6),
    (SYDNEY, date(2026, 4, 4), "22:00", "05:00", 8),
]


def hospital_in(hospital: Hospital, zone: str, sessions: list[dict[str, str]] | None = None) -> Hospital:
    table = hospital.hospital.changed(timezone=zone, holidays=[], working_weekends=[])
    clinics = []
    for clinic in hospital.clinic:
        update = {}
        if clinic.id == "tcm-night" and sessions:
            kinds = type(clinic.sessions[0])
            update = {"sessions": [kinds.read(session) for session in sessions]}
        clinics.append(clinic.changed(**update))
    return hospital.changed(hospital=table, clinic=clinics)


def minutes_around(moment: datetime, count: int = 90) -> list[datetime]:
    return [moment + offset * MINUTE for offset in range(-count, count + 1)]


@pytest.mark.parametrize(("zone", "day", "hours"), NIGHTS)
def test_a_session_across_midnight_minute_by_minute(hospital: Hospital, zone: str, day: date, hours: int) -> None:
    at = hospital_in(hospital, zone, LATE)
    clinic = at.clinics["tcm-night"]
    opens = datetime(day.year, day.month, day.day, 17, tzinfo=at.zone).astimezone(UTC)
    last, closes = opens + timedelta(hours=hours - 0.5), opens + timedelta(hours=hours)
    for boundary in (opens, last, closes, opens + timedelta(hours=7)):
        for now in minutes_around(boundary):
            found = opening(clinic, at, now)
            assert found.issuing == (opens <= now < last), now
            assert (found.session is not None) == (opens <= now < closes), now
            if opens <= now < closes:
                assert found.service_day == day
                assert began(clinic, at, found) == opens
            elif now < opens:
                assert found.next_opens == opens


@pytest.mark.parametrize(("zone", "day", "opens", "closes", "hours"), CHANGES)
def test_a_session_through_the_change_of_the_clocks_opens_once_and_closes_once(
    hospital: Hospital, zone: str, day: date, opens: str, closes: str, hours: int
) -> None:
    at = hospital_in(hospital, zone, [{"days": "daily", "opens": opens, "last_ticket": closes, "closes": closes}])
    clinic = at.clinics["tcm-night"]
    begin = datetime(day.year, day.month, day.day, int(opens[:2]), tzinfo=at.zone).astimezone(UTC)
    now, states = begin - 30 * MINUTE, []
    while now < begin + timedelta(hours=12):
        states.append(opening(clinic, at, now).issuing)
        now += MINUTE
    assert sum(states) == hours * 60
    assert sum(first != second for first, second in pairwise(states)) == 2


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, SYDNEY])
@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4), date(2027, 1, 1)]
)
def test_a_clinic_that_never_closes_changes_its_day_once_at_the_cut_over(
    hospital: Hospital, zone: str, day: date
) -> None:
    at = hospital_in(hospital, zone)
    clinic = at.clinics["bone"]
    cut = datetime(day.year, day.month, day.day, 8, tzinfo=at.zone).astimezone(UTC)
    for now in minutes_around(cut, 12 * 60):
        found = opening(clinic, at, now)
        assert found.issuing
        assert found.service_day == (day if now >= cut else day - timedelta(days=1)), now
        assert began(clinic, at, found) <= now


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, SYDNEY])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4)])
def test_the_hours_of_the_doctor_on_call_minute_by_minute(hospital: Hospital, zone: str, day: date) -> None:
    at = hospital_in(hospital, zone)
    clinic = at.clinics["bone"]
    now = datetime(day.year, day.month, day.day, tzinfo=at.zone).astimezone(UTC) - timedelta(hours=3)
    for _ in range(30 * 60):
        local = now.astimezone(at.zone)
        assert (on_call(clinic, at, now) is not None) == (local.hour >= 22 or local.hour < 8), local
        now += MINUTE


def test_without_rules_nobody_is_on_call_and_equal_times_mean_day_and_night(hospital: Hospital) -> None:
    assert on_call(hospital.clinics["er"], hospital, datetime(2026, 3, 2, 20, tzinfo=UTC)) is None
    rules = hospital.clinics["bone"].on_call
    assert rules is not None
    always = rules.changed(to=rules.from_)
    clinic = hospital.clinics["bone"].changed(on_call=always)
    for hour in range(24):
        assert on_call(clinic, hospital, datetime(2026, 3, 2, hour, tzinfo=UTC)) is not None


def issuing_by_wall_clock(hospital: Hospital, opens: str, closes: str, day: date) -> set[str]:
    """The minutes of the wall clock in Berlin at which numbers are given on a day, in the order they come."""
    at = hospital_in(hospital, BERLIN, [{"days": "daily", "opens": opens, "last_ticket": closes, "closes": closes}])
    begin = datetime(day.year, day.month, day.day, tzinfo=at.zone).astimezone(UTC)
    moments = [begin + minute * MINUTE for minute in range(8 * 60)]
    clinic = at.clinics["tcm-night"]
    return {f"{now.astimezone(at.zone):%H:%M}" for now in moments if opening(clinic, at, now).issuing}


def test_a_session_in_the_hour_that_is_left_out_promises_no_opening(hospital: Hospital) -> None:
    day = date(2026, 3, 29)
    assert issuing_by_wall_clock(hospital, "02:10", "02:50", day) == set()
    assert min(issuing_by_wall_clock(hospital, "02:30", "04:00", day)) == "03:00", "the first moment after it"
    assert max(issuing_by_wall_clock(hospital, "01:00", "02:30", day)) == "01:59"


def test_the_repeated_hour_is_open_as_the_wall_clock_says(hospital: Hospital) -> None:
    day = date(2026, 10, 25)
    found = issuing_by_wall_clock(hospital, "01:00", "02:30", day)
    assert {"02:00", "02:29"} <= found
    at = hospital_in(hospital, BERLIN, [{"days": "daily", "opens": "02:00", "last_ticket": "02:30", "closes": "02:30"}])
    second = datetime(2026, 10, 25, 2, 15, tzinfo=at.zone, fold=1)
    assert opening(at.clinics["tcm-night"], at, second).issuing
