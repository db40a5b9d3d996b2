"""The script that `pg_restore` writes from a dump, read in pieces: statements, and the rows of each table.

Rows stand between `COPY table (columns) FROM stdin;` and a line of `\\.`, a row a line, as the server takes them.
Source: https://www.postgresql.org/docs/current/sql-copy.html (Text Format).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from nightdesk_queue.store.postgres.layout import SCHEMA

_ROWS_BEGIN = re.compile(rb'COPY %b\."?(?P<table>\w+)"? \((?P<columns>.*)\) FROM stdin;' % SCHEMA.encode())
_ROWS_END = b"\\."
_FOR_A_SESSION = (b"SET ", b"\\", b"--")
"""Beginnings of lines that are for psql, or set a session up, in words that an older server may not know."""


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL that stands between the rows of two tables."""

    text: str


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of a table. `columns`: as SQL names them; `lines`: a row each, with the line's end, read once."""

    table: str
    columns: str
    lines: Iterator[bytes]


Piece: TypeAlias = Statements | TableRows


def pieces(script: Iterable[bytes]) -> Iterator[Piece]:
    """Yield a script's pieces in order; rows that the reader leaves are skipped."""
    lines = iter(script)
    held: list[bytes] = []
    for line in lines:
        if (found := _ROWS_BEGIN.match(line)) is None:
            if line.strip() and not line.startswith(_FOR_A_SESSION):
                held.append(line)
            continue
        if held:
            yield Statements(b"".join(held).decode())
            held = []
        rows = _rows(lines)
        yield TableRows(found["table"].decode(), found["columns"].decode(), rows)
        for _ in rows:
            pass
    if held:
        yield Statements(b"".join(held).decode())


def _rows(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.rstrip(b"\r\n") == _ROWS_END:
            return
        yield line
