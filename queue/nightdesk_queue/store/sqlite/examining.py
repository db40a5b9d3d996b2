"""A look at a whole database file: its pages, its references, and whether tonight's values can be read."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import events, pages, slips, tickets
from nightdesk_queue.store.damage import damaged
from nightdesk_queue.store.database import Examination, Tx
from nightdesk_queue.store.sqlite.faults import fault_of
from nightdesk_queue.store.sqlite.sharing import faulty_files
from nightdesk_queue.text.bilingual import Text

PAGES = Text(
    zh="数据库 {path} 已损坏：{what}；请停止所有程序并从备份恢复",
    en="database {path} is damaged: {what}; stop every program and restore a backup",
)
BROKEN_RULE = Text(
    zh="数据库 {path} 前后不一致：{what}({n} 处)；请从备份恢复，或把文件交给 nightdesk 的维护者",
    en="database {path} contradicts itself: {what} ({n} times); restore a backup, or give the file to who maintains it",
)
RECENT = 1000
"""Newest events whose values are read."""
COPY_GLOB = "{name}.layout-*"
"""What copies made before a migration are called."""

_UNKNOWN_STATES = f"SELECT state FROM tickets WHERE state NOT IN ({', '.join(repr(str(one)) for one in State)}) LIMIT 1"

_RULES: tuple[tuple[Text, str], ...] = (
    (
        Text(zh="指向不存在记录的引用", en="references to rows that are not there"),
        "SELECT count(*) FROM pragma_foreign_key_check",
    ),
    (
        Text(zh="号没有取号事件", en="tickets without any event"),
        "SELECT count(*) FROM tickets WHERE state NOT IN ('done', 'cancelled', 'lapsed') "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE events.ticket = tickets.id)",
    ),
    (
        Text(zh="被叫的号没有呼叫事件", en="called tickets without a call"),
        "SELECT count(*) FROM tickets WHERE state = 'called' "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE events.ticket = tickets.id AND kind = 'call')",
    ),
    (
        Text(zh="已结束的号没有结束时间", en="ended tickets without a time of their end"),
        "SELECT count(*) FROM tickets WHERE state IN ('done', 'cancelled', 'lapsed') AND ended_at IS NULL",
    ),
)


def examine(connection: sqlite3.Connection, tx: Tx, path: Path) -> Examination:
    """Return what is wrong with a database, in words with the fix. Reads the whole file once."""
    wrong, warnings = faulty_files(path)
    try:
        wrong += _pages(connection, path)
        wrong += wrong or _rules(connection, path)
        _read_all(tx)
    except sqlite3.Error as error:
        wrong.append(fault_of(error, path).text)
    except Fault as fault:
        wrong.append(fault.text)
    return Examination(tuple(dict.fromkeys(wrong)), tuple(warnings), _last_copy(path))


def _pages(connection: sqlite3.Connection, path: Path) -> list[Text]:
    found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    return [] if found == ["ok"] else [PAGES.fill(path=path, what=" ".join("; ".join(found).split())[:200])]


def _rules(connection: sqlite3.Connection, path: Path) -> list[Text]:
    counted = [(what, connection.execute(sql).fetchone()[0]) for what, sql in _RULES]
    return [BROKEN_RULE.fill(path=path, what=what, n=n) for what, n in counted if n]


def _read_all(tx: Tx) -> None:
    """Read what serves tonight with the functions that serve it. Raises Fault for a value nobody can read."""
    for row in tx.rows("SELECT DISTINCT clinic FROM tickets WHERE state NOT IN ('done', 'cancelled', 'lapsed')"):
        tickets.living(tx, row["clinic"], *(set(State) - ENDED))
    living_but_unknown = tx.row(_UNKNOWN_STATES, {})
    if living_but_unknown is not None:
        raise damaged("tickets", ValueError(str(living_but_unknown["state"])))
    events.after(tx, max(0, events.last_seq(tx) - RECENT), RECENT)
    slips.newest(tx, RECENT)
    pages.open_pages(tx)


def _last_copy(path: Path) -> tuple[str, datetime] | None:
    copies = [(one.stat().st_mtime, one) for one in path.parent.glob(COPY_GLOB.format(name=path.name))]
    if not copies:
        return None
    at, newest = max(copies)
    return newest.name, datetime.fromtimestamp(at, UTC)
