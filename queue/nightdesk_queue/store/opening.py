"""From an address in the configuration to a database: which engine serves it, and where its file lies."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.text.bilingual import Text

PREFIX = "sqlite:///"
NOT_SERVED = Text(
    zh="数据库地址 {url} 不可用；写 sqlite:///nightdesk.db(绝对路径用四个斜杠)",
    en="database address {url} is not served; use sqlite:///nightdesk.db (four slashes if absolute)",
)

NOT_A_NAME = Text(
    zh="数据库地址 {url} 里有文件名不能用的字符", en="database address {url} holds characters no file name can have"
)
UNREACHABLE = Text(
    zh="打不开数据库 {url}：{error}；换一个文件名或位置",
    en="database {url} cannot be opened: {error}; use another name or place",
)


def verify_backup(file: Path) -> Backup:
    """Prove a backup whole. Raises Fault: backup_missing, backup_damaged, database_foreign, database_newer."""
    # imported here: no other command pays for digests
    from nightdesk_queue.store.sqlite.backing_up import verify  # noqa: PLC0415

    return verify(file)


def restore_database(file: Path, url: str, folder: Path | None, at: datetime) -> Path | None:
    """Put a backup in the place of the database at an address, which nobody may use; return where that is kept.

    Raises Misuse for an address of another kind; Fault: as `verify_backup`, database_in_use, not_restored.
    """
    from nightdesk_queue.store.sqlite.backing_up import restore  # noqa: PLC0415 - as above

    return restore(file, path_of(url, folder), at)


def path_of(url: str, folder: Path | None = None) -> Path:
    """Return where the file of an address lies. Raises Misuse for an address of another kind."""
    name = url.removeprefix(PREFIX)
    if not url.startswith(PREFIX) or name in ("", ":memory:"):
        raise Misuse("usage", NOT_SERVED.fill(url=url))
    path = Path(unquote(name))
    return path if path.is_absolute() or folder is None else folder / path


def open_database(url: str, folder: Path | None = None, *, create: bool = True) -> Database:
    """Open the database at `sqlite:///PATH`, migrating it as needed; without `create` one that is there.

    A relative PATH is taken from `folder` (the configuration's folder), or from the current one.
    Raises Misuse for an address of another kind, Fault when the file cannot be used.
    """
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
    return SqliteDatabase(path, create=create)
