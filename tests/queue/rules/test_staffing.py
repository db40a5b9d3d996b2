"""Which rooms a forecast counts on: who is at work decides more than any formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from lining import START, ticket

from nightdesk_queue.domain.room_state import RoomState, RoomUse
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.staffing import RoomFacts, Staffing, staffing

ROOMS = ("one", "two")


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def staffed(
    now: float,
    ended: dict[str, float],
    *said: tuple[str, RoomUse, float, float | None],
    occupied: tuple[str, ...] = (),
    waits_since: float | None = 0,
) -> Staffing:
    waiting: list[Ticket] = [] if waits_since is None else [replace(ticket(1, waits_since), arrived_at=at(waits_since))]
    states = {
        room: RoomState(room, use, at(until) if until is not None else None, None, at(changed))
        for room, use, changed, until in said
    }
    facts = RoomFacts({room: at(minute) for room, minute in ended.items()}, states)
    return staffing(ROOMS, occupied, facts, waiting, timedelta(minutes=3), at(now))


@pytest.mark.parametrize(
    ("idle", "counted", "empty"), [(2.9, {"one", "two"}, set()), (3, {"one"}, {"two"}), (59, {"one"}, {"two"})]
)
def test_a_room_idle_for_three_minutes_while_somebody_waits_is_not_counted(
    idle: float, counted: set[str], empty: set[str]
) -> None:
    found = staffed(100, {"two": 100 - idle}, occupied=("one",))
    assert (found.counted, found.empty) == (counted, empty)


def test_an_idle_room_for_which_nobody_waits_is_counted() -> None:
    assert staffed(100, {"two": 60}, occupied=("one",), waits_since=None).counted == {"one", "two"}
    assert staffed(100, {"two": 60}, occupied=("one",), waits_since=98).counted == {"one", "two"}, "not for long enough"


def test_where_every_room_seems_empty_those_at_work_are_counted_all_the_same() -> None:
    found = staffed(100, {"one": 90, "two": 80})
    assert (found.counted, found.empty) == ({"one", "two"}, {"one", "two"})


def test_before_the_first_call_all_rooms_are_counted_that_nobody_has_closed() -> None:
    assert staffed(10, {}).counted == {"one", "two"}
    assert staffed(10, {}, ("two", RoomUse.CLOSED, 5, None)).counted == {"one"}


@pytest.mark.parametrize(
    ("use", "until", "counted"),
    [
        (RoomUse.CLOSED, None, {"one"}),
        (RoomUse.PAUSED, None, {"one"}),
        (RoomUse.PAUSED, 101, {"one"}),
        (RoomUse.PAUSED, 100, {"one", "two"}),
        (RoomUse.OPEN, None, {"one", "two"}),
    ],
)
def test_what_staff_say_of_a_room_counts(use: RoomUse, until: float | None, counted: set[str]) -> None:
    assert staffed(100, {"two": 99}, ("two", use, 98, until), occupied=("one",)).counted == counted


def test_a_patient_in_a_closed_room_is_still_counted_on() -> None:
    assert staffed(100, {}, ("two", RoomUse.CLOSED, 98, None), occupied=("two",)).counted == {"two"}
