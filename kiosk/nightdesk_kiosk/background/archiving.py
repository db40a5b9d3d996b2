"""Years: what is long past leaves the database, for a file a year or for good, in a quiet hour and in small steps."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from nightdesk_kiosk.background.daily import DailyTask
from nightdesk_kiosk.logs import fact
from nightdesk_queue.commands.archiving import AT_ONCE, keep, oldest_kept, take_out
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, archiving, open_database
from nightdesk_queue.store.archiving import Bundle
from nightdesk_queue.text.bilingual import Text

BY = By.service("retention")
NAME = "archive-{year}.db"
NOT_WRITTEN = Text(zh="档案写不进 {folder}：{e}", en="the archive cannot be written into {folder}: {e}")


def _keep(hospital: Hospital, machine: str, bundles: Sequence[Bundle], now: datetime, by: By) -> None:
    """Write bundles into the files of their years, on the disk when this returns; nothing where none are kept.

    Raises Fault.
    """
    to = hospital.retention.to
    if to is None:
        return
    folder = (hospital.folder / to).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault("archive_not_written", NOT_WRITTEN.fill(folder=folder, e=error.strerror or error)) from error
    for year in sorted({bundle.year for bundle in bundles}):
        url = f"sqlite:///{folder / NAME.format(year=year)}"
        with open_database(url, machine=machine) as file, working(file, hospital, now, by) as work:
            keep(work, [bundle for bundle in bundles if bundle.year == year])


def archive_some(database: Database, hospital: Hospital, now: datetime, by: By = BY) -> int:
    """Let a few tickets or facts leave that are old enough; return how many did, 0 when nothing is left. Raises Fault.

    First they are in the archive, then they leave: what breaks in between leaves them in both, and the next try finds
    them in the archive.
    """
    months = hospital.retention.months
    if months is None:
        return 0
    day = first_kept(hospital, now, months)
    with database.snapshot() as tx:
        found = archiving.old_tickets(tx, day, AT_ONCE)
        if not found:
            found = archiving.old_facts(tx, datetime.combine(day, time(0), hospital.zone).astimezone(UTC), AT_ONCE * 10)
    if not found:
        return 0
    _keep(hospital, database.machine, found, now, by)
    with working(database, hospital, now, by) as work:
        return take_out(work, found)


def first_kept(hospital: Hospital, now: datetime, months: int) -> date:
    """Return the first service day that stays."""
    return oldest_kept(now.astimezone(hospital.zone).date(), months)


class Archiving(DailyTask):
    """Archives some at each tick from the set time on, until nothing is left that day."""

    lock = ("task", "archiving")
    _pages = 0
    """Given back that day."""

    def day(self, now: datetime) -> date | None:
        """Return today from the set time on."""
        local = now.astimezone(self.hospital.zone)
        return local.date() if local.time() >= self.hospital.retention.at else None

    def step(self, now: datetime) -> int:
        """Archive some, and when all is archived give some of the room back. Raises Fault."""
        if left := archive_some(self.database, self.hospital, now):
            return left
        pages = self.database.tidy()
        self._pages += pages
        return pages

    def tell(self, count: int) -> None:
        """Log how much left."""
        fact(logging.INFO, "archived", bundles=count - self._pages, pages_given_back=self._pages)
        self._pages = 0
