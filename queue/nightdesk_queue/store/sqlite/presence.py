"""The presence of a database's users: every process that has it open holds a shared lock beside it.

A database that is missing may be new, or may have been removed beneath programs that run. Only where nobody is present
may it be created: another file of the same name would give out the same numbers a second time.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.sqlite.sharing import NO_LOCK, open_beside
from nightdesk_queue.text.bilingual import Text

MISSING = Text(
    zh="没有数据库 {path}(或文件是空的)；核对 [database] url 或 --database 的路径。第一次使用时，由 nightdesk run、"
    "自助机或第一个号创建它",
    en="there is no database {path}, or it is empty; check the path in [database] url or --database. It is created at "
    "first use by nightdesk run, a kiosk or the first number",
)
REMOVED = Text(
    zh="数据库文件 {path} 不见了，或是空的，而仍有程序在用它；请放回原处或从备份恢复，不会新建空的",
    en="the database file {path} is gone or empty while programs use it; put it back or restore a backup, no new one "
    "is created",
)
IN_USE = Text(
    zh="数据库 {path} 正在使用；先停止所有 nightdesk 程序(run、lobby、console、board)",
    en="database {path} is in use; first stop every nightdesk program (run, lobby, console, board)",
)
PATIENCE_SECONDS = 2.0
"""How long two processes that start at once wait for the one that creates the file."""


def lock_of_users(database: Path) -> Path:
    """Return the file whose lock says who has a database open."""
    return database.with_name(f"{database.name}.users.lock")


@contextmanager
def nobody_present(database: Path) -> Iterator[None]:
    """See that nobody has a database open, and that nobody opens it meanwhile. Raises Fault, OSError."""
    users = open_beside(lock_of_users(database), database)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Fault("database_in_use", IN_USE.fill(path=database)) from error
    finally:
        os.close(users)


class Presence:
    """One process's presence at a database, from its opening to its closing."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = lock_of_users(database)
        self._descriptor: int | None = None

    def enter(self, *, create: bool) -> None:
        """Be present at a database, made where it is missing, `create` is set and nobody else is present. Raises Fault.

        Nothing is made where the database is missing and may not be made. An empty file is no database: it is what a
        program that creates one made a moment ago, or what somebody put in its place.
        """
        unused = not self._database.exists() or (not self._is_filled() and not self._path.exists())
        if not create and self._database.parent.is_dir() and unused:
            raise Fault("database_missing", MISSING.fill(path=self._database))
        try:
            self._descriptor = open_beside(self._path, self._database)
        except OSError as error:
            self._leave_to_engine(error)
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_filled() and not self._is_made(create=create):
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

    def _is_filled(self) -> bool:
        try:
            found = self._database.stat()
        except OSError:
            return False
        # what is no file is refused by the engine
        return found.st_size > 0 or not stat.S_ISREG(found.st_mode)

    def _is_made(self, *, create: bool) -> bool:
        """Make the file if nobody is present; whether that was so. Raises Fault where it may not be made."""
        assert self._descriptor is not None, "the lock is open"
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not create:
            self.leave()
            raise Fault("database_missing", MISSING.fill(path=self._database))
        try:
            os.close(open_beside(self._database, self._database))
        except OSError as error:
            self._leave_to_engine(error)
        return True

    def _leave_to_engine(self, error: OSError) -> None:
        """Let SQLite say what is wrong with the place, where it will; say it here where only the lock is at fault."""
        if self._path.exists() and self._database.exists():
            raise Fault("database_readonly", NO_LOCK.fill(path=self._path, error=error.strerror)) from error
