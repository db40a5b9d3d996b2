"""A copy of a database before its layout is changed, for whoever wants to go back to the version before."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from nightdesk_queue.store.sqlite.sharing import open_beside


def copy_before_migration(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy a database of an older layout beside itself, whole, and return the copy; one that is there stays.

    The copy gets its name when it is complete, so a crash never leaves half of one. Raises sqlite3.Error.
    """
    copy = path.with_name(f"{path.name}.layout-{version}")
    if copy.exists():
        return copy
    unfinished = path.with_name(f"{copy.name}.{os.getpid()}.part")
    try:
        os.close(open_beside(unfinished, path))
        with closing(sqlite3.connect(unfinished)) as target:
            connection.backup(target)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    return copy
