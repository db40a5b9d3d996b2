"""A look at a whole database on a server: its indexes and rules, and whether tonight's values can be read."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Examination, Tx
from nightdesk_queue.store.examining import broken_rules, read_tonight
from nightdesk_queue.text.bilingual import Text

UNUSABLE = Text(
    zh="数据库 {where} 的索引或约束 {names} 失效；请由数据库管理员执行 REINDEX，或从备份恢复",
    en="indexes or rules of database {where} are not in force: {names}; let who runs the server REINDEX them, or "
    "restore a backup",
)
_UNUSABLE = """
SELECT relname AS name FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
WHERE NOT (indisvalid AND indisready) AND relnamespace = to_regnamespace('nightdesk')
UNION ALL SELECT conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = to_regnamespace('nightdesk')
ORDER BY 1
"""


class Readable(Protocol):
    """A database that can be read."""

    @property
    def where(self) -> str:
        """Where it is, in words."""

    def snapshot(self) -> AbstractContextManager[Tx]:
        """Give one moment of it."""


def examine(database: Readable) -> Examination:
    """Return what is wrong with a database, in words with the fix."""
    wrong: list[Text] = []
    try:
        with database.snapshot() as tx:
            if names := [row["name"] for row in tx.rows(_UNUSABLE)]:
                wrong.append(UNUSABLE.fill(where=database.where, names=", ".join(names)))
            wrong += broken_rules(tx, database.where)
            read_tonight(tx)
    except Fault as fault:
        wrong.append(fault.text)
    return Examination(tuple(dict.fromkeys(wrong)), (), None)
