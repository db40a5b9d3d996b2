"""The database: where all processes meet.

What lives here: `database` (the door: what everybody may ask of it), its engine in `sqlite/`, and hand-written SQL in a
module for each table (`tickets`, `events`, `slips`, `pages`, `clinics`, `consultations`, `forecasts`, `devices`), one
text for every engine. What it may touch: the database, and nothing else may. What it promises: no rule of the queue is
known here; uniqueness is the database's own; no query reads history to serve tonight.
"""

from nightdesk_queue.store.database import ChangeFeed, Database, ProcessLock, StopSignal, Tx
from nightdesk_queue.store.opening import open_database

__all__ = ["ChangeFeed", "Database", "ProcessLock", "StopSignal", "Tx", "open_database"]
