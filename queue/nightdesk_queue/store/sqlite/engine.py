"""The SQLite engine: opening a file, its connections, transactions and snapshots.

WAL with synchronous=FULL: a committed transaction survives a power cut. A transaction is `BEGIN IMMEDIATE`, because a
deferred one that reads and then writes fails at once under contention, whatever the busy timeout. Each transaction or
snapshot borrows an open connection, so any thread may begin one and none is opened anew for it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Examination
from nightdesk_queue.store.feeds import Feed
from nightdesk_queue.store.sqlite.faults import faults
from nightdesk_queue.store.sqlite.file_in_use import FileInUse, identity, inode
from nightdesk_queue.store.sqlite.file_lock import FileLock
from nightdesk_queue.store.sqlite.layout import VERSION
from nightdesk_queue.store.sqlite.preparing import BUSY_SECONDS, prepare, refuse_scrap
from nightdesk_queue.store.sqlite.presence import Presence
from nightdesk_queue.store.sqlite.sharing import SIDECARS, refuse_stranger
from nightdesk_queue.store.sqlite.units import Connection, ReadUnit, SqliteTx, WriteUnit
from nightdesk_queue.store.sqlite.watcher import GONE, FileWatcher

if TYPE_CHECKING:
    # a command that gives a number pays for neither
    from nightdesk_queue.domain.backups import Backup, DatabaseStatus
    from nightdesk_queue.store.sqlite.all_tables import SqliteTables


class SqliteDatabase:
    """A database in one SQLite file, for the processes of one machine."""

    def __init__(self, path: Path, *, create: bool = True, machine: str | None = None) -> None:
        self.path = path
        self.machine = machine or os.uname().nodename
        self._idle: list[Connection] = []
        self._guard = Lock()
        self._gate = Lock()
        self._use: FileInUse | None = None
        self._watcher: FileWatcher | None = None
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
                self._watcher = FileWatcher(self.path, self._connect_patiently, self._let_go)
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
            with self._borrowed() as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)
            with SqliteDatabase(path) as copy:
                yield copy

    @contextmanager
    def tables(self) -> Iterator[SqliteTables]:
        """Give all tables at one moment, to be copied. Raises Fault."""
        from nightdesk_queue.store.sqlite.all_tables import SqliteTables  # noqa: PLC0415 - as below

        with self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                yield SqliteTables(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def filling(self) -> Iterator[SqliteTables]:
        """Give all tables in one transaction that fills a new database. Raises Fault."""
        from nightdesk_queue.store.sqlite.all_tables import SqliteTables  # noqa: PLC0415 - as below

        with self._borrowed() as connection:
            connection.in_turn("BEGIN IMMEDIATE")
            try:
                yield SqliteTables(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

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

    def backup(
        self,
        folder: Path,
        at: datetime,
        progress: Callable[[int, int], None] = lambda *_: None,
        *,
        portable: bool = False,
    ) -> Backup:
        """Write a backup of one moment into a folder, proved whole, while everybody goes on. Raises Fault."""
        # a copy of the file serves every engine
        del portable
        # imported here: only backups pay for digests
        from nightdesk_queue.store.backup_files import BackupKind, Making, make  # noqa: PLC0415
        from nightdesk_queue.store.sqlite.backing_up import copied  # noqa: PLC0415 - as above

        with self._borrowed() as connection:
            making = Making(self.path.stem, BackupKind.FILE, VERSION, folder, at)
            return make(making, lambda copy: copied(connection, copy, progress))

    def backups(self, folder: Path) -> list[tuple[datetime, Path]]:
        """Return the backups of this database in a folder with when they were made, the oldest first."""
        from nightdesk_queue.store.backup_files import backups_in  # noqa: PLC0415 - as above

        return backups_in(folder, self.path.stem)

    def rotate_backups(self, folder: Path, keep: int) -> list[Path]:
        """Delete all its backups in a folder but the newest ones; return what is gone. Raises Fault."""
        from nightdesk_queue.store.backup_files import rotate  # noqa: PLC0415 - as above

        return rotate(folder, self.path.stem, keep)

    def settle(self) -> None:
        """Move what was committed into the main file as far as nobody is in the way; a plain copy lacks no more."""
        with self._borrowed() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    @property
    def gives_room_back(self) -> bool:
        """Whether its file can give the room of deleted rows back in small steps. Raises Fault."""
        from nightdesk_queue.store.sqlite.tidying import gives_back  # noqa: PLC0415 - as below

        with self._borrowed() as connection:
            return gives_back(connection)

    def tidy(self) -> int:
        """Give some of the room back that deleted rows left, in a moment in which nobody waits for it. Raises Fault.

        Nothing in a file that was made without this: there the room is used again, and `compact_file` gives it back.
        """
        from nightdesk_queue.store.sqlite.tidying import give_back_some  # noqa: PLC0415 - once a day

        with self._borrowed() as connection:
            return give_back_some(connection)

    def status(self, at: datetime) -> DatabaseStatus:
        """Return what it is: engine, layout, size. Raises Fault."""
        from nightdesk_queue.domain.backups import DatabaseStatus  # noqa: PLC0415 - as above

        with self.snapshot() as tx:
            row = tx.row("SELECT sqlite_version() AS version, user_version AS layout FROM pragma_user_version")
        assert row is not None, "a file has a version"
        journal = self.path.with_name(f"{self.path.name}{SIDECARS[0]}")
        pending = journal.stat().st_size if journal.exists() else 0
        return DatabaseStatus(f"SQLite {row['version']}", row["layout"], self.path.stat().st_size, pending, at)

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

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        """Give a connection that nobody uses. Raises Fault."""
        connection = self.borrow()
        try:
            with faults(self.path):
                yield connection
        finally:
            self.give_back(connection)

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
