"""A PIN that is hard to guess, and locks that grow: what the rules say, by example and by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusing import refused

from nightdesk_queue.domain.pins import Pin
from nightdesk_queue.rules.pins import digits_of, good_pin, lock_after, seconds_locked, tries_left

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2580", "7319", "1357", "1212", "112233445566", "4711", " 4711\n"])
def test_a_pin_that_is_hard_enough_to_guess_is_taken(typed: str) -> None:
    assert good_pin(typed) == typed.strip()


def test_full_width_digits_are_the_digits_they_mean() -> None:
    assert good_pin("４７１１") == "4711"
    assert digits_of("４７１１") == "4711"


@pytest.mark.parametrize("typed", ["", "471", "4711471147114", "47 11", "47a1", "-4711", "4.711", "٤٧١١", "四七一一"])
def test_what_is_no_row_of_four_to_twelve_digits_is_refused(typed: str) -> None:
    with refused("weak_pin"):
        good_pin(typed)
    assert digits_of(typed) is None


@pytest.mark.parametrize("typed", ["0000", "9999", "111111", "２２２２"])
def test_one_digit_again_and_again_is_refused(typed: str) -> None:
    with refused("weak_pin"):
        good_pin(typed)


@pytest.mark.parametrize("typed", ["1234", "123456", "0123", "7890", "8901", "4321", "3210", "1098", "123456789012"])
def test_digits_that_follow_one_another_are_refused_up_and_down(typed: str) -> None:
    with refused("weak_pin"):
        good_pin(typed)


def test_a_weak_pin_can_be_tried_all_the_same() -> None:
    assert digits_of("1234") == "1234"


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (2, 0), (3, 30), (4, 60), (5, 120), (6, 240), (9, 1920), (10, 3600), (11, 3600), (10**6, 3600)],
)
def test_the_third_failure_locks_for_half_a_minute_and_each_further_one_for_twice_as_long(
    failures: int, seconds: int
) -> None:
    assert lock_after(failures) == timedelta(seconds=seconds)


def test_the_tries_left_are_counted_down_to_none() -> None:
    assert [tries_left(failures) for failures in range(5)] == [3, 2, 1, 0, 0]


@given(st.integers(0, 60))
def test_a_lock_never_gets_shorter_by_another_failure(failures: int) -> None:
    assert lock_after(failures) <= lock_after(failures + 1) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(None, 0), (-1.0, 0), (0.0, 0), (0.1, 1), (29.5, 30), (30.0, 30), (3600.0, 3600), (7200.0, 7200), (7201.0, 0)],
)
def test_a_lock_is_told_in_whole_seconds_and_one_of_another_clock_is_over(left: float | None, seconds: int) -> None:
    until = None if left is None else NOW + timedelta(seconds=left)
    assert seconds_locked(Pin("hash", 3, until), NOW) == seconds
