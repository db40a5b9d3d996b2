"""Room in a file that deleted rows left: given back in small steps, or all at once while nobody has the file open.

What is deleted leaves free pages, which later rows use. After a year was archived they are more than a night needs.
Sources: https://www.sqlite.org/pragma.html#pragma_incremental_vacuum, https://www.sqlite.org/lang_vacuum.html.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from nightdesk_queue.store.sqlite.faults import faults
from nightdesk_queue.store.sqlite.presence import nobody_present
from nightdesk_queue.store.sqlite.units import Connection

PAGES_A_STEP = 250
"""A megabyte; every page that is moved is written twice, so a step keeps writers waiting for some milliseconds."""
KEPT = 1000
"""Free pages that stay, for the rows of the next nights."""
INCREMENTAL = 2


def gives_back(connection: sqlite3.Connection) -> bool:
    """Whether a file was made so that it can give free pages back in steps. Raises sqlite3.Error."""
    return bool(connection.execute("PRAGMA auto_vacuum").fetchone()[0] == INCREMENTAL)


def give_back_some(connection: Connection) -> int:
    """Give some free pages back to the system; return how many, 0 when few enough are left. Raises sqlite3.Error."""
    if not gives_back(connection) or _free(connection) <= KEPT:
        return 0
    connection.in_turn("BEGIN IMMEDIATE")
    try:
        free = _free(connection)
        for _ in range(min(PAGES_A_STEP, free - KEPT)):
            # one each time: Python takes a statement without columns for done after its first step
            connection.execute("PRAGMA incremental_vacuum(1)")
        left = _free(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return free - left


def _free(connection: sqlite3.Connection) -> int:
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return free


def compact_file(path: Path) -> int:
    """Rewrite a file without free pages, and so that they are given back in steps from then on; return the bytes saved.

    Nobody may have it open. It is whole at any instant: what is broken off changes nothing. Raises Fault.
    """
    with faults(path):
        uri, before = f"{path.absolute().as_uri()}?mode=rw", path.stat().st_size
        with nobody_present(path), closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as file:
            file.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
            file.execute("VACUUM")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return max(0, before - path.stat().st_size)
