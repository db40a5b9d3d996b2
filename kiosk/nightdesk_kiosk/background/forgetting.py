"""Who patients were is forgotten after the time that the hospital sets, in small steps in a quiet hour."""

from __future__ import annotations

import logging
from datetime import date, datetime

from nightdesk_kiosk.background.daily import DailyTask
from nightdesk_kiosk.logs import fact
from nightdesk_queue.commands.retention import wipe_names
from nightdesk_queue.commands.work import working
from nightdesk_queue.domain.people import By

BY = By.service("retention")


class Forgetting(DailyTask):
    """Wipes some names at each tick from the set time on, until none is left that day."""

    lock = ("task", "retention")

    def day(self, now: datetime) -> date:
        """Return the day whose time has come; before the set time that is the day before."""
        local = now.astimezone(self.hospital.zone)
        return local.date() if local.time() >= self.hospital.retention.at else date.fromordinal(local.toordinal() - 1)

    def step(self, now: datetime) -> int:
        """Wipe some names. Raises Fault when the database fails."""
        with working(self.database, self.hospital, now, BY) as work:
            return wipe_names(work)

    def tell(self, count: int) -> None:
        """Log how many were wiped."""
        fact(logging.INFO, "names wiped", tickets=count)
