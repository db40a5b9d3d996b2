"""All tables of a database on a server, on one connection with a transaction open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from psycopg import ConnectionInfo
from psycopg.sql import SQL, Composed, Identifier

from nightdesk_queue.store.postgres.connections import Connection
from nightdesk_queue.store.postgres.layout import SCHEMA
from nightdesk_queue.store.tables import Values

ROWS_AT_ONCE = 5000
_AS_PG_DUMP = "SET synchronize_seqscans TO off; SET extra_float_digits TO 3; SET client_encoding TO 'UTF8'"
"""What pg_dump tells its own session: a big table is read from its beginning, not from where another reader is, and
numbers and texts are written as it writes them, whatever this server or this machine is set to."""


class PostgresTables:
    """The tables as this connection sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def columns(self, table: str, /) -> list[str]:
        """Return the names of a table's columns, in alphabetical order."""
        found = self._connection.execute(
            "SELECT column_name AS name FROM information_schema.columns "
            "WHERE table_schema = %(schema)s AND table_name = %(table)s",
            {"schema": SCHEMA, "table": table},
        )
        return sorted(str(row["name"]) for row in found.fetchall())

    def count(self, table: str, /) -> int:
        """Return how many rows a table has."""
        row = self._connection.execute(SQL("SELECT count(*) AS n FROM {}").format(Identifier(table))).fetchone()
        return int(row["n"]) if row else 0

    def read(self, table: str, columns: Sequence[str], order: Sequence[str], /) -> Iterator[Values]:
        """Yield the rows of a table in an order, without holding them all."""
        query = SQL("SELECT {} FROM {} ORDER BY {}").format(_listed(columns), Identifier(table), _listed(order))
        # a cursor of the server's: the client is given some rows at a time
        with self._connection.cursor(name="all_rows") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(query)
            for row in cursor:
                yield tuple(row)

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Values], /) -> None:
        """Add rows to a table."""
        words = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), _listed(columns))
        with self._connection.cursor() as cursor, cursor.copy(words) as copy:
            for row in rows:
                copy.write_row(row)

    def keep_for_others(self) -> str:
        """Return by which name another connection can look at this one's moment, while it looks at it."""
        row = self._connection.execute("SELECT pg_export_snapshot() AS name").fetchone()
        assert row is not None, "a function has a value"
        return str(row["name"])

    def text_of(self, table: str, columns: str, /) -> Iterator[bytes]:
        """Yield a table's rows as the server writes them into a dump, in blocks. `columns`: as SQL names them."""
        self._connection.execute(_AS_PG_DUMP)
        words = SQL("COPY {} ({}) TO STDOUT").format(Identifier(SCHEMA, table), SQL(columns))
        with self._connection.cursor() as cursor, cursor.copy(words) as copy:
            for block in copy:
                yield bytes(block)

    @property
    def server(self) -> ConnectionInfo:
        """The one server, of those in the address, that this connection is to."""
        return self._connection.info

    def number_on(self) -> None:
        """Let every table that numbers its rows go on behind the highest number that was copied into it."""
        numbered = self._connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = %(schema)s AND is_identity = 'YES'",
            {"schema": SCHEMA},
        ).fetchall()
        for one in numbered:
            table, column = one["table_name"], one["column_name"]
            self._connection.execute(
                SQL("SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) FROM {}").format(
                    f"{SCHEMA}.{table}", column, Identifier(column), Identifier(table)
                )
            )


def _listed(names: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))
