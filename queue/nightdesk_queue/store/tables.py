"""All tables of a database at one moment, and a copy of them into another one, whichever engines serve the two.

A copy is proved by the rows of every table and a digest of what they hold, read back from where it went.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import Database, Value
from nightdesk_queue.text.bilingual import Text

Values: TypeAlias = tuple[Value, ...]
Progress: TypeAlias = Callable[[int, int], None]
"""Told how many rows of how many are copied."""

TABLES = (
    ("tickets", ("seq",)),
    ("events", ("seq",)),
    ("consultations", ("event",)),
    ("forecasts", ("id",)),
    ("pages", ("id",)),
    ("slips", ("id",)),
    ("clinics", ("clinic",)),
    ("devices", ("kind", "id")),
    ("rooms", ("room",)),
    ("device_history", ("id",)),
    ("programs", ("id",)),
    ("kiosks", ("id",)),
    ("pins", ("id",)),
    ("staff", ("id",)),
    ("stations", ("id",)),
    ("foreign_visits", ("seq",)),
    ("hl7_messages", ("seq",)),
    ("hl7_notices", ("event",)),
    ("hl7_notices_read", ("id",)),
    ("shared_config", ("id",)),
    ("handed_in", ("id",)),
    ("last_known", ("clinic",)),
)
"""Every table with its primary key; what is referred to stands first."""
ROWS_A_STEP = 2000
NOT_EMPTY = Text(
    zh="{where} 不是空的({table} 里有内容)；请复制到一个空的数据库",
    en="{where} is not empty ({table} holds something); copy into an empty database",
)
DIFFERS = Text(
    zh="复制到 {where} 后，{table} 与原来的不一样；什么也没有写入，请检查磁盘并再试",
    en="after the copy to {where}, {table} is not what it was; nothing was written, check the disk and try again",
)


class Tables(Protocol):
    """All tables of a database, open at one moment or in one transaction."""

    def columns(self, table: str, /) -> list[str]:
        """Return the names of a table's columns, in alphabetical order."""

    def count(self, table: str, /) -> int:
        """Return how many rows a table has."""

    def read(self, table: str, columns: Sequence[str], order: Sequence[str], /) -> Iterator[Values]:
        """Yield the rows of a table in an order, without holding them all."""

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Values], /) -> None:
        """Add rows to a table."""


class Digest:
    """A digest of rows in their order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def passed(self, rows: Iterable[Values]) -> Iterator[Values]:
        """Yield rows, each taken into the digest."""
        for row in rows:
            self._digest.update(json.dumps(row, ensure_ascii=True).encode())
            yield row

    def of(self, rows: Iterable[Values]) -> str:
        """Take rows into the digest and return it."""
        for _ in self.passed(rows):
            pass
        return self.hex

    @property
    def hex(self) -> str:
        """The digest of all rows so far."""
        return self._digest.hexdigest()


def counts(tables: Tables) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table: tables.count(table) for table, _ in TABLES}


def copy(source: Database, target: Database, progress: Progress = lambda *_: None) -> dict[str, int]:
    """Copy all tables of one moment into an empty database, prove the copy, and return the rows of each table.

    All in one transaction of the target: a copy that is not proved, or broken off, leaves it empty. Raises Fault.
    """
    with source.tables() as read, target.filling() as written:
        return copy_tables(read, written, target.where, progress)


def copy_tables(read: Tables, written: Tables, where: str, progress: Progress) -> dict[str, int]:
    """Copy all tables into empty ones, prove them, and return the rows of each. Raises Fault."""
    for table, _ in TABLES:
        if written.count(table):
            raise Fault("database_not_empty", NOT_EMPTY.fill(where=where, table=table))
    rows = counts(read)
    total, done = sum(rows.values()), 0
    for table, key in TABLES:
        columns, digest = read.columns(table), Digest()

        def told(rows: Iterable[Values], before: int = done) -> Iterator[Values]:
            for n, row in enumerate(rows, 1):
                if n % ROWS_A_STEP == 0:
                    progress(before + n, total)
                yield row

        written.write(table, columns, told(digest.passed(read.read(table, columns, key))))
        there = Digest().of(written.read(table, columns, key))
        if (written.count(table), there) != (rows[table], digest.hex):
            raise Fault("copy_differs", DIFFERS.fill(where=where, table=table))
        done += rows[table]
        progress(done, total)
    return rows
