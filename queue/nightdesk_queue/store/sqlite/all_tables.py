"""All tables of a SQLite file, on one connection with a transaction open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from nightdesk_queue.store.tables import Values


class SqliteTables:
    """The tables as this connection sees them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def columns(self, table: str, /) -> list[str]:
        """Return the names of a table's columns, in alphabetical order."""
        found = self._connection.execute("SELECT name FROM pragma_table_info(:table)", {"table": table})
        return sorted(str(row[0]) for row in found)

    def count(self, table: str, /) -> int:
        """Return how many rows a table has."""
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def read(self, table: str, columns: Sequence[str], order: Sequence[str], /) -> Iterator[Values]:
        """Yield the rows of a table in an order, without holding them all."""
        names = ", ".join(f'"{column}"' for column in columns)
        for row in self._connection.execute(f"SELECT {names} FROM {table} ORDER BY {', '.join(order)}"):
            yield tuple(row)

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Values], /) -> None:
        """Add rows to a table."""
        names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
