"""A backup put in the place of a database on a server: a SQLite file of either engine, or a dump of a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg.sql import SQL, Identifier

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.backup_files import STAMP, BackupKind, free_name, kind_of, refuse_other_rows
from nightdesk_queue.store.postgres.address import Address
from nightdesk_queue.store.postgres.all_tables import PostgresTables
from nightdesk_queue.store.postgres.connections import LONG_WORK, Connection, connect
from nightdesk_queue.store.postgres.dump_script import Statements
from nightdesk_queue.store.postgres.dumps import read_again
from nightdesk_queue.store.postgres.dumps import verify as verify_dump
from nightdesk_queue.store.postgres.faults import faults
from nightdesk_queue.store.postgres.layout import SCHEMA
from nightdesk_queue.store.postgres.locks import TAKE_WRITE_LOCK
from nightdesk_queue.store.postgres.migrating import bring_up_to_date, layout_of
from nightdesk_queue.store.private_files import PRIVATE
from nightdesk_queue.store.sqlite.backing_up import verify as verify_file
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.store.tables import copy_tables
from nightdesk_queue.text.bilingual import Text

IN_USE = Text(
    zh="数据库 {where} 正在使用({n} 个连接，来自 {who})；先停止所有机器上的 nightdesk 程序",
    en="database {where} is in use ({n} connections, from {who}); first stop every nightdesk program on every machine",
)
_OTHERS = """
SELECT application_name AS who FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'nightdesk%'
"""


def restore(backup: Path, address: Address, at: datetime) -> str | None:
    """Put a backup in a database's place, proved first; return the schema the old tables are kept in, None without any.

    Nobody may use the database. All is one transaction: what is broken off changes nothing. Raises Fault: as `verify`,
    database_in_use.
    """
    is_dump = kind_of(backup) is BackupKind.DUMP
    rows = _proved_rows(backup, is_dump=is_dump)
    with (
        faults(address.where),
        connect(address.seen_as("nightdesk restore"), LONG_WORK) as connection,
        connection.transaction(),
    ):
        connection.execute(TAKE_WRITE_LOCK)
        _refuse_users(connection, address.where)
        kept = _put_aside(connection, address.where, at)
        if is_dump:
            _fill_from_dump(connection, backup, rows, address.where)
        else:
            _fill_from_file(connection, backup, address.where)
    return kept


def _proved_rows(backup: Path, *, is_dump: bool) -> dict[str, int] | None:
    manifest = (verify_dump if is_dump else verify_file)(backup).manifest
    return manifest.rows if manifest else None


def _put_aside(connection: Connection, where: str, at: datetime) -> str | None:
    if layout_of(connection, where) is None:
        return None
    wanted = f"{SCHEMA}_before_{at.astimezone(UTC):{STAMP}}".lower()
    kept = free_name(wanted, lambda name: _has_schema(connection, name))
    connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(Identifier(SCHEMA), Identifier(kept)))
    return kept


def _has_schema(connection: Connection, name: str) -> bool:
    query = "SELECT 1 FROM pg_namespace WHERE nspname = %(name)s"
    return connection.execute(query, {"name": name}).fetchone() is not None


def _fill_from_file(connection: Connection, backup: Path, where: str) -> None:
    bring_up_to_date(connection, where)
    written = PostgresTables(connection)
    with _opened(backup) as source, source.tables() as read:
        copy_tables(read, written, where, lambda *_: None)
    written.number_on()


def _fill_from_dump(connection: Connection, backup: Path, rows: dict[str, int] | None, where: str) -> None:
    """Run a dump's script, and bring an older layout up to date. The schema itself is not in it."""
    connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(SCHEMA)))
    with read_again(backup) as script, connection.cursor() as cursor:
        for piece in script:
            if isinstance(piece, Statements):
                # made by pg_dump of our own tables; a dump of somebody else's is run as its owner wishes, as by psql
                cursor.execute(piece.text.encode())
                continue
            words = SQL("COPY {} ({}) FROM STDIN").format(Identifier(SCHEMA, piece.table), SQL(piece.columns))
            with cursor.copy(words) as written:
                for line in piece.lines:
                    written.write(line)
    # the script says that nothing is looked up without its schema
    connection.execute(SQL("SET search_path TO {}").format(Identifier(SCHEMA)))
    layout_of(connection, where)
    if rows is not None:
        tables = PostgresTables(connection)
        refuse_other_rows(backup, {table: tables.count(table) for table in rows}, rows)
    bring_up_to_date(connection, where)


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
