"""Opening the database, units of work, and SQLite's errors as faults a person can mend.

WAL with synchronous=FULL: a committed unit survives a power cut. A unit of work is `BEGIN IMMEDIATE`, because a
deferred transaction that reads and then writes fails at once under contention, whatever the busy timeout.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.store import layout
from nightdesk_queue.text.bilingual import Text

BUSY_SECONDS = 30.0
HEADER_BYTES = 100
"""Length of the header every SQLite file begins with (https://www.sqlite.org/fileformat.html)."""
LITTLE_SPACE = 64 * 1024
"""Bytes free on a disk below which a failed write means that it is full."""


class Store:
    """One connection to the database. Use it from one thread at a time; other threads open their own."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    @classmethod
    def open(cls, url: str, folder: Path | None = None) -> Self:
        """Open the database at `sqlite:///PATH`, creating and migrating it as needed.

        A relative PATH is taken from `folder` (the configuration's folder), or from the current one.
        Raises Misuse for an address of another kind, Fault when the file cannot be used.
        """
        return cls.at(_path_of(url, folder))

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open the database file at a path. Raises Fault when it cannot be used."""
        _refuse_scrap(path)
        with faults(path):
            connection = sqlite3.connect(
                path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                _prepare(connection, path)
            except BaseException:
                connection.close()
                raise
        connection.row_factory = sqlite3.Row
        return cls(path, connection)

    def another(self) -> Self:
        """Open a second connection to the same database, for another thread."""
        return type(self).at(self.path)

    def close(self) -> None:
        """Close the connection; what was committed stays."""
        self.connection.close()

    def unit(self) -> Unit:
        """Give a unit of work that is written whole or not at all. Raises Fault when it cannot be written."""
        return Unit(self, "BEGIN IMMEDIATE", "COMMIT")

    def reading(self) -> Unit:
        """Give one consistent view of the database for several queries."""
        return Unit(self, "BEGIN", "ROLLBACK")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unit:
    """A transaction as a context manager; a class and not a generator, because every ticket passes through it."""

    __slots__ = ("_begin", "_end", "_store")

    def __init__(self, store: Store, begin: str, end: str) -> None:
        self._store = store
        self._begin = begin
        self._end = end

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._store.connection.execute(self._begin)
        except sqlite3.Error as error:
            raise fault_of(error, self._store.path) from error
        return self._store.connection

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        connection = self._store.connection
        try:
            if raised is None:
                connection.execute(self._end)
        except sqlite3.Error as error:
            raised = error
        if raised is not None:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(raised, sqlite3.Error) and not isinstance(raised, sqlite3.IntegrityError):
                raise fault_of(raised, self._store.path) from raised


def _path_of(url: str, folder: Path | None) -> Path:
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url[len(prefix) :] in ("", ":memory:"):
        raise Misuse(
            "usage",
            Text(
                zh="数据库地址 {url} 不可用；写 sqlite:///nightdesk.db(绝对路径用四个斜杠)",
                en="database address {url} is not served; use sqlite:///nightdesk.db (four slashes if absolute)",
            ).fill(url=url),
        )
    path = Path(unquote(url[len(prefix) :]))
    return path if path.is_absolute() or folder is None else folder / path


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


_CAUSES: dict[int, tuple[str, Text]] = {
    sqlite3.SQLITE_BUSY: (
        "database_busy",
        Text(
            zh="数据库 {path} 一直被占用；请再试，若仍不行，看看哪个程序锁住了它",
            en="database {path} stays locked; try again, and if it goes on, see which program holds it",
        ),
    ),
    sqlite3.SQLITE_READONLY: (
        "database_readonly",
        Text(
            zh="数据库 {path} 只读；请给运行 nightdesk 的用户写权限(文件和所在文件夹)",
            en="database {path} is read-only; let the user who runs nightdesk write to the file and its folder",
        ),
    ),
    sqlite3.SQLITE_FULL: (
        "disk_full",
        Text(
            zh="磁盘已满，数据库 {path} 写不进去；请腾出空间，没有任何内容写了一半",
            en="the disk is full, database {path} cannot grow; free some space, nothing was half-written",
        ),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "database_unreachable",
        Text(
            zh="打不开数据库 {path}；检查文件夹是否存在、是否可写",
            en="database {path} cannot be opened; see that its folder exists and can be written",
        ),
    ),
    sqlite3.SQLITE_NOTADB: (
        "database_foreign",
        Text(zh="{path} 不是数据库；请换一个文件", en="{path} is not a database; name another file"),
    ),
    sqlite3.SQLITE_CORRUPT: (
        "database_damaged",
        Text(
            zh="数据库 {path} 已损坏；请停止写入并从备份恢复",
            en="database {path} is damaged; stop and restore a backup",
        ),
    ),
}
_CAUSES[sqlite3.SQLITE_IOERR] = (
    "database_io",
    Text(
        zh="数据库 {path} 读写失败：{error}；检查磁盘、配额和文件大小限制，没有任何内容写了一半",
        en="database {path} cannot be read or written: {error}; check the disk, quotas and limits on file size, "
        "nothing was half-written",
    ),
)
NO_WAL = Text(
    zh="数据库 {path} 所在的磁盘不支持 WAL(得到 {mode})；请放到本机磁盘上，不要放网络盘",
    en="the disk of database {path} does not do WAL (it gave {mode}); use a disk of this machine, not a shared one",
)
_OTHER = Text(zh="数据库 {path} 出错：{error}", en="database {path} failed: {error}")


def _cause(code: int, path: Path) -> int:
    """Return SQLite's error, made more exact by a look at the disk it happened on."""
    folder = path.parent
    if code == sqlite3.SQLITE_IOERR and folder.is_dir() and shutil.disk_usage(folder).free < LITTLE_SPACE:
        return sqlite3.SQLITE_FULL
    if code == sqlite3.SQLITE_CANTOPEN and folder.is_dir() and not path.is_dir() and not os.access(folder, os.W_OK):
        return sqlite3.SQLITE_READONLY
    return code


def fault_of(error: sqlite3.Error, path: Path) -> Fault:
    """Return one of SQLite's own errors as a Fault that names the file and the mend."""
    code = _cause(getattr(error, "sqlite_errorcode", 0) & 0xFF, path)
    name, text = _CAUSES.get(code, ("database", _OTHER))
    return Fault(name, text.fill(path=path, error=error))


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors into Faults. IntegrityError passes: it means a promise of ours."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise fault_of(error, path) from error
