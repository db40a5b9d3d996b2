"""The SQLite engine: opening a file, its connections, transactions and snapshots.

WAL with synchronous=FULL: a committed transaction survives a power cut. A transaction is `BEGIN IMMEDIATE`, because a
deferred one that reads and then writes fails at once under contention, whatever the busy timeout. Each transaction or
snapshot borrows an open connection, so any thread may begin one and none is opened anew for it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Examination, Row, Values
from nightdesk_queue.store.sqlite.faults import fault_of, faults
from nightdesk_queue.store.sqlite.file_in_use import FileInUse, Identity, identity, inode
from nightdesk_queue.store.sqlite.file_lock import FileLock, is_held
from nightdesk_queue.store.sqlite.pausing import sleep_about
from nightdesk_queue.store.sqlite.preparing import BUSY_SECONDS, prepare, refuse_scrap
from nightdesk_queue.store.sqlite.presence import Presence
from nightdesk_queue.store.sqlite.sharing import refuse_stranger
from nightdesk_queue.store.sqlite.watcher import GONE, Feed, Watcher

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


class SqliteDatabase:
    """A database in one SQLite file, for the processes of one machine."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._idle: list[Connection] = []
        self._guard = Lock()
        self._gate = Lock()
        self._use: FileInUse | None = None
        self._watcher: Watcher | None = None
        self._closed = False
        refuse_stranger(path)
        self._presence = Presence(path)
        refuse_scrap(path)
        self._presence.enter(create=create)
        try:
            # opened at once: a file that cannot be used is a fault of the start
            self._idle.append(self._connect(lay_out=True))
        except BaseException:
            self._let_go()
            self._presence.leave()
            raise

    @property
    def where(self) -> str:
        """The path of the file."""
        return str(self.path)

    def transaction(self) -> WriteUnit:
        """Give a transaction, written whole or not at all. Raises Fault when it cannot be written."""
        return WriteUnit(self)

    def snapshot(self) -> ReadUnit:
        """Give one moment of the database for several queries. Raises Fault."""
        return ReadUnit(self)

    def changes(self) -> Feed:
        """Give a feed that wakes its reader within 50 ms of a commit anywhere. Raises Fault."""
        with self._guard:
            if self._watcher is None:
                self._watcher = Watcher(self.path, self._connect_patiently, self._let_go)
            watcher = self._watcher
        return Feed(watcher)

    def lock(self, kind: str, id_: str) -> FileLock:
        """Give the lock of a device or a task, not yet taken."""
        return FileLock(self.path, kind, id_)

    @contextmanager
    def rehearsal(self) -> Iterator[SqliteDatabase]:
        """Give a copy in a folder that only this user may enter."""
        from tempfile import TemporaryDirectory  # noqa: PLC0415 - it loads compressors; only imports rehearse

        with TemporaryDirectory(prefix="nightdesk-") as folder:
            path = Path(folder) / self.path.name
            source = self.borrow()
            try:
                with faults(self.path), closing(sqlite3.connect(path)) as target:
                    source.backup(target)
            finally:
                self.give_back(source)
            with SqliteDatabase(path) as copy:
                yield copy

    def prove_writable(self) -> None:
        """Raise Fault where nothing can be written: a lock for writing is asked for and given back."""
        with self.transaction():
            pass

    def examine(self) -> Examination:
        """Look at the whole file. What cannot even be opened or read is what is wrong with it."""
        # imported here: only `check` pays for it
        from nightdesk_queue.store.sqlite.examining import examine  # noqa: PLC0415

        connection = self.borrow()
        try:
            return examine(connection, SqliteTx(connection, self.path), self.path)
        finally:
            self.give_back(connection)

    def close(self) -> None:
        """Close every connection; what was committed stays."""
        self._closed = True
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()
        self._let_go()
        self._presence.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def borrow(self) -> Connection:
        """Return a connection to the file that has the name now, which nobody uses. Raises Fault."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect_again()
            if self.is_current(connection):
                return connection
            connection.close()

    def is_current(self, connection: Connection) -> bool:
        """Whether a connection's file still has the name: SQLite goes on with one that was removed."""
        return connection.file == identity(self.path)

    def give_back(self, connection: Connection) -> None:
        """Take a connection back; it is closed where the database is."""
        self._idle.append(connection)
        if self._closed:
            self._renew()

    def _renew(self) -> None:
        """Close the connections nobody uses: the next ones open the file that is there now."""
        while self._idle:
            self._idle.pop().close()

    def _let_go(self) -> None:
        """Open no more connections to the file that was opened, and close the idle ones: it is gone or replaced."""
        with self._gate:
            use, self._use = self._use, None
        if use is not None:
            use.retire()
        self._renew()

    def _in_use(self) -> FileInUse:
        """Return this process's use of the file that has the name now. Raises Fault while others use another one."""
        there = inode(self.path)
        if there is None:
            raise Fault("unreachable", GONE.fill(path=self.path))
        current = self._use
        if current is not None and current.identity == there:
            return current
        self._let_go()
        # not while the gate is held: other threads have to let go as well
        new = FileInUse(self.path, there)
        new.enter()
        with self._gate:
            if self._use is None:
                self._use = new
                return new
        # another thread was faster
        new.retire()
        return self._in_use()

    def _connect_patiently(self) -> Connection:
        """Open one more connection, for somebody who asks it without waiting in turn. Raises Fault."""
        connection = self._connect_again()
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        return connection

    def _connect_again(self) -> Connection:
        """Open one more connection; neither creates a file nor fills an empty one, as a running process must not."""
        there = identity(self.path)
        if there is None:
            raise Fault("unreachable", GONE.fill(path=self.path))
        try:
            connection = self._connect(lay_out=False)
        except Fault:
            if identity(self.path) is None:
                # SQLite calls a file that goes away while it is opened a fault of the disk
                raise Fault("unreachable", GONE.fill(path=self.path)) from None
            raise
        if connection.file != there:
            # replaced between the look and the opening: which of the two was opened cannot be told
            connection.close()
            raise Fault("unreachable", GONE.fill(path=self.path))
        return connection

    def _connect(self, *, lay_out: bool) -> Connection:
        refuse_scrap(self.path)
        use = self._in_use() if self.path.is_file() else None
        if use is not None:
            use.opening()
        try:
            with faults(self.path):
                connection = self._opened(lay_out=lay_out)
        except BaseException:
            if use is not None:
                use.closed()
            raise
        connection.file = identity(self.path)
        if use is not None:
            connection.use = use
            use.note_journal()
        connection.row_factory = sqlite3.Row
        return connection

    def _opened(self, *, lay_out: bool) -> Connection:
        # mode=rw: SQLite alone would create a file that is removed just before it is opened
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            factory=Connection,
        )
        try:
            prepare(connection, self.path, lay_out=lay_out)
            connection.execute("PRAGMA busy_timeout = 0")
        except BaseException:
            connection.close()
            raise
        return connection


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
