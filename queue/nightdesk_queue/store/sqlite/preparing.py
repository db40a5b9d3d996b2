"""A connection that was just opened: whose file it is, its journal, its layout."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.sqlite import layout
from nightdesk_queue.store.sqlite.copying import copy_before_migration
from nightdesk_queue.store.sqlite.faults import NO_WAL
from nightdesk_queue.store.sqlite.migrating import migrate
from nightdesk_queue.store.sqlite.watcher import GONE
from nightdesk_queue.text.bilingual import Text

NEWER = Text(
    zh="数据库 {path} 属于更新版本的 nightdesk(布局 {v}，本程序只认识到 {known})；请升级本程序，{copy}",
    en="database {path} belongs to a newer nightdesk (layout {v}, this one knows {known}); upgrade this nightdesk, "
    "{copy}",
)
COPY_BEFORE = Text(
    zh="或用升级前的副本 {name} 恢复(其后的号不在里面)",
    en="or restore {name}, the copy from before the upgrade (later numbers are not in it)",
)
NO_COPY_BEFORE = Text(zh="或用升级前的备份恢复", en="or restore a backup from before the upgrade")
BUSY_SECONDS = 30.0
HEADER_BYTES = 100
"""Length of the header every SQLite file begins with (https://www.sqlite.org/fileformat.html)."""


def prepare(connection: sqlite3.Connection, path: Path, *, lay_out: bool) -> None:
    """Make a new connection ready; migrate an older layout. Raises Fault, sqlite3.Error.

    `lay_out`: an empty file is given its tables; else it is refused, as a running process never creates a database.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    _refuse_foreign(connection, path, version, application)
    if not version and not lay_out:
        raise Fault("unreachable", GONE.fill(path=path))
    if not version:
        # before anything is written into the file; later only a rewriting of all of it can change this
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _switch_to_wal(connection, path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < layout.VERSION:
        if version:
            copy_before_migration(connection, path, version)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] < layout.VERSION:
                migrate(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        # the layout stands in the main file from the first moment on: a copy of it alone is no empty one
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _refuse_foreign(connection: sqlite3.Connection, path: Path, version: int, application: int) -> None:
    if application == layout.APPLICATION_ID:
        if version > layout.VERSION:
            raise _newer(path, version)
        return
    # another process may be laying out this very file: its tables and its mark appear together
    tables, mark = connection.execute(
        "SELECT (SELECT count(*) FROM sqlite_master), (SELECT application_id FROM pragma_application_id)"
    ).fetchone()
    if (tables or version) and mark != layout.APPLICATION_ID:
        raise _foreign(path)


def _newer(path: Path, version: int) -> Fault:
    """Return the refusal of a newer layout, with the copies that a nightdesk of this version can go on with."""
    copies = sorted(path.parent.glob(f"{path.name}.layout-*"), key=lambda one: one.stat().st_mtime)
    usable = [
        one.name
        for one in copies
        if (ending := one.name.rpartition("-")[2]).isdecimal() and int(ending) <= layout.VERSION
    ]
    copy = COPY_BEFORE.fill(name=usable[-1]) if usable else NO_COPY_BEFORE
    return Fault("database_newer", NEWER.fill(path=path, v=version, known=layout.VERSION, copy=copy))


def refuse_scrap(path: Path) -> None:
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
