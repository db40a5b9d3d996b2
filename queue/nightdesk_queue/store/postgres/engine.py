"""The PostgreSQL engine: a database on a server, for the processes of several machines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

from psycopg_pool import PoolClosed, PoolTimeout

from nightdesk_queue.domain.backups import Backup, DatabaseStatus
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Database, Examination
from nightdesk_queue.store.feeds import Feed
from nightdesk_queue.store.postgres.address import Address, read_address
from nightdesk_queue.store.postgres.all_tables import PostgresTables
from nightdesk_queue.store.postgres.connections import (
    IMPATIENT,
    LONG_WORK,
    MOST,
    Connection,
    Patience,
    connect,
    pool_of,
)
from nightdesk_queue.store.postgres.faults import BUSY, READ_ONLY, fault_of, faults
from nightdesk_queue.store.postgres.locks import TAKE_WRITE_LOCK, LockSession, SessionLock
from nightdesk_queue.store.postgres.migrating import prepare
from nightdesk_queue.store.postgres.units import ReadUnit, WriteUnit
from nightdesk_queue.store.postgres.watcher import ServerWatcher

SLICE_SECONDS = 0.7


def open_server(
    url: str,
    password_file: Path | None = None,
    *,
    create: bool = True,
    late: bool = False,
    impatient: bool = False,
    machine: str | None = None,
) -> Database:
    """Open the database at an address. Raises Misuse for one that cannot be read, Fault."""
    patience = IMPATIENT if impatient else Patience()
    return PostgresDatabase(
        read_address(url, password_file), create=create, late=late, patience=patience, machine=machine
    )


class PostgresDatabase:
    """A database on a PostgreSQL server.

    `late`: a server that cannot be reached yet is no fault of the start; everything else that is wrong with it is.
    """

    def __init__(
        self,
        address: Address,
        *,
        create: bool = True,
        late: bool = False,
        patience: Patience | None = None,
        machine: str | None = None,
    ) -> None:
        self.machine = machine or os.uname().nodename
        self.address = address.seen_as(f"nightdesk {self.machine}")
        self._patience = patience or Patience()
        self._guard = Lock()
        self._watcher: ServerWatcher | None = None
        self._create = create
        self._prepared = False
        try:
            # reached at once: a server that cannot be used is a fault of the start
            self._connected().close()
        except Fault as fault:
            if not late or fault.code != "unreachable":
                raise
        self._pool = pool_of(self.address, self._patience)
        self._locks = LockSession(self._connected, address.where)

    @property
    def where(self) -> str:
        """The address, without a password."""
        return self.address.where

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
                self._watcher = ServerWatcher(self.where, self._connected)
            watcher = self._watcher
        return Feed(watcher)

    def lock(self, kind: str, id_: str) -> SessionLock:
        """Give the lock of a device or a task, not yet taken."""
        return SessionLock(self._locks, kind, id_)

    @contextmanager
    def tables(self) -> Iterator[PostgresTables]:
        """Give all tables at one moment, to be copied. Raises Fault."""
        with faults(self.where), self._for_long_work() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresTables(connection)
            connection.execute("ROLLBACK")

    @contextmanager
    def filling(self) -> Iterator[PostgresTables]:
        """Give all tables in one transaction that fills a new database. Raises Fault."""
        with faults(self.where), self._for_long_work() as connection, connection.transaction():
            connection.execute(TAKE_WRITE_LOCK)
            tables = PostgresTables(connection)
            yield tables
            tables.number_on()

    def _for_long_work(self) -> Connection:
        """Open a connection of its own, on which a statement may take an hour. Raises Fault."""
        with faults(self.where):
            return connect(self.address, LONG_WORK)

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """Give a copy in a file of a folder that only this user may enter: nobody waits for what is tried in it."""
        from nightdesk_queue.store.postgres.exporting import rehearsed  # noqa: PLC0415 - only imports rehearse

        with rehearsed(self, self.stem) as copy:
            yield copy

    def prove_writable(self) -> None:
        """Raise Fault where nothing can be written: the write lock is asked for and given back."""
        with self.transaction() as tx:
            row = tx.row("SELECT current_setting('transaction_read_only') AS is_on")
        if row is not None and row["is_on"] == "on":
            raise Fault("database_readonly", READ_ONLY.fill(where=self.where))

    def examine(self) -> Examination:
        """Look at the whole database. What cannot even be read is what is wrong with it."""
        from nightdesk_queue.store.postgres.examining import examine  # noqa: PLC0415 - only `check` pays for it

        return examine(self)

    def backup(
        self,
        folder: Path,
        at: datetime,
        progress: Callable[[int, int], None] = lambda *_: None,
        *,
        portable: bool = False,
    ) -> Backup:
        """Write a backup of one moment into a folder, proved whole, while everybody goes on. Raises Fault."""
        from nightdesk_queue.store.postgres.dumping import dump, programs_for  # noqa: PLC0415 - only backups pay for it
        from nightdesk_queue.store.postgres.exporting import export  # noqa: PLC0415 - as above

        with self.tables() as tables:
            if not portable and (programs := programs_for(tables, self.address)):
                return dump(tables, self.address, programs, folder, at, progress)
        return export(self, self.stem, folder, at, progress)

    def backups(self, folder: Path) -> list[tuple[datetime, Path]]:
        """Return the backups of this database in a folder with when they were made, the oldest first."""
        from nightdesk_queue.store.backup_files import backups_in  # noqa: PLC0415 - as above

        return backups_in(folder, self.stem)

    def rotate_backups(self, folder: Path, keep: int) -> list[Path]:
        """Delete all its backups in a folder but the newest ones; return what is gone. Raises Fault."""
        from nightdesk_queue.store.backup_files import rotate  # noqa: PLC0415 - as above

        return rotate(folder, self.stem, keep)

    def settle(self) -> None:
        """Forget the tokens of clients long gone; the server settles by itself. Raises Fault."""
        with self.transaction() as tx:
            tx.change("DELETE FROM commits WHERE at < now() - interval '2 days'")

    def tidy(self) -> int:
        """Let the server clear up at once what many deleted rows left, instead of when it comes to it. Raises Fault.

        Returns 0: it is done when this returns.
        """
        from nightdesk_queue.store.postgres.tidying import clear_up  # noqa: PLC0415 - once a day

        with faults(self.where), self._for_long_work() as connection:
            clear_up(connection)
        return 0

    def status(self, at: datetime) -> DatabaseStatus:
        """Return what it is: engine, layout, size. Raises Fault."""
        from nightdesk_queue.store.postgres.server_status import status_of  # noqa: PLC0415 - only commands ask it

        with self.snapshot() as tx:
            return status_of(tx, at)

    def close(self) -> None:
        """Close every connection; what was committed stays."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()
        self._locks.close()
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def stem(self) -> str:
        """What its backups' names begin with."""
        return self.address.name

    def borrow(self) -> Connection:
        """Return a connection that nobody uses. Raises Fault, at once while it is known that none can be had."""
        watcher = self._watcher
        if watcher is not None and watcher.fault is not None:
            raise watcher.fault
        if not self._prepared:
            self._connected().close()
        try:
            return self._taken()
        except (PoolTimeout, PoolClosed) as error:
            # the pool says only that none came in time; the watcher or a try of our own says why
            if watcher is not None and watcher.fault is not None:
                raise watcher.fault from error
            if isinstance(error, PoolTimeout):
                self._connected().close()
                if self._pool.get_stats()["pool_size"] >= MOST:
                    raise Fault("database_busy", BUSY.fill(where=self.where)) from error
                # it has come back meanwhile
                with faults(self.where):
                    return self._pool.getconn()
            raise fault_of(error, self.where) from error

    def _taken(self) -> Connection:
        """Take a connection from the pool. Raises PoolTimeout, PoolClosed.

        In slices: the pool tries to connect for half a second and then waits for who comes next.
        """
        deadline = time.monotonic() + self._patience.pool
        while True:
            left = deadline - time.monotonic()
            try:
                return self._pool.getconn(max(0.01, min(SLICE_SECONDS, left)))
            except PoolTimeout:
                if left <= SLICE_SECONDS:
                    raise

    @property
    def settle_seconds(self) -> float:
        """How long it is asked what became of a commit whose answer was lost."""
        return self._patience.settle

    def give_back(self, connection: Connection) -> None:
        """Take a connection back; a closed one is replaced when it is needed."""
        self._pool.putconn(connection)

    def _connected(self) -> Connection:
        """Open one more connection, for somebody who keeps it. Raises Fault."""
        with faults(self.where):
            connection = connect(self.address, self._patience)
            try:
                if not self._prepared:
                    prepare(connection, self.where, create=self._create)
                    self._prepared = True
            except BaseException:
                connection.close()
                raise
        return connection
