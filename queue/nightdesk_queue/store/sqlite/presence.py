"""The presence of a database's users: every process that has it open holds a shared lock beside it.

A database that is missing may be new, or may have been removed beneath programs that run. Only where nobody is present
may it be created: another file of the same name would give out the same numbers a second time.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.sqlite.sharing import NO_LOCK, open_beside
from nightdesk_queue.text.bilingual import Text

MISSING = Text(
    zh="没有数据库 {path}；核对 [database] url 或 --database 的路径。第一次使用时，由 nightdesk run、各屏幕或第一个号"
    "创建它",
    en="there is no database {path}; check the path in [database] url or --database. It is created at first use by "
    "nightdesk run, a screen or the first number",
)
REMOVED = Text(
    zh="数据库文件 {path} 不见了，而仍有程序在用它；请放回原处或从备份恢复，不会新建空的",
    en="the database file {path} is gone while programs use it; put it back or restore a backup, no new one is created",
)
PATIENCE_SECONDS = 2.0
"""How long two processes that start at once wait for the one that creates the file."""


class Presence:
    """One process's presence at a database, from its opening to its closing."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name(f"{database.name}.users.lock")
        self._descriptor: int | None = None

    def enter(self, *, create: bool) -> None:
        """Be present at a database, made where it is missing, `create` is set and nobody else is present. Raises Fault.

        Nothing is made where the database is missing and may not be made.
        """
        if not create and self._database.parent.is_dir() and not self._database.exists():
            raise Fault("database_missing", MISSING.fill(path=self._database))
        try:
            self._descriptor = open_beside(self._path, self._database)
        except OSError as error:
            self._leave_to_engine(error)
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._database.exists() and not self._created():
            if time.monotonic() > deadline:
                self.leave()
                raise Fault("unreachable", REMOVED.fill(path=self._database))
            time.sleep(0.01)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Be present no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _created(self) -> bool:
        """Create the file if nobody is present; whether that was so."""
        assert self._descriptor is not None, "the lock is open"
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            os.close(open_beside(self._database, self._database))
        except OSError as error:
            self._leave_to_engine(error)
        return True

    def _leave_to_engine(self, error: OSError) -> None:
        """Let SQLite say what is wrong with the place, where it will; say it here where only the lock is at fault."""
        if self._path.exists() and self._database.exists():
            raise Fault("database_readonly", NO_LOCK.fill(path=self._path, error=error.strerror)) from error
