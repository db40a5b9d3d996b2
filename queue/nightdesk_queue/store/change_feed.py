"""Noticing that another process (or another connection of this one) has committed.

`PRAGMA data_version` changes when somebody else commits and costs microseconds, so polling it every 20 ms is cheap.
It never reports the asking connection's own commits: a feed has a connection of its own and therefore sees all.
"""

from __future__ import annotations

from typing import Self

from nightdesk_queue.store.sqlite_store import Store, faults


class Feed:
    """Answers, again and again, whether anything was committed since the last time it was asked."""

    def __init__(self, store: Store) -> None:
        self._store = store.another()
        self._seen = -1

    def changed(self) -> bool:
        """Whether something was committed since the last call; always True the first time."""
        with faults(self._store.path):
            version: int = self._store.connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen:
            return False
        self._seen = version
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the feed's own connection."""
        self._store.close()
