"""A look at a whole database file: its pages, its references, and whether tonight's values can be read."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Examination, Tx
from nightdesk_queue.store.examining import BROKEN_RULE, broken_rules, read_tonight
from nightdesk_queue.store.sqlite.faults import fault_of
from nightdesk_queue.store.sqlite.sharing import faulty_files
from nightdesk_queue.text.bilingual import Text

PAGES = Text(
    zh="数据库 {path} 已损坏：{what}；请停止所有程序并从备份恢复",
    en="database {path} is damaged: {what}; stop every program and restore a backup",
)
COPY_GLOB = "{name}.layout-*"
"""What copies made before a migration are called."""

REFERENCES = Text(zh="指向不存在记录的引用", en="references to rows that are not there")


def examine(connection: sqlite3.Connection, tx: Tx, path: Path) -> Examination:
    """Return what is wrong with a database, in words with the fix. Reads the whole file once."""
    wrong, warnings = faulty_files(path)
    try:
        wrong += _pages(connection, path)
        wrong += wrong or [*_references(connection, path), *broken_rules(tx, str(path))]
        read_tonight(tx)
    except sqlite3.Error as error:
        wrong.append(fault_of(error, path).text)
    except Fault as fault:
        wrong.append(fault.text)
    return Examination(tuple(dict.fromkeys(wrong)), tuple(warnings), _last_copy(path))


def _pages(connection: sqlite3.Connection, path: Path) -> list[Text]:
    found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    return [] if found == ["ok"] else [PAGES.fill(path=path, what=" ".join("; ".join(found).split())[:200])]


def _references(connection: sqlite3.Connection, path: Path) -> list[Text]:
    n = connection.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0]
    return [BROKEN_RULE.fill(path=path, what=REFERENCES, n=n)] if n else []


def _last_copy(path: Path) -> tuple[str, datetime] | None:
    copies = [(one.stat().st_mtime, one) for one in path.parent.glob(COPY_GLOB.format(name=path.name))]
    if not copies:
        return None
    at, newest = max(copies)
    return newest.name, datetime.fromtimestamp(at, UTC)
