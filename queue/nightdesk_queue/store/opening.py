"""From an address in the configuration to a database: which engine serves it, and where its file lies."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.text.bilingual import Text

PREFIX = "sqlite:///"
NOT_SERVED = Text(
    zh="数据库地址 {url} 不可用；写 sqlite:///nightdesk.db(绝对路径用四个斜杠)",
    en="database address {url} is not served; use sqlite:///nightdesk.db (four slashes if absolute)",
)


def open_database(url: str, folder: Path | None = None) -> Database:
    """Open the database at `sqlite:///PATH`, creating and migrating it as needed.

    A relative PATH is taken from `folder` (the configuration's folder), or from the current one.
    Raises Misuse for an address of another kind, Fault when the file cannot be used.
    """
    name = url.removeprefix(PREFIX)
    if not url.startswith(PREFIX) or name in ("", ":memory:"):
        raise Misuse("usage", NOT_SERVED.fill(url=url))
    path = Path(unquote(name))
    return SqliteDatabase(path if path.is_absolute() or folder is None else folder / path)
