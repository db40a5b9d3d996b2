"""A database on a server as a SQLite file: for backups without `pg_dump`, and to rehearse in.

Such a backup needs no server to be proved, read, or gone on with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.store.backup_files import BackupKind, Making, make
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.sqlite.backing_up import sealed
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.store.sqlite.layout import VERSION
from nightdesk_queue.store.tables import Progress, copy


def export(database: Database, stem: str, folder: Path, at: datetime, progress: Progress) -> Backup:
    """Write a backup of one moment into a folder, proved whole, while everybody goes on. Raises Fault."""
    making = Making(stem, BackupKind.FILE, VERSION, folder, at)
    return make(making, lambda file: _filled(database, file, progress))


@contextmanager
def rehearsed(database: Database, name: str) -> Iterator[SqliteDatabase]:
    """Give a copy in a folder that only this user may enter; it is gone afterwards. Raises Fault."""
    with TemporaryDirectory(prefix="nightdesk-") as folder, SqliteDatabase(Path(folder) / f"{name}.db") as target:
        copy(database, target)
        yield target


def _filled(database: Database, file: Path, progress: Progress) -> dict[str, int]:
    try:
        with SqliteDatabase(file) as target:
            rows = copy(database, target, progress)
        return sealed(file, rows)
    finally:
        # what the engine puts beside a file in use
        for beside in file.parent.glob(f"{file.name}?*"):
            with suppress(OSError):
                beside.unlink()
