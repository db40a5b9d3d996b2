"""One connection to a SQLite file, and what is done on it: a transaction, or a snapshot."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Row, Tx, Values
from nightdesk_queue.store.sqlite.faults import fault_of
from nightdesk_queue.store.sqlite.file_in_use import FileInUse, Identity
from nightdesk_queue.store.sqlite.file_lock import is_held
from nightdesk_queue.store.sqlite.pausing import sleep_about
from nightdesk_queue.store.sqlite.preparing import BUSY_SECONDS
from nightdesk_queue.store.sqlite.watcher import GONE

if TYPE_CHECKING:
    from nightdesk_queue.store.sqlite.engine import SqliteDatabase

FIRST_PAUSE, LAST_PAUSE, PAUSE_SHRINKS = 0.001, 0.0001, 0.1
"""Seconds between two tries to write at first and at last, and how much shorter a pause is for each second waited."""
_NONE: Values = {}


class Connection(sqlite3.Connection):
    """A connection that knows which file it opened, and waits for its turn by itself.

    SQLite's own way waits longer after each try in vain, at last 100 ms, so whoever came last is served first and one
    of eight writers was seen to wait 2 s. Here who has waited longer asks more often, which makes it likely that
    whoever came first is served first. The pauses are uneven, so that two writers never ask in step.
    """

    file: Identity | None = None
    use: FileInUse | None = None

    def close(self) -> None:
        """Close it, and let others know."""
        super().close()
        use, self.use = self.use, None
        if use is not None:
            use.closed()

    def in_turn(self, sql: str, values: Values = _NONE) -> sqlite3.Cursor:
        """Execute a statement as soon as no other process is in its way. Raises sqlite3.Error after BUSY_SECONDS.

        The statement begins a transaction or is the first of a snapshot, so it may be tried again: a writer holds no
        lock yet, and later ones find nobody in their way.
        """
        began = None
        while True:
            try:
                return self.execute(sql, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                began = began or time.monotonic()
                waited = time.monotonic() - began
                if waited > BUSY_SECONDS:
                    raise
            pause = max(LAST_PAUSE, FIRST_PAUSE - PAUSE_SHRINKS * waited)
            sleep_about(pause)


class SqliteTx:
    """An open transaction or snapshot on one connection."""

    __slots__ = ("_connection", "_path")

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, sql: str, values: Values = _NONE, /) -> list[Row]:
        """Return all rows of a query."""
        return self._connection.in_turn(sql, values).fetchall()

    def row(self, sql: str, values: Values = _NONE, /) -> Row | None:
        """Return the first row of a query, None without one."""
        cursor = self._connection.in_turn(sql, values)
        found: Row | None = cursor.fetchone()
        # a statement that is not read to its end would keep its snapshot, and an INSERT with RETURNING its lock
        cursor.close()
        return found

    def change(self, sql: str, values: Values = _NONE, /) -> int:
        """Write, and return how many rows were changed."""
        return self._connection.execute(sql, values).rowcount

    def write(self, sql: str, values: Values = _NONE, /) -> None:
        """Write, and ask nothing about it."""
        self._connection.execute(sql, values)

    def ahead(self, *asks: Callable[[Tx], object]) -> None:
        """Do nothing: a file answers at once."""

    @contextmanager
    def part(self) -> Iterator[None]:
        """Give a part of a transaction, which alone is undone where it raises."""
        self._connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO part")
            raise
        finally:
            self._connection.execute("RELEASE part")

    def is_served(self, kind: str, id_: str, /) -> bool:
        """Whether a running process holds the lock of this name."""
        return is_held(self._path, kind, id_)


class ReadUnit:
    """A snapshot as a context manager; a class and not a generator, since every look passes it."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def __enter__(self) -> SqliteTx:
        connection = self._connection = self._database.borrow()
        try:
            connection.execute("BEGIN")
        except sqlite3.Error as error:
            self._database.give_back(connection)
            raise fault_of(error, self._database.path) from error
        return SqliteTx(connection, self._database.path)

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            self._database.give_back(self._connection)
        _raise_fault(raised, self._database.path)


class WriteUnit:
    """A transaction as a context manager; a class and not a generator, since every ticket passes it."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def __enter__(self) -> SqliteTx:
        connection = self._connection = self._database.borrow()
        try:
            connection.in_turn("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._database.give_back(connection)
            raise fault_of(error, self._database.path) from error
        return SqliteTx(connection, self._database.path)

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        connection = self._connection
        try:
            if raised is None:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raised = error
        try:
            if raised is not None and connection.in_transaction:
                connection.execute("ROLLBACK")
        finally:
            self._database.give_back(connection)
        _raise_fault(raised, self._database.path)
        if raised is None and not self._database.is_current(connection):
            # what was committed is in a file that nobody else can see any more
            raise Fault("unreachable", GONE.fill(path=self._database.path))


def _raise_fault(raised: BaseException | None, path: Path) -> None:
    """Raise SQLite's own errors as Faults. IntegrityError passes: it means a promise of ours."""
    if isinstance(raised, sqlite3.Error) and not isinstance(raised, sqlite3.IntegrityError):
        raise fault_of(raised, path) from raised
