"""The database: the one place where all processes meet.

What lives here: `database` (the protocol `Database` and what belongs to it), its engines in `sqlite/` and `postgres/`,
`opening` (which of them serves an address), `tables` (a copy of everything from one to the other), `feeds` and
`asking_ahead` (what both stand on), and hand-written SQL in a module for each table, one text for both engines.
What it may touch: the database. Nothing outside this package opens it or imports `sqlite3` or `psycopg`.
What it promises: uniqueness is kept by the database itself; no query reads history to serve tonight. It knows no rule
of the queue.
"""

from nightdesk_queue.store.database import ChangeFeed, Database, ProcessLock, StopSignal, Tx
from nightdesk_queue.store.opening import open_database

__all__ = ["ChangeFeed", "Database", "ProcessLock", "StopSignal", "Tx", "open_database"]
