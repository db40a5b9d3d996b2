"""Pauses between attempts: they double, they end somewhere, and success forgets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_ports.backoff import Backoff

SECONDS = st.floats(min_value=0.001, max_value=3600)


def test_each_pause_is_twice_as_long_until_the_longest() -> None:
    backoff = Backoff(0.25, 2.0)
    assert [backoff.next_pause() for _ in range(6)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert [backoff.after(failures) for failures in range(1, 7)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_a_longest_pause_that_is_no_doubling_of_the_shortest_is_reached_exactly() -> None:
    backoff = Backoff(1.0, 5.0)
    assert [backoff.next_pause() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_after_a_success_the_pause_is_the_shortest_again() -> None:
    backoff = Backoff(1.0, 60.0)
    for _ in range(4):
        backoff.next_pause()
    backoff.reset()
    assert backoff.next_pause() == 1.0


def test_the_longest_pause_holds_for_the_first_one_too() -> None:
    assert Backoff(0.25, 0.05).next_pause() == 0.05


@pytest.mark.parametrize("shortest", [0, -1.0])
def test_a_pause_of_nothing_is_refused(shortest: float) -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Backoff(shortest, 1.0)


def test_a_device_that_failed_for_days_still_has_a_pause() -> None:
    assert Backoff(0.25, 2.0).after(1_000_000) == 2.0


@given(shortest=SECONDS, longest=SECONDS, steps=st.lists(st.booleans(), max_size=60))
def test_whatever_fails_and_succeeds_pauses_stay_in_their_bounds_and_never_shrink_but_by_a_success(
    shortest: float, longest: float, steps: list[bool]
) -> None:
    backoff = Backoff(shortest, longest)
    before, failures = 0.0, 0
    for succeeded in steps:
        if succeeded:
            backoff.reset()
            before, failures = 0.0, 0
            continue
        failures += 1
        pause = backoff.next_pause()
        assert pause == backoff.after(failures)
        assert min(shortest, longest) <= pause <= longest
        assert before <= pause <= max(2 * before, shortest)
        assert pause == longest or pause == pytest.approx(shortest * 2 ** (failures - 1))
        before = pause
