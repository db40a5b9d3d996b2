"""A missed patient who reports again is put so many places back: exactly, or as near as any credited arrival leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lining import START, ticket

from nightdesk_queue.config.schema import OrderRules
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, State, Ticket
from nightdesk_queue.rules.ordering import Rules, order, place_behind

NOW = START + timedelta(minutes=100)
LANES = tuple(lane for lane in INSERTED_LANES if lane is not Lane.MISSED)
LINES = st.lists(
    st.tuples(
        st.floats(0, 99).map(lambda minutes: round(minutes, 1)),
        st.sampled_from([Lane.FIRST, Lane.FIRST, Lane.RETURN, Lane.PRIORITY, Lane.BOOKED]),
        st.booleans(),
    ),
    max_size=14,
)


def rules(rule: str, limit: int) -> Rules:
    keys = {"rule": rule, "overdue_minutes": {"3": limit, "4": limit}}
    if rule == "accumulate":
        keys["rates"] = {"elderly": 2.5, "missed": 0.5, "return": 1.5}
    return Rules(OrderRules.read(keys), LANES)


def line_of(members: list[tuple[float, Lane, bool]]) -> list[Ticket]:
    return [
        replace(ticket(n, minutes, lane), priority=("elderly",) if elderly else ())
        for n, (minutes, lane, elderly) in enumerate(members, 1)
    ]


def ahead_of(missed: Ticket, line: list[Ticket], chosen: Rules) -> int:
    placed = replace(missed, state=State.WAITING, lane=Lane.MISSED)
    return [place.ticket.id for place in order([*line, placed], chosen, {}, NOW)].index(missed.id)


@given(LINES, st.integers(0, 15), st.sampled_from(["interleave", "accumulate"]), st.sampled_from([30, 60, 1440]))
def test_no_credited_arrival_leads_nearer_to_the_place(
    members: list[tuple[float, Lane, bool]], back: int, rule: str, limit: int
) -> None:
    line, chosen = line_of(members), rules(rule, limit)
    missed = replace(ticket(99, 3), missed=1)
    placing = place_behind(line, missed, back, chosen, {}, NOW)
    if placing.queued_at is None:
        assert len(line) <= back
        return
    reached = ahead_of(replace(missed, queued_at=placing.queued_at), line, chosen)
    assert reached == placing.ahead
    tried = [START + timedelta(minutes=step / 4) for step in range(-1600, 404)]
    best = min(abs(ahead_of(replace(missed, queued_at=at), line, chosen) - back) for at in tried)
    assert abs(reached - back) <= best


@pytest.mark.parametrize("back", range(8))
def test_an_earlier_credit_than_any_in_line_is_found_where_rates_ask_for_it(back: int) -> None:
    line = [replace(ticket(n, 60 + n), priority=("elderly",)) for n in range(1, 9)]
    chosen = rules("accumulate", 1440)
    missed = replace(ticket(99, 3), missed=1)
    assert place_behind(line, missed, back, chosen, {}, NOW).ahead == back


def test_where_a_lane_stands_in_the_way_the_nearest_place_is_taken_and_said() -> None:
    line = [ticket(1, 0), ticket(2, 0), ticket(3, 0), ticket(4, 0)]
    placing = place_behind(line, replace(ticket(99, 3), missed=1), 2, rules("interleave", 1440), {}, NOW)
    assert placing.ahead in (0, 4), "nobody stands between patients of one instant"
