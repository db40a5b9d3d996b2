"""What happens by the clock: pages that nobody answers go out again, no-shows lapse, lists of sessions that are over
are printed, kiosks without a printer and screens that are away raise an alarm.

A task takes its lock, so that a second `nightdesk run` waits instead of doing everything twice. All state is in the
database: after a kill the next start goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event
from typing import ClassVar

from nightdesk_kiosk.background.clock_watch import ClockWatch
from nightdesk_kiosk.background.display_outages import DisplayOutages
from nightdesk_kiosk.background.printer_outages import PrinterOutages
from nightdesk_queue.commands.issuing import lapse_no_shows
from nightdesk_queue.commands.pages import escalate_page
from nightdesk_queue.commands.slip_printing import print_list
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.device_health import device_health
from nightdesk_queue.queries.due_work import lists_due, no_shows, pages_due
from nightdesk_queue.store import Database

TIMER_TASK = ("task", "timer")
"""The lock of the process whose timers run; another process waits."""
TICK_SECONDS = 1.0
SELDOM_SECONDS = 30.0
TIMER = By.service("run")

Now = Callable[[], datetime]


class Task:
    """Ticks until `stop` is set, whenever no other process does; `lock` names the task."""

    lock: ClassVar[tuple[str, str]]

    def __init__(
        self, hospital: Hospital, database: Database, clock: Now, stop: Event, tick_seconds: float = TICK_SECONDS
    ) -> None:
        self.hospital = hospital
        self.database = database
        self.clock = clock
        self.stop = stop
        self._tick_seconds = tick_seconds

    def run(self) -> None:
        """Work whenever no other process does. Raises Fault when the database fails."""
        lock = self.database.lock(*self.lock)
        if not lock.wait(self.stop, self._tick_seconds):
            return
        with lock:
            while lock.held and not self.stop.wait(self._tick_seconds):
                self.tick()

    def tick(self) -> None:
        """Do what is due. Raises Fault when the database fails."""
        raise NotImplementedError


class Timer(Task):
    """Sends unanswered pages out again, lets no-shows lapse, prints lists of sessions, watches printers and screens."""

    lock = TIMER_TASK

    def __init__(
        self, hospital: Hospital, database: Database, clock: Now, stop: Event, tick_seconds: float = TICK_SECONDS
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._outages = (PrinterOutages(hospital, database), DisplayOutages(hospital, database))
        self._clock_watch = ClockWatch(hospital, database)
        self._seldom_at = 0.0

    def tick(self) -> None:
        """Send out the pages that are due and look for outages; now and then for no-shows and ended sessions."""
        self._clock_watch.look()
        now = self.clock()
        with self.database.snapshot() as tx:
            due = pages_due(tx, self.hospital, now)
            devices = device_health(tx, self.hospital)
        for page in due:
            with working(self.database, self.hospital, now, TIMER) as work:
                escalate_page(work, page)
        for outages in self._outages:
            outages.look(devices, now, time.monotonic())
        if time.monotonic() >= self._seldom_at:
            self._let_lapse(now)
            self._print_lists(now)
            # whoever copies the file alone, against all advice, gets all but the last moments
            self.database.settle()
            self._seldom_at = time.monotonic() + SELDOM_SECONDS

    def _let_lapse(self, now: datetime) -> None:
        with self.database.snapshot() as tx:
            gone = no_shows(tx, self.hospital, now)
        if gone:
            with working(self.database, self.hospital, now, TIMER) as work:
                lapse_no_shows(work)

    def _print_lists(self, now: datetime) -> None:
        today = now.astimezone(self.hospital.zone).date()
        days: list[date] = [today - timedelta(days=1), today]
        with self.database.snapshot() as tx:
            due = lists_due(tx, self.hospital, days, now)
        for clinic, day in due:
            with working(self.database, self.hospital, now, TIMER) as work:
                print_list(work, clinic, day=day, asked=False)
