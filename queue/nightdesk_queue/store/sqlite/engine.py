"""The SQLite engine: opening a file, its connections, transactions and snapshots.

WAL with synchronous=FULL: a committed transaction survives a power cut. A transaction is `BEGIN IMMEDIATE`, because a
deferred one that reads and then writes fails at once under contention, whatever the busy timeout. Each transaction or
snapshot borrows an open connection, so any thread may begin one and none is opened anew for it.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from threading import Lock
from typing import Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Row, Values
from nightdesk_queue.store.sqlite import layout
from nightdesk_queue.store.sqlite.faults import NO_WAL, fault_of, faults
from nightdesk_queue.store.sqlite.file_lock import FileLock, is_held
from nightdesk_queue.store.sqlite.watcher import GONE, Feed, Watcher
from nightdesk_queue.text.bilingual import Text

BUSY_SECONDS = 30.0
HEADER_BYTES = 100
"""Length of the header every SQLite file begins with (https://www.sqlite.org/fileformat.html)."""
_NONE: Values = {}


class SqliteDatabase:
    """A database in one SQLite file, for the processes of one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._guard = Lock()
        self._watcher: Watcher | None = None
        self._closed = False
        # opened at once: a file that cannot be used is a fault of the start
        self._idle.append(self._connect())

    @property
    def where(self) -> str:
        """The path of the file."""
        return str(self.path)

    def transaction(self) -> Unit:
        """Give a transaction, written whole or not at all. Raises Fault when it cannot be written."""
        return Unit(self, "BEGIN IMMEDIATE", "COMMIT")

    def snapshot(self) -> Unit:
        """Give one moment of the database for several queries. Raises Fault."""
        return Unit(self, "BEGIN", "ROLLBACK")

    def changes(self) -> Feed:
        """Give a feed that wakes its reader within 50 ms of a commit anywhere. Raises Fault."""
        with self._guard:
            if self._watcher is None:
                self._watcher = Watcher(self.path, self._connect_again, self._renew)
            watcher = self._watcher
        return Feed(watcher)

    def lock(self, kind: str, id_: str) -> FileLock:
        """Give the lock of a device or a task, not yet taken."""
        return FileLock(self.path, kind, id_)

    def close(self) -> None:
        """Close every connection; what was committed stays."""
        self._closed = True
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()
        self._renew()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def borrow(self) -> sqlite3.Connection:
        """Return a connection nobody uses, opened if there is none. Raises Fault."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect_again()

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Take a connection back; it is closed where the database is, or where a new file took its place."""
        self._idle.append(connection)
        if self._closed:
            self._renew()

    def _renew(self) -> None:
        """Close the connections nobody uses: the next ones open the file that is there now."""
        while self._idle:
            self._idle.pop().close()

    def _connect_again(self) -> sqlite3.Connection:
        """Open one more connection; never creates a file, as a running process must not."""
        if not self.path.exists():
            raise Fault("unreachable", GONE.fill(path=self.path))
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        _refuse_scrap(self.path)
        with faults(self.path):
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
        connection.row_factory = sqlite3.Row
        return connection


class SqliteTx:
    """An open transaction or snapshot on one connection."""

    __slots__ = ("_connection", "_path")

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, sql: str, values: Values = _NONE, /) -> list[Row]:
        """Return all rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Values = _NONE, /) -> Row | None:
        """Return the first row of a query, None without one."""
        cursor = self._connection.execute(sql, values)
        found: Row | None = cursor.fetchone()
        # a statement that is not read to its end would keep its snapshot, and an INSERT with RETURNING its lock
        cursor.close()
        return found

    def change(self, sql: str, values: Values = _NONE, /) -> int:
        """Write, and return how many rows were changed."""
        return self._connection.execute(sql, values).rowcount

    def is_served(self, kind: str, id_: str, /) -> bool:
        """Whether a running process holds the lock of this name."""
        return is_held(self._path, kind, id_)


class Unit:
    """A transaction or snapshot as a context manager; a class and not a generator, since every ticket passes it."""

    __slots__ = ("_begin", "_connection", "_database", "_end")

    def __init__(self, database: SqliteDatabase, begin: str, end: str) -> None:
        self._database = database
        self._begin = begin
        self._end = end

    def __enter__(self) -> SqliteTx:
        connection = self._connection = self._database.borrow()
        try:
            connection.execute(self._begin)
        except sqlite3.Error as error:
            self._database.give_back(connection)
            raise fault_of(error, self._database.path) from error
        return SqliteTx(connection, self._database.path)

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        connection = self._connection
        try:
            if raised is None:
                connection.execute(self._end)
        except sqlite3.Error as error:
            raised = error
        try:
            if raised is not None and connection.in_transaction:
                connection.execute("ROLLBACK")
        finally:
            self._database.give_back(connection)
        if isinstance(raised, sqlite3.Error) and not isinstance(raised, sqlite3.IntegrityError):
            raise fault_of(raised, self._database.path) from raised


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    _refuse_foreign(connection, path, version, application)
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _switch_to_wal(connection, path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < layout.VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] < layout.VERSION:
                layout.migrate(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _refuse_foreign(connection: sqlite3.Connection, path: Path, version: int, application: int) -> None:
    if application == layout.APPLICATION_ID:
        if version > layout.VERSION:
            raise Fault(
                "database_newer",
                Text(
                    zh="数据库 {path} 属于更新版本的 nightdesk(布局 {v}，本程序只认识到 {known})；请升级本程序",
                    en="database {path} belongs to a newer nightdesk (layout {v}, this one knows {known}); "
                    "upgrade this nightdesk",
                ).fill(path=path, v=version, known=layout.VERSION),
            )
        return
    # another process may be laying out this very file: its tables and its mark appear together
    tables, mark = connection.execute(
        "SELECT (SELECT count(*) FROM sqlite_master), (SELECT application_id FROM pragma_application_id)"
    ).fetchone()
    if (tables or version) and mark != layout.APPLICATION_ID:
        raise _foreign(path)


def _refuse_scrap(path: Path) -> None:
    """Refuse a file too short for any database: SQLite would take it for an empty one and write over it."""
    try:
        size = path.stat().st_size
    except OSError:
        return
    if 0 < size < HEADER_BYTES and path.is_file():
        raise _foreign(path)


def _foreign(path: Path) -> Fault:
    text = Text(zh="{path} 不是 nightdesk 的数据库；请换一个文件", en="{path} is not nightdesk's; name another file")
    return Fault("database_foreign", text.fill(path=path))


def _switch_to_wal(connection: sqlite3.Connection, path: Path) -> None:
    # changing the journal mode does not wait for the busy timeout; several processes may start at once
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            if mode != "wal":
                raise Fault("database_io", NO_WAL.fill(path=path, mode=mode))
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
