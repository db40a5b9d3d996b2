"""Room on a server that deleted rows left: cleared up at once for new rows, while everybody goes on.

Autovacuum would come to it by itself, but also into the next evening. A plain VACUUM locks out no reader and no writer.
Source: https://www.postgresql.org/docs/current/routine-vacuuming.html.
"""

from __future__ import annotations

from psycopg.sql import SQL, Identifier

from nightdesk_queue.store.postgres.connections import Connection
from nightdesk_queue.store.postgres.layout import SCHEMA

_WORTH_IT = """
SELECT pg_class.relname AS name FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
WHERE schemaname = %(schema)s AND n_dead_tup > %(rows)s AND pg_has_role(relowner, 'USAGE') ORDER BY 1
"""
ROWS = 10_000
"""Deleted rows of a table from which on it is worth a look through all of it."""


def clear_up(connection: Connection) -> list[str]:
    """Clear up the tables that many rows were deleted from; return their names. Raises psycopg.Error."""
    found = connection.execute(_WORTH_IT, {"schema": SCHEMA, "rows": ROWS}).fetchall()
    names = [str(row["name"]) for row in found]
    for name in names:
        connection.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(SCHEMA, name)))
    return names
