"""From an address in the configuration to a database: which engine serves it, and where its file lies."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

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


def open_database(url: str, folder: Path | None = None, *, create: bool = True) -> Database:
    """Open the database at `sqlite:///PATH`, migrating it as needed; without `create` one that is there.

    A relative PATH is taken from `folder` (the configuration's folder), or from the current one.
    Raises Misuse for an address of another kind, Fault when the file cannot be used.
    """
    name = url.removeprefix(PREFIX)
    if not url.startswith(PREFIX) or name in ("", ":memory:"):
        raise Misuse("usage", NOT_SERVED.fill(url=url))
    path = Path(unquote(name))
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
    return SqliteDatabase(path if path.is_absolute() or folder is None else folder / path, create=create)
