"""A database on a server as a SQLite file: for backups, and to rehearse in. And a backup put in the server's place.

One kind of backup serves both engines: it needs no server to be proved, read, or gone on with.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg.sql import SQL, Identifier

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.postgres.address import Address
from nightdesk_queue.store.postgres.all_tables import PostgresTables
from nightdesk_queue.store.postgres.connections import LONG_WORK, SCHEMA, Connection, connect
from nightdesk_queue.store.postgres.faults import faults
from nightdesk_queue.store.postgres.locks import TAKE_WRITE_LOCK
from nightdesk_queue.store.postgres.migrating import bring_up_to_date, layout_of
from nightdesk_queue.store.private_files import PRIVATE
from nightdesk_queue.store.sqlite.backing_up import STAMP, back_up, sealed, verify
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.store.tables import Progress, copy, copy_tables
from nightdesk_queue.text.bilingual import Text

IN_USE = Text(
    zh="数据库 {where} 正在使用({n} 个连接，来自 {who})；先停止所有机器上的 nightdesk 程序",
    en="database {where} is in use ({n} connections, from {who}); first stop every nightdesk program on every machine",
)
_OTHERS = """
SELECT application_name AS who FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'nightdesk%'
"""


def back_up_server(
    database: Database, stem: str, folder: Path, at: datetime, progress: Callable[[int, int], None]
) -> Backup:
    """Write a backup of one moment into a folder, proved whole, while everybody goes on. Raises Fault."""
    return back_up(stem, folder, at, lambda file: _filled(database, file, progress))


@contextmanager
def rehearsed(database: Database, name: str) -> Iterator[SqliteDatabase]:
    """Give a copy in a folder that only this user may enter; it is gone afterwards. Raises Fault."""
    with TemporaryDirectory(prefix="nightdesk-") as folder, SqliteDatabase(Path(folder) / f"{name}.db") as target:
        copy(database, target)
        yield target


def restore(backup: Path, address: Address, at: datetime) -> str | None:
    """Put a backup in a database's place, proved first; return the schema the old tables are kept in, None without any.

    Nobody may use the database. All is one transaction: what is broken off changes nothing. Raises Fault: as `verify`,
    database_in_use.
    """
    verify(backup)
    with (
        faults(address.where),
        connect(address.seen_as("nightdesk restore"), LONG_WORK) as connection,
        connection.transaction(),
    ):
        connection.execute(TAKE_WRITE_LOCK)
        _refuse_users(connection, address.where)
        kept = None
        if layout_of(connection, address.where) is not None:
            kept = f"{SCHEMA}_before_{at.astimezone(UTC):{STAMP}}".lower()
            connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(Identifier(SCHEMA), Identifier(kept)))
        bring_up_to_date(connection, address.where)
        written = PostgresTables(connection)
        with _opened(backup) as source, source.tables() as read:
            copy_tables(read, written, address.where, lambda *_: None)
        written.number_on()
    return kept


def _filled(database: Database, file: Path, progress: Progress) -> dict[str, int]:
    try:
        with SqliteDatabase(file) as target:
            rows = copy(database, target, progress)
        return sealed(file, rows)
    finally:
        # what the engine puts beside a file in use
        for beside in file.parent.glob(f"{file.name}?*"):
            with suppress(OSError):
                beside.unlink()


@contextmanager
def _opened(backup: Path) -> Iterator[SqliteDatabase]:
    """Open a copy of a backup, which stays as it is while an older layout is brought up to date."""
    with TemporaryDirectory(prefix="nightdesk-") as folder:
        file = Path(folder) / "backup.db"
        shutil.copyfile(backup, file)
        file.chmod(PRIVATE)
        with SqliteDatabase(file, create=False) as opened:
            yield opened


def _refuse_users(connection: Connection, where: str) -> None:
    others = [str(row["who"]) for row in connection.execute(_OTHERS).fetchall()]
    if others:
        raise Fault("database_in_use", IN_USE.fill(where=where, n=len(others), who=", ".join(sorted(set(others)))))
