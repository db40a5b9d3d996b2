"""Lanes, overdue, bookings, accumulated priority: the order by example, by property, and against the literature."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lining import START, ticket

from nightdesk_queue.config.schema import OrderRules
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, PastCall, Place, Reason, Ticket
from nightdesk_queue.rules.ordering import Rules, counted_from, lane_turns, order

NEVER_OVERDUE = {3: 1440, 4: 1440}
TWO_AND_ONE = Rules(OrderRules(overdue_minutes=NEVER_OVERDUE))


def rules(**keys: object) -> Rules:
    return Rules(OrderRules.read({"overdue_minutes": {"3": 1440, "4": 1440}, **keys}))


def n_of(place: Place) -> str:
    return str(place.ticket.n)


def numbers(places: Iterable[Place]) -> list[str]:
    return ["R" if place.ticket.lane is Lane.RETURN else n_of(place) for place in places]


def test_the_hospitals_own_example_to_the_letter() -> None:
    """Number 2 comes back while 13 is with the doctor: 14, 15, (return), 16, 17, (return), 18, 19, (return)."""
    first = [ticket(n, n) for n in range(14, 20)]
    returns = [ticket(2, 60, Lane.RETURN), ticket(5, 61, Lane.RETURN), ticket(7, 62, Lane.RETURN)]
    places = order([*first, *returns], TWO_AND_ONE, {}, START + timedelta(minutes=63))
    assert numbers(places) == ["14", "15", "R", "16", "17", "R", "18", "19", "R"]
    assert [n_of(place) for place in places if place.ticket.lane is Lane.RETURN] == ["2", "5", "7"]
    assert {place.reason for place in places if place.ticket.lane is Lane.RETURN} == {Reason.LANE_TURN}
    assert places[2].text.en == "turn of returns"


def test_a_call_counts_for_a_lane_only_after_the_event_since_which_the_lane_waits() -> None:
    waiting = [ticket(1, 5, Lane.RETURN, since=7), ticket(2, 6, Lane.RETURN, since=9), ticket(3, 1)]
    calls = [PastCall(7, 4, Lane.FIRST), PastCall(8, 4, Lane.FIRST), PastCall(9, 3, Lane.FIRST)]
    assert lane_turns(waiting, calls, TWO_AND_ONE) == {(4, Lane.RETURN): 1}
    assert counted_from(waiting, TWO_AND_ONE) == 7
    assert counted_from([ticket(3, 1)], TWO_AND_ONE) is None
    of_old = replace(ticket(4, 2, Lane.RETURN), lane_since=None)
    assert counted_from([of_old, *waiting], TWO_AND_ONE) == 0, "an old row that does not know counts all calls"
    assert lane_turns([of_old], calls, TWO_AND_ONE) == {(4, Lane.RETURN): 2}


def test_one_and_one_while_returns_outnumber_first_visits() -> None:
    first = [ticket(n, n) for n in (1, 2, 3)]
    returns = [ticket(10 + n, 60 + n, Lane.RETURN) for n in range(4)]
    places = order([*first, *returns], TWO_AND_ONE, {}, START + timedelta(minutes=70))
    assert numbers(places) == ["1", "R", "2", "R", "3", "R", "R"]


def test_a_clinic_may_say_otherwise_for_each_lane() -> None:
    chosen = rules(insert_every={"return": 3, "priority": 1}, when_returns_lead=2)
    line = [ticket(n, n) for n in range(1, 7)] + [ticket(20, 60, Lane.RETURN), ticket(21, 61, Lane.PRIORITY)]
    places = order(line, chosen, {}, START + timedelta(minutes=70))
    assert [n_of(place) for place in places] == ["1", "21", "2", "3", "20", "4", "5", "6"]


def test_several_lanes_eligible_at_once_go_priority_then_return_then_missed() -> None:
    line = [ticket(n, n) for n in range(1, 5)]
    line += [ticket(30, 60, Lane.MISSED), ticket(31, 61, Lane.RETURN), ticket(32, 62, Lane.PRIORITY)]
    places = order(line, TWO_AND_ONE, {}, START + timedelta(minutes=70))
    assert [n_of(place) for place in places] == ["1", "2", "32", "31", "30", "3", "4"]


def test_a_lane_only_ever_helps_an_earlier_credited_time_is_eligible_at_once() -> None:
    line = [ticket(1, 10), ticket(2, 11), ticket(3, 5, Lane.PRIORITY)]
    places = order(line, TWO_AND_ONE, {}, START + timedelta(minutes=12))
    assert (n_of(places[0]), places[0].reason) == ("3", Reason.ARRIVAL)


def test_with_no_ordinary_patient_lanes_go_first_come_first_served() -> None:
    line = [ticket(1, 9, Lane.MISSED), ticket(2, 8, Lane.RETURN), ticket(3, 10, Lane.PRIORITY)]
    assert [n_of(place) for place in order(line, TWO_AND_ONE, {}, START + timedelta(minutes=20))] == [
        "2",
        "1",
        "3",
    ]


def test_the_turns_of_a_lane_are_counted_from_when_it_became_non_empty_or_was_last_served() -> None:
    waiting = [ticket(1, 10), ticket(2, 50, Lane.RETURN, since=100), ticket(3, 51, Lane.PRIORITY, since=103)]
    calls = [
        PastCall(99, 4, Lane.FIRST),
        PastCall(101, 4, Lane.FIRST),
        PastCall(102, 3, Lane.FIRST),
        PastCall(104, 4, Lane.BOOKED),
    ]
    turns = lane_turns(waiting, calls, TWO_AND_ONE)
    assert turns == {(4, Lane.RETURN): 2, (4, Lane.PRIORITY): 1}
    served = lane_turns(waiting, [*calls, PastCall(105, 4, Lane.RETURN)], TWO_AND_ONE)
    assert served == {(4, Lane.RETURN): 0, (4, Lane.PRIORITY): 1}


def test_the_overdue_go_to_the_head_of_their_level_by_credited_arrival() -> None:
    chosen = Rules(OrderRules.read({"overdue_minutes": {"III": 30, "IV": 90}}))
    line = [ticket(1, 5), ticket(2, 0), ticket(3, 60), ticket(4, 70, Lane.PRIORITY), ticket(5, 62, level=3)]
    places = order(line, chosen, {}, START + timedelta(minutes=100))
    assert [(n_of(place), place.reason) for place in places] == [
        ("5", Reason.OVERDUE),
        ("2", Reason.OVERDUE),
        ("1", Reason.OVERDUE),
        # two ordinary patients were called: the priority's turn has come
        ("4", Reason.LANE_TURN),
        ("3", Reason.ARRIVAL),
    ]
    assert [place.overdue for place in places] == [True, True, True, False, False]


ALL_OVERDUE = Rules(OrderRules(overdue_minutes={3: 1, 4: 1}))


def test_on_an_evening_on_which_all_are_overdue_two_and_one_still_makes_a_return_third() -> None:
    line = [ticket(n, n) for n in range(1, 20)] + [ticket(20, 119.5, Lane.RETURN)]
    places = order(line, ALL_OVERDUE, {}, START + timedelta(minutes=120))
    assert numbers(places)[:4] == ["1", "2", "R", "3"]
    assert [place.overdue for place in places[:4]] == [True, True, False, True]
    assert [place.reason for place in places[:4]] == [
        Reason.OVERDUE,
        Reason.OVERDUE,
        Reason.LANE_TURN,
        Reason.OVERDUE,
    ]


def test_somebody_of_a_lane_who_is_overdue_is_eligible_at_once() -> None:
    line = [ticket(1, 0), ticket(2, 1), ticket(3, 2), ticket(4, 30, Lane.MISSED), ticket(5, 119.5, Lane.RETURN)]
    places = order(line, ALL_OVERDUE, {}, START + timedelta(minutes=120))
    assert [(n_of(place), place.reason) for place in places] == [
        ("4", Reason.OVERDUE),
        ("1", Reason.OVERDUE),
        ("2", Reason.OVERDUE),
        ("5", Reason.LANE_TURN),
        ("3", Reason.OVERDUE),
    ]
    assert places[0].overdue


def test_the_overdue_lead_the_booked_who_go_first() -> None:
    chosen = Rules(OrderRules(booked="first", overdue_minutes={3: 60, 4: 60}))
    line = [ticket(1, 0), ticket(2, 70), ticket(3, 80, Lane.BOOKED)]
    places = order(line, chosen, {}, START + timedelta(minutes=100))
    assert [(n_of(place), place.reason) for place in places] == [
        ("1", Reason.OVERDUE),
        ("3", Reason.BOOKED),
        ("2", Reason.ARRIVAL),
    ]


def test_exactly_at_the_limit_nobody_is_overdue_yet() -> None:
    chosen = Rules(OrderRules.read({"overdue_minutes": 90}))
    line = [ticket(1, 0)]
    assert not order(line, chosen, {}, START + timedelta(minutes=90))[0].overdue
    assert order(line, chosen, {}, START + timedelta(minutes=90, seconds=1))[0].overdue


def test_booked_patients_stand_among_the_ordinary_by_slot_or_ahead_once_due() -> None:
    line = [ticket(1, 10), ticket(2, 40), ticket(3, 20, Lane.BOOKED), ticket(4, 60, Lane.BOOKED)]
    now = START + timedelta(minutes=45)
    assert [n_of(p) for p in order(line, rules(booked="equal"), {}, now)] == ["1", "3", "2", "4"]
    first = order(line, rules(booked="first"), {}, now)
    assert [(n_of(p), p.reason) for p in first] == [
        ("3", Reason.BOOKED),
        ("1", Reason.ARRIVAL),
        ("2", Reason.ARRIVAL),
        ("4", Reason.ARRIVAL),
    ]


def test_booked_patients_go_first_under_accumulated_priority_too() -> None:
    chosen = rules(rule="accumulate", booked="first", rates={"first": 5.0})
    line = [ticket(1, 0), ticket(2, 1), ticket(3, 20, Lane.BOOKED), ticket(4, 90, Lane.BOOKED)]
    places = order(line, chosen, {}, START + timedelta(minutes=30))
    assert [(n_of(p), p.reason) for p in places] == [
        ("3", Reason.BOOKED),
        ("1", Reason.ACCUMULATED),
        ("2", Reason.ACCUMULATED),
        ("4", Reason.ACCUMULATED),
    ]


def test_who_reported_again_just_now_is_last_until_the_cool_down_is_over() -> None:
    back = replace(ticket(1, 0, Lane.MISSED), rejoined_at=START + timedelta(minutes=30))
    line = [back, ticket(2, 40), ticket(3, 41)]
    hot = order(line, TWO_AND_ONE, {}, START + timedelta(minutes=30, seconds=59))
    assert [(n_of(p), p.reason) for p in hot][-1] == ("1", Reason.COOL_DOWN)
    assert order(line, TWO_AND_ONE, {}, START + timedelta(minutes=31))[0].ticket is back
    set_back = START + timedelta(minutes=29)
    assert order(line, TWO_AND_ONE, {}, set_back)[0].ticket is back


lanes = st.sampled_from([Lane.FIRST, Lane.FIRST, Lane.PRIORITY, Lane.RETURN, Lane.MISSED, Lane.BOOKED])
lines = st.lists(st.tuples(st.integers(0, 120), lanes, st.sampled_from([3, 4])), max_size=25).map(
    lambda rows: [ticket(n, minute, lane, 0, level) for n, (minute, lane, level) in enumerate(rows, start=1)]
)
some_rules = st.builds(
    lambda every, lead, booked, limits: Rules(
        OrderRules.read({"insert_every": every, "when_returns_lead": lead, "booked": booked, "overdue_minutes": limits})
    ),
    st.dictionaries(st.sampled_from(["priority", "return", "missed"]), st.integers(1, 4)),
    st.integers(1, 3),
    st.sampled_from(["equal", "first"]),
    st.sampled_from([{"3": 1440, "4": 1440}, {"3": 20, "4": 40}, {"3": 1, "4": 1}]),
)


@given(lines, some_rules)
def test_the_rth_of_a_lane_is_overtaken_by_at_most_n_times_r_ordinary_patients(
    line: list[Ticket], chosen: Rules
) -> None:
    places = [place.ticket for place in order(line, chosen, {}, START + timedelta(minutes=60))]
    for level in (3, 4):
        own = [one for one in places if one.level == level]
        for lane in INSERTED_LANES:
            members = [one for one in own if one.lane is lane]
            for r, member in enumerate(members, start=1):
                before = own[: own.index(member)]
                ordinary = sum(one.lane not in INSERTED_LANES for one in before)
                most = max(chosen.every(lane, False), chosen.every(lane, True))
                assert ordinary <= most * r


@given(lines, some_rules, st.lists(lanes, max_size=6))
def test_the_preview_is_what_calls_one_by_one_would_take(line: list[Ticket], chosen: Rules, before: list[Lane]) -> None:
    now = START + timedelta(minutes=60)
    calls = [PastCall(seq, 4, lane) for seq, lane in enumerate(before, start=1)]
    shown = order(line, chosen, lane_turns(line, calls, chosen), now)
    assert {place.ticket.id for place in shown} == {one.id for one in line}
    left = list(line)
    for place in shown:
        head = order(left, chosen, lane_turns(left, calls, chosen), now)[0]
        assert (head.ticket, head.reason) == (place.ticket, place.reason)
        calls.append(PastCall(len(calls) + 1, head.ticket.level, head.ticket.lane))
        left.remove(head.ticket)


@given(
    st.lists(st.sampled_from(["ordinary", "lane", "call"]), min_size=1, max_size=120),
    st.sampled_from(INSERTED_LANES),
    st.integers(1, 4),
)
def test_the_r_th_patient_of_a_lane_is_overtaken_by_at_most_n_r_ordinary_ones(
    steps: list[str], lane: Lane, every: int
) -> None:
    chosen = rules(insert_every={lane.value: every}, when_returns_lead=every)
    waiting: list[Ticket] = []
    calls: list[PastCall] = []
    bound: dict[str, int] = {}
    overtaken: dict[str, int] = {}
    for seq, step in enumerate([*steps, *["call"] * len(steps)], start=1):
        now = START + timedelta(minutes=seq)
        if step == "call":
            if not waiting:
                continue
            called = order(waiting, chosen, lane_turns(waiting, calls, chosen), now)[0].ticket
            waiting.remove(called)
            calls.append(PastCall(seq, 4, called.lane))
            if called.lane is Lane.FIRST:
                for other in waiting:
                    if other.lane is lane:
                        overtaken[other.id] += 1
            continue
        standing = [one for one in waiting if one.lane is lane]
        joins = lane if step == "lane" else Lane.FIRST
        since = min((one.lane_since or 0 for one in standing), default=seq - 1)
        newcomer = ticket(seq, seq, joins, since)
        if joins is lane:
            bound[newcomer.id] = every * (len(standing) + 1)
            overtaken[newcomer.id] = 0
        waiting.append(newcomer)
    assert not waiting, "nobody starves: as many calls as patients empty the line"
    assert all(overtaken[id_] <= bound[id_] for id_ in bound)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_accumulated_priority_agrees_with_kleinrocks_closed_form(load: float) -> None:
    """Mean waits of a played M/G/1 queue against the formula, three priorities, Erlang-2 consultations."""
    rates = {"one": 4.0, "two": 2.0, "three": 1.0}
    shares = (0.2, 0.3, 0.5)
    mean, second_moment = 10.0, 150.0  # Erlang-2 of mean 10: variance 50
    arrivals = [share * load / mean for share in shares]
    expected = closed_form(arrivals, mean, second_moment, list(rates.values()))
    chosen = rules(rule="accumulate", rates=rates)
    played = play(chosen, list(rates), arrivals, mean)
    for wait, wanted in zip(played, expected, strict=True):
        assert wait == pytest.approx(wanted, rel=0.08)
    assert all(first < second for first, second in pairwise(played))


def closed_form(arrivals: list[float], mean: float, second_moment: float, b: list[float]) -> list[float]:
    """Kleinrock's delay-dependent priorities, class 0 highest, solved from the lowest class up."""
    loads = [rate * mean for rate in arrivals]
    rho, w0 = sum(loads), sum(rate * second_moment for rate in arrivals) / 2
    waits = [0.0] * len(b)
    for k in reversed(range(len(b))):
        lower = sum(loads[i] * waits[i] * (1 - b[i] / b[k]) for i in range(k + 1, len(b)))
        higher = sum(loads[i] * (1 - b[k] / b[i]) for i in range(k))
        waits[k] = (w0 / (1 - rho) - lower) / (1 - higher)
    return waits


def play(chosen: Rules, names: list[str], arrivals: list[float], mean: float, patients: int = 60_000) -> list[float]:
    chance = Random(7)
    coming = [(chance.expovariate(rate), k) for k, rate in enumerate(arrivals)]
    heapq.heapify(coming)
    waiting: list[Ticket] = []
    waits: list[list[float]] = [[] for _ in names]
    free = 0.0
    for n in range(patients):
        while coming[0][0] <= free or not waiting:
            at, k = heapq.heappop(coming)
            waiting.append(replace(ticket(n, 0), priority=(names[k],), queued_at=START + timedelta(minutes=at)))
            heapq.heappush(coming, (at + chance.expovariate(arrivals[k]), k))
            free = max(free, at)
        called = order(waiting, chosen, {}, START + timedelta(minutes=free))[0].ticket
        waiting.remove(called)
        waits[names.index(called.priority[0])].append(free - (called.queued_at - START).total_seconds() / 60)
        free += chance.gammavariate(2, mean / 2)
    return [sum(listed) / len(listed) for listed in waits]
