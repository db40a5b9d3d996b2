"""A night in figures, by example and by property."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.queries.night_report import Span, in_night, period_of
from nightdesk_queue.rules.figures import Figures, Visit, figures, grouped, percentile


def visit(waited: float | None = None, limit: int = 90, **more: object) -> Visit:
    facts: dict[str, object] = {
        "clinic": "tcm", "level": 4, "groups": (), "hour": 18, "weekday": 0, "issued": True,
        "served": waited is not None, "transferred": False, "missed": 0,
    }  # fmt: skip
    return Visit(waited=waited, limit=limit, **{**facts, **more})  # type: ignore[arg-type]


visits = st.builds(
    visit,
    waited=st.none() | st.floats(0, 300),
    limit=st.sampled_from([30, 60, 90]),
    level=st.sampled_from([3, 4]),
    groups=st.sampled_from([(), ("elderly",), ("elderly", "pregnant")]),
    hour=st.integers(0, 23),
    missed=st.integers(0, 3),
)


def test_an_evening_by_hand() -> None:
    found = figures([visit(10), visit(20), visit(95), visit(None, missed=2), visit(40, issued=False, transferred=True)])
    assert found == Figures(issued=4, served=4, missed=2, transferred=1, waits=4, p50=20, p90=95, within=0.75, over=1)


def test_of_nothing_nothing_is_said() -> None:
    assert figures([]) == Figures()
    assert (figures([]).p50, figures([]).within) == (None, None)


def test_a_wait_that_is_exactly_the_limit_has_kept_it() -> None:
    assert figures([visit(90)]).over == 0
    assert figures([visit(90.01)]).over == 1


@given(found=st.lists(visits, max_size=30))
def test_parts_that_exclude_each_other_add_up_to_the_whole(found: list[Visit]) -> None:
    whole = figures(found)
    for key in (lambda one: (one.hour,), lambda one: (one.level,)):
        parts = grouped(found, key).values()
        for name in ("issued", "served", "missed", "transferred", "waits", "over"):
            assert sum(getattr(part, name) for part in parts) == getattr(whole, name)


@given(found=st.lists(visits, max_size=30))
def test_who_belongs_to_two_groups_counts_in_both(found: list[Visit]) -> None:
    groups = grouped(found, lambda one: one.groups)
    assert groups.get("elderly", Figures()).issued == sum("elderly" in one.groups for one in found)
    assert groups.get("pregnant", Figures()).issued == sum("pregnant" in one.groups for one in found)


@given(values=st.lists(st.floats(0, 1e4), min_size=1), share=st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in {round(value) for value in values}
    assert sum(round(value) <= found for value in values) >= share * len(values) - 1e-9


@pytest.mark.parametrize(
    ("span", "day", "first", "count", "before", "before_count"),
    [
        (Span.DAY, date(2026, 3, 1), date(2026, 3, 1), 1, date(2026, 2, 28), 1),
        (Span.WEEK, date(2026, 3, 1), date(2026, 2, 23), 7, date(2026, 2, 16), 7),
        (Span.WEEK, date(2026, 3, 2), date(2026, 3, 2), 7, date(2026, 2, 23), 7),
        (Span.MONTH, date(2026, 3, 31), date(2026, 3, 1), 31, date(2026, 2, 1), 28),
        (Span.MONTH, date(2026, 1, 15), date(2026, 1, 1), 31, date(2025, 12, 1), 31),
        (Span.MONTH, date(2028, 2, 29), date(2028, 2, 1), 29, date(2028, 1, 1), 31),
    ],
)
def test_a_period_and_the_one_before(
    span: Span, day: date, first: date, count: int, before: date, before_count: int
) -> None:
    period = period_of(span, day)
    assert (period.days[0], len(period.days)) == (first, count)
    assert (period.before[0], len(period.before)) == (before, before_count)


@given(span=st.sampled_from(Span), day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_period_has_its_day_and_ends_where_the_next_begins(span: Span, day: date) -> None:
    period = period_of(span, day)
    assert day in period.days
    assert period.before[-1] + timedelta(days=1) == period.days[0]
    assert period_of(span, period.days[-1] + timedelta(days=1)).before == period.days


def test_the_hours_of_a_night_stand_together() -> None:
    assert sorted([23, 1, 18, 12, 11, 0], key=in_night) == [12, 18, 23, 0, 1, 11]
