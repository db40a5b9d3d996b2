"""Backups of a SQLite file by its online backup API, while everybody goes on; and the way back.

A plain copy of the file of a running database lacks what stands in the journal beside it, and a copy of both may be of
two moments. Source: https://www.sqlite.org/backup.html, https://www.sqlite.org/howtocorrupt.html (1.2).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.backup_files import (
    FOREIGN,
    NEWER,
    STAMP,
    BackupKind,
    damaged,
    free_name,
    kind_of,
    proved_manifest,
    refuse_other_rows,
    sync,
)
from nightdesk_queue.store.sqlite import layout
from nightdesk_queue.store.sqlite.presence import nobody_present
from nightdesk_queue.store.sqlite.sharing import SIDECARS, open_beside
from nightdesk_queue.text.bilingual import Text

Progress = Callable[[int, int], None]
"""Told how many pages of how many are copied."""
PAGES_A_STEP = 2000
NOT_RESTORED = Text(zh="不能恢复到 {path}：{e}", en="{path} cannot be restored: {e}")


def verify(path: Path) -> Backup:
    """Prove a backup whole by its manifest, its pages and its rows; one without a manifest by its pages.

    Raises Fault: backup_missing, backup_damaged, database_foreign, database_newer.
    """
    if kind_of(path) is not BackupKind.FILE:
        raise Fault("database_foreign", FOREIGN.fill(path=path))
    manifest = proved_manifest(path)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            _refuse_other(copy, path)
            _refuse_cut(copy, path)
            _prove(copy, path, manifest.rows if manifest else None)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    return Backup(path, manifest)


def restore(backup: Path, path: Path, at: datetime) -> Path | None:
    """Put a backup in a database's place, proved first; return where the database before is kept, None without one.

    Nobody may have the database open. Raises Fault: as `verify`, database_in_use, not_restored.
    """
    verify(backup)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with nobody_present(path):
            with backup.open("rb") as source, os.fdopen(open_beside(unfinished, path), "wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            kept = _put_aside(path, at)
            unfinished.replace(path)
            sync(path.parent)
            return kept
    except OSError as error:
        raise Fault("not_restored", NOT_RESTORED.fill(path=path, e=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def copied(source: sqlite3.Connection, copy: Path, progress: Progress) -> dict[str, int]:
    """Copy all pages of one moment, and return the rows of each table; the copy is one file that needs no journal."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.execute("BEGIN")
        try:
            rows = _rows(source)
            # within a transaction every step sees the same moment, and no writer makes it begin anew
            source.backup(
                target, pages=PAGES_A_STEP, progress=lambda _, left, total: progress(total - left, total), sleep=0
            )
        finally:
            source.execute("ROLLBACK")
        target.execute("PRAGMA journal_mode = DELETE")
        _prove(target, copy, rows)
    sync(copy)
    return rows


def sealed(copy: Path, filled: dict[str, int]) -> dict[str, int]:
    """Make a file that was filled one that needs no journal, prove it, and return the rows of each table.

    Raises Fault, sqlite3.Error, OSError.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = DELETE")
        rows = _rows(target)
        _prove(target, copy, {**rows, **filled})
    sync(copy)
    return rows


def _prove(copy: sqlite3.Connection, path: Path, rows: dict[str, int] | None) -> None:
    """Raise Fault where pages, references or rows of a copy are not what they should be."""
    found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise damaged(path, "; ".join(found)[:200])
    if copy.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0]:
        raise damaged(path, "foreign keys")
    if rows is not None:
        refuse_other_rows(path, _rows(copy), rows)


def _refuse_cut(copy: sqlite3.Connection, path: Path) -> None:
    """Raise Fault where a file ends within a page: SQLite would read the rest of it as zeros."""
    wanted = copy.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    if path.stat().st_size != wanted:
        raise damaged(path, f"{path.stat().st_size} != {wanted} bytes")


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = [
        str(row[0])
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    return {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def _refuse_other(copy: sqlite3.Connection, path: Path) -> None:
    if copy.execute("PRAGMA application_id").fetchone()[0] != layout.APPLICATION_ID:
        raise Fault("database_foreign", FOREIGN.fill(path=path))
    found = int(copy.execute("PRAGMA user_version").fetchone()[0])
    if found > layout.VERSION:
        raise Fault("database_newer", NEWER.fill(path=path, v=found, known=layout.VERSION))


def _put_aside(path: Path, at: datetime) -> Path | None:
    """Give a database and the files beside it another name, under which it can be opened; None where there is none."""
    if not path.exists():
        return None
    wanted = f"{path.name}.before-restore-{at.astimezone(UTC):{STAMP}}"
    kept = path.with_name(free_name(wanted, lambda name: path.with_name(name).exists()))
    # the journal first: beside the new file it would be applied to that
    for ending in (*SIDECARS, ""):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{ending}").rename(kept.with_name(f"{kept.name}{ending}"))
    return kept
