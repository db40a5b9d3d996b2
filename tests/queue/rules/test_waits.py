"""What is learned, forecast and calibrated: pure, by example and by property."""

from __future__ import annotations

import math
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.rules.waits import (
    PROMISED,
    Forecast,
    Learned,
    Residual,
    VisitType,
    Width,
    forecasts,
    learn,
    passes_closing,
    residual,
    width_of,
)

PRIOR = {VisitType.FIRST: 15.0, VisitType.RETURN: 10.0}


def test_the_mean_leans_on_the_prior_as_if_it_were_eight_visits() -> None:
    seen = {VisitType.FIRST: (8, 8 * 25.0, 8 * 25.0**2)}
    assert learn(PRIOR, seen, {}, []).means == {VisitType.FIRST: 20.0, VisitType.RETURN: 10.0}
    assert learn(PRIOR, {}, seen, []).means[VisitType.FIRST] == 20.0
    assert learn(PRIOR, seen, seen, []).means[VisitType.FIRST] == 22.5


def test_the_variation_is_learned_within_visit_types() -> None:
    steady = {VisitType.FIRST: (50, 50 * 20.0, 50 * 400.0), VisitType.RETURN: (50, 50 * 5.0, 50 * 25.0)}
    assert learn(PRIOR, steady, {}, []).variation == pytest.approx(0.0, abs=1e-6)
    assert learn(PRIOR, {VisitType.FIRST: (3, 60.0, 1200.0)}, {}, []).variation == 0.47


def test_fewer_than_thirty_consultations_say_nothing_of_the_variation() -> None:
    def steady(count: int) -> dict[VisitType, tuple[int, float, float]]:
        return {VisitType.FIRST: (count, count * 20.0, count * 400.0)}

    assert learn(PRIOR, steady(29), {}, []).variation == 0.47
    assert learn(PRIOR, steady(30), {}, []).variation == 0.0


def test_each_in_line_gets_the_room_that_is_free_first() -> None:
    told = forecasts([0.0, 6.0], [10.0, 10.0, 10.0], Learned(PRIOR))
    assert [one.wait for one in told] == [0.0, 6.0, 10.0, 16.0]


def test_who_walks_straight_in_is_told_no_more_than_the_smallest_interval() -> None:
    (only,) = forecasts([0.0], [], Learned(PRIOR))
    assert (only.half, only.minutes) == (0.0, (0, 5))


def test_who_waits_less_than_a_minute_for_a_room_is_told_an_interval_all_the_same() -> None:
    first, second = forecasts([0.5], [10.0], Learned(PRIOR))
    own = 1.28 * math.sqrt((0.47 * 0.5) ** 2 / 2 + 0.05**2)
    assert (first.wait, first.half) == (0.5, pytest.approx(own))
    assert (second.wait, second.half) == (10.5, pytest.approx(1.28 * math.sqrt((0.47 * 10.0) ** 2 * 1.5 + 1.05**2)))


def test_the_first_in_line_bears_the_uncertainty_of_those_who_are_inside() -> None:
    (only,) = forecasts([6.0, 14.0], [], Learned(PRIOR, variation=0.5))
    squares = (3.0**2 + 7.0**2) / 2
    assert only.half == pytest.approx(1.28 * math.sqrt(squares * 0.5 / 2**2 + 0.6**2))
    (free,) = forecasts([0.0, 14.0], [], Learned(PRIOR, variation=0.5))
    assert (free.wait, free.half) == (0.0, 0.0)


def test_the_interval_is_the_papers_formula_rounded_outwards() -> None:
    told = forecasts([7.0, 13.0], [13.4] * 5, Learned(PRIOR))[-1]
    half = 1.28 * math.sqrt((0.47 * 13.4) ** 2 * 5.5 / 4 + (0.1 * told.wait) ** 2)
    assert told.half == pytest.approx(half)
    assert told.minutes == (5 * math.floor((told.wait - half) / 5), 5 * math.ceil((told.wait + half) / 5))


@given(st.floats(0.1, 200), st.floats(0.5, 80), st.floats(0, 400))
def test_a_residual_is_the_smallest_sides_that_hold_the_wait(wait: float, half: float, waited: float) -> None:
    off = residual(wait, half, waited)
    assert off is not None

    def held(below: float, above: float) -> tuple[bool, bool]:
        low, high = Forecast(wait, half, Width(below, above)).minutes
        return low <= waited, waited <= high

    assert held(max(off.below, 0) + 1e-6, max(off.above, 0) + 1e-6) == (True, True)
    if off.below > 1e-3 and waited > 5:
        assert not held(off.below - 1e-3, 0)[0]
    if off.above > 1e-3 and waited > 5:
        assert not held(0, off.above - 1e-3)[1]


def test_what_was_told_without_a_width_leaves_no_residual() -> None:
    assert residual(0.0, 0.0, 7.0) is None


def test_each_side_holds_nine_tenths_of_what_was_recorded() -> None:
    chance = Random(3)
    late = [chance.expovariate(1.0) for _ in range(1000)]
    width = width_of([Residual(-0.3 * one, one) for one in late])
    assert 0.90 <= sum(one <= width.above for one in late) / len(late) <= 0.92
    assert width.below == 0.2, "nobody was called early"


def test_a_few_waits_do_not_decide_alone_and_the_sides_have_limits() -> None:
    assert 0.9 < width_of([]).above < 1.0, "nothing recorded: what the formula promises, rounding counted in"
    assert width_of([Residual(0.0, 0.0)] * 8).above > 0.6, "eight lucky waits do not make it narrow"
    assert width_of([Residual(0.0, 0.0)] * 1000) == Width(0.2, 0.2)
    assert width_of([Residual(50.0, 50.0)] * 1000) == Width(3.0, 3.0)


def test_who_is_late_is_no_more_often_wrong_than_who_is_early_where_consultations_have_a_long_tail() -> None:
    chance = Random(5)
    memory: list[Residual] = []
    early = late = 0
    for n in range(3000):
        width, waited = width_of(memory[-300:]), 20 * chance.lognormvariate(-0.1, 0.47)
        low, high = Forecast(20.0, 10.0, width).minutes
        if n >= 300:
            early, late = early + (waited < low), late + (waited > high)
        memory.append(residual(20.0, 10.0, waited) or Residual(0, 0))
    assert late < 1.5 * early
    assert 0.78 <= 1 - (early + late) / 2700 <= 0.9


@given(st.lists(st.floats(0, 60), min_size=1, max_size=4), st.lists(st.floats(1, 60), max_size=60))
def test_whoever_is_later_in_line_never_waits_less(busy: list[float], line: list[float]) -> None:
    told = forecasts(busy, line, Learned(PRIOR))
    assert len(told) == len(line) + 1
    waits = [one.wait for one in told]
    assert waits == sorted(waits)
    for one in told:
        low, high = one.minutes
        assert low % 5 == high % 5 == 0
        assert 0 <= low <= one.wait <= high


def test_closing_is_passed_when_upper_wait_and_one_consultation_do_not_fit() -> None:
    told = Forecast(40.0, 9.0)
    assert told.minutes == (30, 50)
    assert not passes_closing(65.0, told, 15.0)
    assert passes_closing(64.9, told, 15.0)


def test_what_the_formula_promises_are_the_quantiles_of_a_half_normal_distribution() -> None:
    normal = NormalDist()
    worked_out = [0.9 * normal.inv_cdf(0.5 + (place + 0.5) / 80) / 1.28 for place in range(40)]
    assert list(PROMISED) == pytest.approx(worked_out, abs=1e-5)
