"""Workers that fail, hang and are told to stop; and the doctor on call is not woken twice by a start."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from threading import Event, Thread

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes

from nightdesk_kiosk.background.supervisor import Service, Services
from nightdesk_kiosk.background.timers import TIMER_TASK
from nightdesk_kiosk.clock import Clock
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, pages
from nightdesk_queue.text.bilingual import same

FAULT = Fault("disk_full", same("no room"))
AN_HOUR = 3600.0


def ignore(name: str, fault: Fault) -> None:
    """Nobody listens."""


def one_worker(services: Services, work: Callable[[], None]) -> Services:
    """The same services with one worker only."""
    services.services = [Service("worker", work)]
    return services


class TestStopping:
    def test_stop_gives_up_on_a_hung_worker_and_says_so(self, hospital: Hospital, store: Database) -> None:
        hung, let_go = Event(), Event()

        def hang() -> None:
            hung.set()
            let_go.wait()

        services = one_worker(Services(hospital, store, Clock(), ignore, stop_seconds=0.05), hang)
        services.start()
        assert hung.wait(10)
        ended: list[bool] = []
        stopping = Thread(target=lambda: ended.append(services.stop()), daemon=True)
        stopping.start()
        stopping.join(10)
        assert ended == [False]
        let_go.set()
        assert services.stop(), "once it goes on, it ends"

    def test_stop_does_not_wait_for_the_pause_before_a_restart(self, hospital: Hospital, store: Database) -> None:
        reported = Event()

        def fail() -> None:
            raise FAULT

        heard = lambda name, fault: reported.set()  # noqa: E731 - one line says it
        services = one_worker(Services(hospital, store, Clock(), heard, restart_seconds=AN_HOUR), fail)
        services.start()
        assert reported.wait(10)
        assert services.stop()


class TestRestarting:
    def test_a_worker_that_fails_at_once_is_started_again_only_after_the_pause(
        self, hospital: Hospital, store: Database
    ) -> None:
        pause = 0.05
        started: list[float] = []
        enough = Event()

        def fail() -> None:
            started.append(time.monotonic())
            if len(started) == 4:
                enough.set()
            raise FAULT

        services = one_worker(Services(hospital, store, Clock(), ignore, restart_seconds=pause), fail)
        services.start()
        assert enough.wait(20)
        assert services.stop()
        between = [later - earlier for earlier, later in pairwise(started)]
        assert min(between) >= pause

    @pytest.mark.parametrize("gone", [OSError, ValueError])
    def test_a_terminal_that_is_gone_does_not_end_the_work(
        self, hospital: Hospital, store: Database, gone: type[Exception]
    ) -> None:
        again = Event()
        starts: list[int] = []

        def fail() -> None:
            starts.append(1)
            if len(starts) > 1:
                again.set()
            raise FAULT

        def report(name: str, fault: Fault) -> None:
            raise gone("the terminal has been closed")

        services = one_worker(Services(hospital, store, Clock(), report, restart_seconds=0.001), fail)
        services.start()
        assert again.wait(10)
        assert services.stop()

    def test_a_fault_is_reported_with_the_workers_name_and_a_bug_with_its_words(
        self, hospital: Hospital, store: Database
    ) -> None:
        heard: list[tuple[str, str, str]] = []
        both = Event()
        failures = iter([FAULT, ZeroDivisionError("by nothing")])

        def report(name: str, fault: Fault) -> None:
            heard.append((name, fault.code, fault.text.en))
            if len(heard) == 2:
                both.set()

        def fail() -> None:
            failure = next(failures, None)
            if failure is None:
                services.stopping.wait()
                return
            raise failure

        services = one_worker(Services(hospital, store, Clock(), report, restart_seconds=0.001), fail)
        services.start()
        assert both.wait(10)
        assert services.stop()
        assert heard == [
            ("worker", "disk_full", "no room"),
            ("worker", "internal", "unforeseen: ZeroDivisionError: by nothing"),
        ]


class TestPagesAtTheStart:
    """A page at three o'clock; the services start at ten past."""

    @pytest.fixture
    def night(self, evening: datetime) -> datetime:
        return evening.replace(hour=3, minute=0)

    def start(self, desk: Desk, now: datetime) -> None:
        services = Services(desk.hospital, desk.database, Clock(now, speed=0.0), ignore)
        services.services = []
        services.start()
        assert services.stop()

    def counted_from(self, store: Database) -> list[datetime]:
        return [page.last_at for page in pages.open_pages(look(store))]

    def test_a_round_that_has_not_gone_out_is_counted_from_the_start(
        self, desk: Desk, store: Database, night: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=night, by=nurse)
        self.start(desk, night + minutes(10))
        assert self.counted_from(store) == [night + minutes(10)]
        assert desk.escalate(night + minutes(14)) == []
        assert len(desk.escalate(night + minutes(15))) == 1

    def test_a_round_that_went_out_long_ago_goes_out_again_at_once(
        self, desk: Desk, store: Database, night: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=night, by=nurse)
        bare(store).execute("UPDATE slips SET state = 'printed'")
        self.start(desk, night + minutes(10))
        assert self.counted_from(store) == [night]

    def test_a_round_that_is_not_due_yet_keeps_its_time(
        self, desk: Desk, store: Database, night: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=night, by=nurse)
        self.start(desk, night + minutes(4))
        assert self.counted_from(store) == [night]

    def test_nothing_is_counted_anew_while_another_process_keeps_time(
        self, desk: Desk, store: Database, night: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=night, by=nurse)
        lock = store.lock(*TIMER_TASK)
        assert lock.acquire()
        with lock:
            self.start(desk, night + minutes(10))
        assert self.counted_from(store) == [night]
