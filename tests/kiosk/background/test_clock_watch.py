"""The clock watch: a clock that jumps is told once, with the numbers taken before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look

from nightdesk_kiosk.background.clock_watch import ClockWatch, Reading
from nightdesk_queue.domain.event_data import ClockStepped
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events


class Clocks:
    """Two clocks that a test sets."""

    def __init__(self, start: datetime) -> None:
        self.wall = start
        self.steady = 1000.0

    def go_on(self, seconds: float, jump: float = 0.0) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds + jump)

    def read(self) -> Reading:
        return Reading(self.wall, self.steady)


@pytest.fixture
def clocks(evening: datetime) -> Clocks:
    return Clocks(evening)


def test_a_clock_that_goes_on_or_is_corrected_a_little_is_none_that_jumps(desk: Desk, clocks: Clocks) -> None:
    watch = ClockWatch(desk.hospital, desk.database, clocks.read)
    for seconds, jump in ((1, 0), (3600, 0), (1, 0.5), (1, -19)):
        clocks.go_on(seconds, jump)
        assert watch.look() is None
    assert events.open_alarms(look(desk.database)) == []


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 20.0, -86400.0])
def test_a_jump_is_told_once_with_the_numbers_taken_since_the_one_before(
    desk: Desk, store: Database, clocks: Clocks, nurse: By, jump: float
) -> None:
    watch = ClockWatch(desk.hospital, desk.database, clocks.read)
    desk.issue("bone", now=clocks.wall, by=nurse)
    clocks.go_on(10)
    watch.look()
    clocks.go_on(1, jump)
    assert watch.look() == pytest.approx(jump)
    desk.issue("bone", now=clocks.wall, by=nurse)
    clocks.go_on(10)
    assert watch.look() is None
    clocks.go_on(1, -jump)
    watch.look()
    told = [alarm.data for alarm in events.open_alarms(look(store))]
    assert [(one.seconds, one.numbers) for one in told if isinstance(one, ClockStepped)] == [
        (jump, ("B001",)),
        (-jump, ("B002",)),
    ]
