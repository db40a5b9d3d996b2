"""Who is next, and how long it takes: pure functions, by example and by property."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from lining import START, ticket

from nightdesk_queue.config.schema import OrderRules
from nightdesk_queue.domain.tickets import Place, Reason, Ticket
from nightdesk_queue.rules.ordering import Rules
from nightdesk_queue.rules.ordering import order as full_order
from nightdesk_queue.rules.waits import Learned, forecasts, remaining_minutes

PLAIN = Rules(OrderRules(overdue_minutes={3: 1440, 4: 1440}))


def order(tickets: list[Ticket]) -> list[Place]:
    return full_order(tickets, PLAIN, {}, START + timedelta(minutes=61))


def interval(busy: list[float], ahead: list[float]) -> tuple[int, int]:
    return forecasts(busy, ahead, Learned({}))[-1].minutes


waiting = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([3, 4])), max_size=30).map(
    lambda rows: [ticket(seq, minute, level=level) for seq, (minute, level) in enumerate(rows, start=1)]
)


@given(waiting, st.randoms())
def test_level_three_goes_before_every_four_and_equals_by_credited_arrival(
    tickets: list[Ticket], chance: object
) -> None:
    places = order(tickets)
    ranks = [(place.ticket.level, place.ticket.queued_at, place.ticket.seq) for place in places]
    assert ranks == sorted(ranks)
    assert {place.ticket.id for place in places} == {ticket.id for ticket in tickets}
    shuffled = list(tickets)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(shuffled) == places


@given(waiting)
def test_calling_the_first_again_and_again_is_the_order_that_was_shown(tickets: list[Ticket]) -> None:
    shown = [place.ticket for place in order(tickets)]
    left, called = list(tickets), []
    while left:
        first = order(left)[0].ticket
        called.append(first)
        left.remove(first)
    assert called == shown


def test_every_place_says_why() -> None:
    places = order([ticket(1), ticket(2, level=3)])
    assert [(place.ticket.number, place.reason) for place in places] == [
        ("N002", Reason.LEVEL),
        ("N001", Reason.ARRIVAL),
    ]


def test_a_transferred_patient_takes_the_place_of_the_first_arrival() -> None:
    early = replace(ticket(9, minute=-30), origin="er")
    assert order([ticket(1), ticket(2), early])[0].ticket is early


def test_nobody_ahead_and_a_free_room_is_no_wait() -> None:
    assert interval([0.0, 12.0], []) == (0, 5)


def test_five_ahead_of_two_rooms_is_about_what_two_doctors_need() -> None:
    low, high = interval([7.0, 13.0], [13.4] * 5)
    # played by hand: rooms free at 7, 13, 20.4, 26.4, 33.8 -> the sixth starts at 39.8
    assert low < 39.8 < high
    half = 1.28 * math.sqrt((0.47 * 13.4) ** 2 * 5.5 / 4 + 3.98**2)
    assert (low, high) == (5 * math.floor((39.8 - half) / 5), 5 * math.ceil((39.8 + half) / 5))


def test_a_consultation_that_outran_its_mean_is_not_expected_to_end_at_once() -> None:
    assert remaining_minutes(20, 5) == 15
    assert remaining_minutes(20, 60) == 7


@given(st.floats(5, 60), st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 150))
def test_intervals_are_round_and_ordered_and_never_shrink_when_somebody_is_put_ahead(
    mean: float, shares: list[float], people: int
) -> None:
    busy = [share * mean for share in shares]
    low, high = interval(busy, [mean] * people)
    assert low % 5 == 0
    assert high % 5 == 0
    assert 0 <= low < high
    assert interval(busy, [mean] * (people + 1))[1] >= high
