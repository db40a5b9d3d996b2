"""How fast one kiosk gives numbers, and which of them nobody may have stayed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lining import START, ticket

from nightdesk_queue.config import Pace
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.rules.kiosk_pace import doubtful, in_alarm_span, looked_back, unseen, wait_before_next
from nightdesk_queue.rules.refusals import too_fast

PACE = Pace(at_once=4, seconds_each=20, alarm_after=8, alarm_minutes=2)
INSTANT = timedelta(microseconds=1)
paces = st.builds(
    Pace,
    at_once=st.integers(1, 6),
    seconds_each=st.integers(1, 60),
    alarm_after=st.integers(2, 6),
    alarm_minutes=st.integers(1, 5),
)
# often in the same second, often a whole wait apart
spans = st.one_of(
    st.integers(0, 90).map(lambda seconds: timedelta(seconds=seconds)),
    st.timedeltas(timedelta(0), timedelta(minutes=3)),
)


def at(*seconds: float) -> list[datetime]:
    return [START + timedelta(seconds=second) for second in seconds]


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class TestWaits:
    @pytest.mark.parametrize(
        ("past", "now", "wait"),
        [
            ([], 0, 0),
            ([0, 0, 0], 0, 0),
            ([0, 0, 0, 0], 0, 20),
            ([0, 0, 0, 0], 12.5, 7.5),
            ([0, 0, 0, 0], 20, 0),
            ([0, 0, 0, 0, 20], 20, 20),
            ([0, 0, 0, 0, 20], 59, 0),
            ([0, 0, 0, 0, 20, 40], 59, 1),
            ([0, 0, 0, 0], 80, 0),
            ([0, 0, 0, 0, 80, 80, 80, 80], 80, 20),
            ([80, 0, 80, 0, 0, 80, 0, 80], 80, 20),
            ([0] * 9, 5, 15),
            ([0, 0, 0, 0, 1000, 1000, 1000, 1000], 1000, 20),
        ],
    )
    def test_four_numbers_follow_at_once_and_one_more_becomes_free_every_twenty_seconds(
        self, past: list[float], now: float, wait: float
    ) -> None:
        assert wait_before_next(at(*past), PACE, later(now)) == wait

    def test_no_seconds_each_is_no_limit(self) -> None:
        assert wait_before_next(at(*[0] * 100), PACE.changed(seconds_each=0), START) == 0

    @given(paces, st.lists(spans, min_size=1, max_size=60))
    def test_no_span_of_time_holds_more_numbers_than_the_bucket_and_what_falls_into_it(
        self, pace: Pace, asked: list[timedelta]
    ) -> None:
        past: list[datetime] = []
        now = START
        for span in asked:
            now += span
            if wait_before_next(past, pace, now) == 0:
                past.append(now)
        for first in range(len(past)):
            for last in range(first, len(past)):
                most = pace.at_once + (past[last] - past[first]).total_seconds() / pace.seconds_each
                assert last - first + 1 <= most

    @given(paces, st.lists(spans, max_size=40))
    def test_a_wait_that_was_told_is_over_when_it_is_over_and_not_before(
        self, pace: Pace, asked: list[timedelta]
    ) -> None:
        past: list[datetime] = []
        now = START
        for span in asked:
            now += span
            past.append(now)
        wait = timedelta(seconds=wait_before_next(past, pace, now))
        assert wait_before_next(past, pace, now + wait) == 0
        assert not wait or wait_before_next(past, pace, now + wait - INSTANT) > 0

    @given(paces, st.lists(st.timedeltas(timedelta(hours=-3), timedelta(hours=3)), max_size=40))
    def test_nobody_waits_longer_than_for_one_number_whatever_the_clock_did(
        self, pace: Pace, moments: list[timedelta]
    ) -> None:
        past = [START + moment for moment in moments]
        wait = wait_before_next(past, pace, START)
        assert 0 <= wait <= pace.seconds_each
        assert wait_before_next(past, pace, START + timedelta(seconds=wait)) <= pace.seconds_each

    def test_after_a_clock_was_set_back_the_numbers_of_the_future_keep_nobody_waiting(self) -> None:
        past = at(*[3600] * 4)
        assert [wait_before_next(past, PACE, later(now)) for now in (0, 20, 40)] == [0, 0, 0]

    @pytest.mark.parametrize("pace", [PACE, PACE.changed(at_once=1), PACE.changed(at_once=3, seconds_each=1)])
    def test_a_kiosk_that_never_rests_gives_a_tenth_more_than_its_pace_at_most(self, pace: Pace) -> None:
        past: list[datetime] = []
        now, end = START, START + 3 * looked_back(pace)
        while now < end:
            known = [moment for moment in past if moment >= now - looked_back(pace)]
            wait = wait_before_next(known, pace, now)
            if wait == 0:
                past.append(now)
            now += timedelta(seconds=wait)
        span = looked_back(pace)
        for first in past:
            lately = [moment for moment in past if first <= moment <= first + span]
            assert len(lately) <= 1.1 * span.total_seconds() / pace.seconds_each

    def test_the_refusal_says_whole_seconds_and_carries_the_exact_ones(self) -> None:
        refusal = too_fast(7.25)
        assert (refusal.code, refusal.seconds, refusal.exit_status) == ("too_fast", 7.25, 1)
        assert "8 s" in refusal.text.en
        assert "8 秒" in refusal.text.zh


def test_the_span_of_the_alarm_begins_with_its_first_instant_and_ends_now() -> None:
    past = [START - INSTANT, *at(0, 60, 120), later(120) + INSTANT]
    assert in_alarm_span(past, PACE, later(120)) == at(0, 60, 120)


def numbers(*seconds: float, kiosk: str | None = "a", first: int = 1) -> list[Ticket]:
    return [replace(ticket(n), kiosk=kiosk, arrived_at=later(second)) for n, second in enumerate(seconds, start=first)]


def doubted(tickets: Sequence[Ticket], **paces: Pace) -> set[int]:
    found = doubtful(tickets, paces or {"a": PACE})
    return {one.n for one in tickets if one.id in found}


class TestDoubtful:
    def test_eight_numbers_of_one_kiosk_within_two_minutes_are_a_burst_and_seven_are_none(self) -> None:
        assert doubted(numbers(*range(0, 80, 10))) == set(range(1, 9))
        assert doubted(numbers(*range(0, 70, 10))) == set()

    def test_the_two_minutes_count_to_the_instant(self) -> None:
        assert doubted(numbers(0, *[60] * 6, 120)) == set(range(1, 9))
        assert doubted(numbers(0, *[60] * 6, 120.000001)) == set()

    def test_who_came_before_and_after_a_burst_is_not_doubted(self) -> None:
        assert doubted(numbers(-121, *[0] * 8, 121)) == set(range(2, 10))

    def test_two_bursts_are_both_doubted_and_what_lies_between_is_not(self) -> None:
        assert doubted(numbers(*[0] * 8, 300, *[600] * 8)) == {*range(1, 9), *range(10, 18)}

    def test_numbers_of_several_kiosks_make_no_burst_together(self) -> None:
        both = numbers(*[0] * 7) + numbers(*[0] * 7, kiosk="b", first=8)
        assert doubted(both, a=PACE, b=PACE) == set()

    def test_each_kiosk_has_its_own_pace_and_one_that_is_not_configured_has_none(self) -> None:
        both = numbers(0, 0, 0) + numbers(0, 0, 0, kiosk="b", first=4)
        assert doubted(both, a=PACE, b=PACE.changed(alarm_after=3)) == {4, 5, 6}
        assert doubted(numbers(*[0] * 9), b=PACE) == set()

    def test_numbers_that_staff_gave_are_never_doubted(self) -> None:
        assert doubted(numbers(*[0] * 20, kiosk=None)) == set()

    @pytest.mark.parametrize(
        "changes",
        [
            {"state": State.CALLED, "called_at": START},
            {"state": State.MISSED, "called_at": START},
            {"called_at": START},
            {"transferred_at": START},
            {"level": 3},
            {"lane": Lane.RETURN},
        ],
    )
    def test_a_patient_whom_somebody_has_seen_is_not_doubted_and_the_others_of_the_burst_are(
        self, changes: dict[str, object]
    ) -> None:
        burst = numbers(*[0] * 8)
        seen = [replace(burst[0], **changes), *burst[1:]]  # type: ignore[arg-type]
        assert not unseen(seen[0])
        assert doubted(seen) == set(range(2, 9))

    @pytest.mark.parametrize("changes", [{"slot_at": START}, {"phone": "1234"}])
    def test_who_was_expected_and_checks_in_is_no_part_of_a_burst(self, changes: dict[str, object]) -> None:
        burst = numbers(*[0] * 8)
        assert doubted([replace(burst[0], **changes), *burst[1:]]) == set()  # type: ignore[arg-type]

    @given(paces, st.lists(st.integers(0, 600), max_size=25), st.randoms())
    def test_a_number_is_doubted_where_some_span_around_it_holds_enough(
        self, pace: Pace, seconds: list[int], chance: object
    ) -> None:
        given_at = numbers(*sorted(seconds))
        span = timedelta(minutes=pace.alarm_minutes)

        def in_a_burst(one: Ticket) -> bool:
            starts = [other.arrived_at for other in given_at]
            windows = [start for start in starts if start <= one.arrived_at <= start + span]
            return any(
                sum(start <= other.arrived_at <= start + span for other in given_at) >= pace.alarm_after
                for start in windows
            )

        shuffled = list(given_at)
        chance.shuffle(shuffled)  # type: ignore[attr-defined]
        assert doubted(shuffled, a=pace) == {one.n for one in given_at if in_a_burst(one)}

    @given(paces, st.lists(spans, min_size=1, max_size=40))
    def test_numbers_at_a_pace_below_the_alarms_are_never_doubted(self, pace: Pace, gaps: list[timedelta]) -> None:
        apart = timedelta(minutes=pace.alarm_minutes) / (pace.alarm_after - 1) + INSTANT
        moments = [START]
        for gap in gaps:
            moments.append(moments[-1] + max(gap, apart))
        assert all(after - before >= apart for before, after in pairwise(moments))
        given_at = [replace(ticket(n), kiosk="a", arrived_at=moment) for n, moment in enumerate(moments, start=1)]
        assert doubted(given_at, a=pace) == set()
