"""From an address in the configuration to a database: which engine serves it, and where its file lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.passwords import without_password
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from nightdesk_queue.domain.backups import Backup, Created

PREFIX = "sqlite:///"
SERVER_PREFIXES = ("postgresql://", "postgres://")
NOT_SERVED = Text(
    zh="数据库地址 {url} 不可用；写 sqlite:///nightdesk.db(绝对路径用四个斜杠)，或 postgresql://用户@主机/数据库",
    en="database address {url} is not served; use sqlite:///nightdesk.db (four slashes if absolute), or "
    "postgresql://USER@HOST/NAME",
)

NOT_A_SERVER = Text(
    zh="{url} 不在服务器上；文件数据库在第一次使用时自动创建",
    en="{url} is not on a server; a database in a file is made at its first use",
)
FOR_A_SERVER = Text(
    zh="{path} 是服务器的备份(pg_dump)，只能恢复到服务器上的数据库；请换地址，或用 --portable 做的备份",
    en="{path} is a backup of a server by pg_dump and can only be put back on a server; name one, or use a backup "
    "that was made with --portable",
)
NO_CLIENT = Text(
    zh="连 PostgreSQL 需要 psycopg：pip install 'nightdesk[postgres]'",
    en="a database on PostgreSQL needs psycopg: pip install 'nightdesk[postgres]'",
)
NOT_A_NAME = Text(
    zh="数据库地址 {url} 里有文件名不能用的字符", en="database address {url} holds characters no file name can have"
)
UNREACHABLE = Text(
    zh="打不开数据库 {url}：{error}；换一个文件名或位置",
    en="database {url} cannot be opened: {error}; use another name or place",
)


def verify_backup(file: Path) -> Backup:
    """Prove a backup whole.

    Raises Fault: backup_missing, backup_damaged, backup_unreadable, database_foreign, database_newer.
    """
    # imported here: no other command pays for digests
    from nightdesk_queue.store.backup_files import BackupKind, kind_of  # noqa: PLC0415

    if kind_of(file) is BackupKind.DUMP:
        from nightdesk_queue.store.postgres.dumps import verify as verify_dump  # noqa: PLC0415 - as above

        return verify_dump(file)
    from nightdesk_queue.store.sqlite.backing_up import verify  # noqa: PLC0415 - as above

    return verify(file)


def restore_database(
    file: Path, url: str, folder: Path | None, at: datetime, password_file: Path | None = None
) -> str | None:
    """Put a backup in the place of the database at an address, which nobody may use; return where that is kept.

    Raises Misuse for an address of another kind; Fault: as `verify_backup`, database_in_use, not_restored.
    """
    if is_server(url):
        return _restore_on_server(file, url, _secret(password_file, folder), at)
    from nightdesk_queue.store.backup_files import BackupKind, kind_of  # noqa: PLC0415 - as above
    from nightdesk_queue.store.sqlite.backing_up import restore  # noqa: PLC0415 - as above

    if kind_of(file) is BackupKind.DUMP:
        raise Misuse("usage", FOR_A_SERVER.fill(path=file))

    kept = restore(file, path_of(url, folder), at)
    return str(kept) if kept is not None else None


def path_of(url: str, folder: Path | None = None) -> Path:
    """Return where the file of an address lies. Raises Misuse for an address of another kind."""
    name = url.removeprefix(PREFIX)
    if not url.startswith(PREFIX) or name in ("", ":memory:"):
        raise Misuse("usage", NOT_SERVED.fill(url=without_password(url)))
    return _in_folder(Path(unquote(name)), folder)


def _in_folder(path: Path, folder: Path | None) -> Path:
    return path if path.is_absolute() or folder is None else folder / path


def _secret(password_file: Path | None, folder: Path | None) -> Path | None:
    return _in_folder(password_file, folder) if password_file is not None else None


def _restore_on_server(file: Path, url: str, password_file: Path | None, at: datetime) -> str | None:
    _need_client()
    from nightdesk_queue.store.postgres.address import read_address  # noqa: PLC0415 - as above
    from nightdesk_queue.store.postgres.restoring import restore  # noqa: PLC0415 - as above

    return restore(file, read_address(url, password_file), at)


def compact_database(database: Database) -> Iterator[int]:
    """Give the room back that deleted rows left, in steps; yield the pages that each gave back.

    A file that was made before this was possible is rewritten whole, once, which needs everybody away: also this
    process, so such a database is closed. Raises Fault: database_in_use.
    """
    if isinstance(database, SqliteDatabase) and not database.gives_room_back:
        from nightdesk_queue.store.sqlite.tidying import compact_file  # noqa: PLC0415 - as above

        database.close()
        yield compact_file(database.path)
        return
    yield from iter(database.tidy, 0)


def create_on_server(url: str, admin: str | None, password_file: Path | None) -> list[Created]:
    """Make role, database and tables of an address on its server; return what was not there before.

    `admin`: the address of who may make them, without one the same server's `postgres` as the user of this machine.
    `password_file`: the password of the role. Raises Misuse for an address of another kind, Fault.
    """
    if not is_server(url):
        raise Misuse("usage", NOT_A_SERVER.fill(url=without_password(url)))
    _need_client()
    from nightdesk_queue.store.postgres.creating import create  # noqa: PLC0415 - as above

    return create(url, admin, password_file)


def _need_client() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415 - as above
        import psycopg_pool  # noqa: F401, PLC0415 - as above
    except ImportError as error:
        # not installed, or psycopg that finds no libpq
        raise Misuse("usage", NO_CLIENT) from error


def is_server(url: str) -> bool:
    """Whether an address names a database on a server."""
    return url.startswith(SERVER_PREFIXES)


def open_database(
    url: str,
    folder: Path | None = None,
    *,
    create: bool = True,
    late: bool = False,
    impatient: bool = False,
    password_file: Path | None = None,
    machine: str | None = None,
) -> Database:
    """Open the database at `sqlite:///PATH` or `postgresql://...`, migrating it as needed; without `create` one there.

    A relative PATH is taken from `folder` (the configuration's folder), or from the current one. `late`: a server that
    cannot be reached yet is no fault of the start. `impatient`: nothing of it is waited for longer than 2 s.
    `machine`: the name of this machine, without one its host name.
    Raises Misuse for an address of another kind, Fault when the file or the server cannot be used.
    """
    if is_server(url):
        _need_client()
        from nightdesk_queue.store.postgres.engine import open_server  # noqa: PLC0415 - an extra, only some need it

        return open_server(
            url, _secret(password_file, folder), create=create, late=late, impatient=impatient, machine=machine
        )
    path = path_of(url, folder)
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # it is yet to be made, or the engine says better what is wrong
        pass
    except ValueError as error:
        # NUL, or half of a character: no system has such a file
        raise Misuse("usage", NOT_A_NAME.fill(url=ascii(url))) from error
    except OSError as error:
        raise Fault("database_unreachable", UNREACHABLE.fill(url=url, error=error.strerror)) from error
    return SqliteDatabase(path, create=create, machine=machine)
