"""Backups that `nightdesk run` makes by itself: each proved whole, the newest ones kept."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from nightdesk_kiosk.background.timers import TICK_SECONDS, Now, Task
from nightdesk_kiosk.logs import fact
from nightdesk_ports.backoff import Backoff
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import BackupTable
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database

SHORTEST_PAUSE, LONGEST_PAUSE = 30.0, 900.0


class Backups(Task):
    """Makes a backup whenever the newest is older than the hospital wants."""

    lock = ("task", "backups")

    def __init__(
        self,
        hospital: Hospital,
        table: BackupTable,
        database: Database,
        clock: Now,
        stop: Event,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._table = table
        self._folder = folder_of(hospital, table)
        self._backoff = Backoff(SHORTEST_PAUSE, LONGEST_PAUSE)
        self._next_at = 0.0

    def tick(self) -> None:
        """Make a backup where one is due, and delete those that are too many. Raises Fault."""
        if time.monotonic() < self._next_at:
            return
        now = self.clock()
        if not is_due(self.database.backups(self._folder), self._table, now):
            return
        try:
            made = self.database.backup(self._folder, now, portable=self._table.portable)
            self.database.rotate_backups(self._folder, self._table.keep)
        except Fault:
            # a folder that is full or away is not tried again at once
            self._next_at = time.monotonic() + self._backoff.next_pause()
            raise
        self._backoff.reset()
        fact(logging.INFO, "backup made", file=made.path.name)


def folder_of(hospital: Hospital, table: BackupTable) -> Path:
    """Return where backups go; a relative folder starts at the configuration's."""
    return hospital.folder / table.to


def is_due(known: list[tuple[datetime, Path]], table: BackupTable, now: datetime) -> bool:
    """Whether the newest backup is too old, or there is none; one of a clock that was ahead counts as too old."""
    if not known:
        return True
    age = now - known[-1][0]
    return not timedelta(0) <= age < timedelta(minutes=table.every_minutes)
