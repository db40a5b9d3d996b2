"""Who patients were is forgotten after the time that the hospital sets, in small steps in a quiet hour."""

from __future__ import annotations

import logging
from datetime import date, datetime
from threading import Event

from nightdesk_kiosk.background.timers import TICK_SECONDS, Now, Task
from nightdesk_kiosk.logs import fact
from nightdesk_queue.commands.retention import wipe_names
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database

BY = By.service("retention")


class Forgetting(Task):
    """Wipes some names at each tick from the set time on, until none is left that day."""

    lock = ("task", "retention")

    def __init__(
        self, hospital: Hospital, database: Database, clock: Now, stop: Event, tick_seconds: float = TICK_SECONDS
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._done: date | None = None
        self._wiped = 0

    def tick(self) -> None:
        """Wipe some names where it is time. Raises Fault when the database fails."""
        now = self.clock()
        today = self._day(now)
        if self._done == today:
            return
        with working(self.database, self.hospital, now, BY) as work:
            wiped = wipe_names(work)
        self._wiped += wiped
        if not wiped:
            self._done = today
            if self._wiped:
                fact(logging.INFO, "names wiped", tickets=self._wiped)
            self._wiped = 0

    def _day(self, now: datetime) -> date:
        """Return the day whose time has come; before the set time that is the day before."""
        local = now.astimezone(self.hospital.zone)
        return local.date() if local.time() >= self.hospital.retention.at else date.fromordinal(local.toordinal() - 1)
