"""Work of a quiet hour: once a day from a set time on, in small steps, so that nobody at a kiosk waits for it."""

from __future__ import annotations

from datetime import date, datetime
from threading import Event

from nightdesk_kiosk.background.timers import TICK_SECONDS, Now, Task
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database


class DailyTask(Task):
    """Does one step at each tick of a day whose time has come, until nothing is left that day."""

    def __init__(
        self, hospital: Hospital, database: Database, clock: Now, stop: Event, tick_seconds: float = TICK_SECONDS
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._done: date | None = None
        self._count = 0

    def tick(self) -> None:
        """Do one step where it is time. Raises Fault."""
        now = self.clock()
        day = self.day(now)
        if day is None or day == self._done:
            return
        done = self.step(now)
        self._count += done
        if not done:
            self._done = day
            if self._count:
                self.tell(self._count)
            self._count = 0

    def day(self, now: datetime) -> date | None:
        """Return the day whose time has come; None before the time."""
        raise NotImplementedError

    def step(self, now: datetime) -> int:
        """Do some of the work; return how much was done, 0 when nothing is left. Raises Fault."""
        raise NotImplementedError

    def tell(self, count: int) -> None:
        """Log how much was done that day."""
        raise NotImplementedError
