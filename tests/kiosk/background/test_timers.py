"""What the clock makes due happens once, and only in the process that keeps time."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event

import pytest
from desk import Desk
from devices import Running
from looking import look
from refusing import minutes

from nightdesk_kiosk.background.timers import TIMER_TASK, Task, Timer
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, events, pages, slips, tickets


@pytest.fixture
def desk(store: Database, hospital: Hospital) -> Desk:
    lists = [one.changed(session_list="lobby") if one.sessions else one for one in hospital.clinic]
    return Desk(store, hospital.changed(clinic=lists, display=[]))


def timer(desk: Desk, now: datetime) -> Timer:
    return Timer(desk.hospital, desk.database, lambda: now, Event())


def lists(store: Database) -> list[str | None]:
    return [job.clinic for job in slips.newest(look(store), 99) if job.kind is SlipKind.LIST]


def test_one_tick_after_closing_lapses_who_did_not_come_and_prints_the_lists_and_the_next_does_nothing(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    closes = evening.replace(hour=21, minute=0)
    expected = desk.expect("tcm-night", now=evening, by=nurse)
    timer(desk, closes - timedelta(microseconds=1)).tick()
    assert (lists(store), len(events.after(look(store), 0))) == ([], 1), "not a moment before"
    timer(desk, closes).tick()
    assert lists(store) == ["tcm-night", "postpartum"]
    gone = tickets.by_id(look(store), expected.id)
    assert gone is not None
    assert gone.state is State.LAPSED
    log = events.after(look(store), 0)
    assert (log[-1].kind, log[-1].actor, log[-1].station) == ("no_show", "nightdesk", "run")
    timer(desk, closes + minutes(1)).tick()
    assert (lists(store), events.after(look(store), 0)) == (["tcm-night", "postpartum"], log), "nothing more happened"


def test_a_list_that_nobody_could_print_for_six_hours_is_given_up(
    desk: Desk, store: Database, evening: datetime
) -> None:
    closes = evening.replace(hour=21, minute=0)
    timer(desk, closes + minutes(6 * 60)).tick()
    assert lists(store) == []
    timer(desk, closes + minutes(6 * 60) - timedelta(microseconds=1)).tick()
    assert lists(store) == ["tcm-night", "postpartum"], "also after midnight"


def test_what_happens_seldom_is_not_looked_for_in_every_tick(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    moments = [evening, evening.replace(hour=22)]
    seldom = Timer(desk.hospital, desk.database, lambda: moments[0], Event())
    seldom.tick()
    desk.expect("tcm-night", now=evening, by=nurse)
    moments.pop(0)
    seldom.tick()
    assert (lists(store), len(desk.expected())) == ([], 1)


def test_a_page_goes_out_again_when_due_and_once(desk: Desk, store: Database, evening: datetime, nurse: By) -> None:
    night = evening.replace(hour=3, minute=0)
    desk.issue("bone", now=night, by=nurse)
    for now, rounds in ((night + minutes(4.9), 1), (night + minutes(5), 2), (night + minutes(5), 2)):
        timer(desk, now).tick()
        assert [page.rounds for page in pages.open_pages(look(store))] == [rounds]


class Counting(Task):
    """A task that only counts its ticks."""

    lock = TIMER_TASK
    ticks = 0

    def tick(self) -> None:
        self.ticks += 1
        self.ticked.set()

    def __init__(self, desk: Desk, now: datetime, stop: Event) -> None:
        super().__init__(desk.hospital, desk.database, lambda: now, stop, tick_seconds=0.005)
        self.ticked = Event()


def test_a_second_process_waits_until_the_first_has_let_go(desk: Desk, store: Database, evening: datetime) -> None:
    stop = Event()
    second = Counting(desk, evening, stop)
    first = store.lock(*TIMER_TASK)
    assert first.acquire()
    with first, Running(second.run, stop):
        assert not second.ticked.wait(0.2)
        first.release()
        assert second.ticked.wait(10)
        assert look(store).is_served(*TIMER_TASK)
    assert not look(store).is_served(*TIMER_TASK), "it lets go when it ends"


def test_a_task_told_to_stop_while_it_waits_never_ticks(desk: Desk, store: Database, evening: datetime) -> None:
    stop = Event()
    stop.set()
    waiting = Counting(desk, evening, stop)
    first = store.lock(*TIMER_TASK)
    assert first.acquire()
    with first:
        waiting.run()
        assert first.held
    assert waiting.ticks == 0
