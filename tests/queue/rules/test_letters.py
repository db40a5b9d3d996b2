"""How large letters are: a screen measured by hand, and the rows that would do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_kiosk.widgets.app import SMALLEST
from nightdesk_queue.rules.letters import FEWEST_ROWS, letters_of

INCH_21_5 = 268
INCH_32_UPRIGHT = 708
"""Millimetres of height."""


def test_the_screen_that_was_measured_is_worked_out_as_it_was() -> None:
    letters = letters_of(INCH_21_5, 33)
    assert letters.mm == pytest.approx(4.87, abs=0.01)
    assert letters.degrees == pytest.approx(0.47, abs=0.005)
    assert not letters.large_enough


def test_seven_tenths_of_a_degree_at_sixty_centimetres_are_seven_millimetres() -> None:
    assert letters_of(489, 40).degrees == pytest.approx(0.70, abs=0.001)
    assert letters_of(489, 40).large_enough
    assert not letters_of(488, 40).large_enough


@pytest.mark.parametrize(
    ("height", "most_rows", "helps"), [(INCH_21_5, 21, False), (INCH_32_UPRIGHT, 57, True), (294, 24, True)]
)
def test_the_most_rows_that_would_do_are_named(height: int, most_rows: int, helps: bool) -> None:
    letters = letters_of(height, 60)
    assert (letters.most_rows, letters.fewer_rows_help) == (most_rows, helps)


@given(st.integers(20, 5000), st.integers(10, 1000))
def test_with_the_most_rows_letters_are_large_enough_and_with_one_more_they_are_not(height: int, rows: int) -> None:
    most = letters_of(height, rows).most_rows
    assert most == 0 or letters_of(height, most).large_enough
    assert not letters_of(height, most + 1).large_enough


def test_the_fewest_rows_are_those_a_screen_asks_for() -> None:
    assert SMALLEST.rows == FEWEST_ROWS
