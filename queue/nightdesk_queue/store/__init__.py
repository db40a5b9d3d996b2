"""The database: one SQLite file where all processes meet.

`sqlite` opens it and gives units of work, `schema` lays it out, `tickets`, `events`, `slips` and `devices` hold the
hand-written SQL, `feed` tells that something changed. Nothing here knows a rule of the queue.
"""

from nightdesk_queue.store.change_feed import Feed
from nightdesk_queue.store.sqlite_store import Store

__all__ = ["Feed", "Store"]
