"""Backups of a SQLite file by its online backup API, while everybody goes on; and the way back.

A plain copy of the file of a running database lacks what stands in the journal beside it, and a copy of both may be of
two moments. Source: https://www.sqlite.org/backup.html, https://www.sqlite.org/howtocorrupt.html (1.2).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from nightdesk_queue.domain.backups import MANIFEST_ENDING, Backup, Manifest
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.records import adapter
from nightdesk_queue.store.private_files import mode_in, open_private
from nightdesk_queue.store.sqlite import layout
from nightdesk_queue.store.sqlite.sharing import SIDECARS, open_beside
from nightdesk_queue.text.bilingual import Text

Progress = Callable[[int, int], None]
"""Told how many pages of how many are copied."""
Fill = Callable[[Path], dict[str, int]]
"""Fills a file with a copy that is proved whole, and returns the rows of each table."""
PAGES_A_STEP = 2000
STAMP = "%Y%m%dT%H%M%SZ"
HEADER = b"SQLite format 3\x00"
NOT_MADE = Text(zh="备份写不进 {folder}：{e}", en="the backup cannot be written into {folder}: {e}")
DAMAGED = Text(
    zh="备份 {path} 不完整或已损坏：{what}；请用另一个备份", en="backup {path} is not whole: {what}; use another one"
)
MISSING = Text(zh="没有文件 {path}", en="there is no file {path}")
FOREIGN = Text(
    zh="{path} 不是 nightdesk 的备份；请换一个文件", en="{path} is no backup of nightdesk; name another file"
)
NEWER = Text(
    zh="备份 {path} 属于更新版本的 nightdesk(布局 {v}，本程序只认识到 {known})；请先升级本程序",
    en="backup {path} belongs to a newer nightdesk (layout {v}, this one knows {known}); upgrade this nightdesk first",
)
IN_USE = Text(
    zh="数据库 {path} 正在使用；先停止所有 nightdesk 程序(run、lobby、console、board)",
    en="database {path} is in use; first stop every nightdesk program (run, lobby, console, board)",
)
NOT_RESTORED = Text(zh="不能恢复到 {path}：{e}", en="{path} cannot be restored: {e}")


def back_up(stem: str, folder: Path, at: datetime, fill: Fill) -> Backup:
    """Copy a database of one moment into a folder, prove the copy whole, and return it with its manifest.

    `stem`: what its name begins with. The copy gets its name when all that is done, so a crash never leaves half of
    one. Raises Fault, sqlite3.Error.
    """
    name = f"{stem}-{at.astimezone(UTC):{STAMP}}.db"
    unfinished = folder / f".{name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.close(open_private(unfinished, os.O_RDWR, mode_in(folder)))
        rows = fill(unfinished)
        manifest = _manifest(unfinished, rows, at)
        _write_whole(folder / f"{name}{MANIFEST_ENDING}", json.dumps(asdict(manifest), indent=1).encode())
        unfinished.replace(folder / name)
        _sync(folder)
    except OSError as error:
        raise Fault("backup_not_made", NOT_MADE.fill(folder=folder, e=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return Backup(folder / name, manifest)


def verify(path: Path) -> Backup:
    """Prove a backup whole by its manifest, its pages and its rows; one without a manifest by its pages.

    Raises Fault: backup_missing, backup_damaged, database_foreign, database_newer.
    """
    if not path.is_file():
        raise Fault("backup_missing", MISSING.fill(path=path))
    with path.open("rb") as opened:
        if opened.read(len(HEADER)) != HEADER:
            raise Fault("database_foreign", FOREIGN.fill(path=path))
    manifest = _read_manifest(path)
    if manifest is not None:
        if path.stat().st_size != manifest.bytes:
            what = f"{path.stat().st_size} != {manifest.bytes} bytes"
            raise Fault("backup_damaged", DAMAGED.fill(path=path, what=what))
        if _digest(path) != manifest.sha256:
            raise Fault("backup_damaged", DAMAGED.fill(path=path, what="SHA-256"))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            _refuse_other(copy, path)
            _prove(copy, path, manifest.rows if manifest else None)
    except sqlite3.DatabaseError as error:
        raise Fault("backup_damaged", DAMAGED.fill(path=path, what=error)) from error
    return Backup(path, manifest)


def restore(backup: Path, path: Path, at: datetime) -> Path | None:
    """Put a backup in a database's place, proved first; return where the database before is kept, None without one.

    Nobody may have the database open. Raises Fault: as `verify`, database_in_use, not_restored.
    """
    verify(backup)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        users = open_beside(path.with_name(f"{path.name}.users.lock"), path)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with backup.open("rb") as source, os.fdopen(open_beside(unfinished, path), "wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            kept = _put_aside(path, at)
            unfinished.replace(path)
            _sync(path.parent)
            return kept
        finally:
            os.close(users)
    except BlockingIOError as error:
        raise Fault("database_in_use", IN_USE.fill(path=path)) from error
    except OSError as error:
        raise Fault("not_restored", NOT_RESTORED.fill(path=path, e=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def backups_in(folder: Path, stem: str) -> list[tuple[datetime, Path]]:
    """Return the backups of a database in a folder with when they were made, the oldest first."""
    found = []
    for one in folder.glob(f"{stem}-*.db"):
        with suppress(ValueError):
            stamp = one.stem.removeprefix(f"{stem}-")
            found.append((datetime.strptime(stamp, STAMP).replace(tzinfo=UTC), one))
    return sorted(found)


def rotate(folder: Path, stem: str, keep: int) -> list[Path]:
    """Delete all backups of a database in a folder but the newest; return what is gone. Raises Fault."""
    gone = [one for _, one in backups_in(folder, stem)[:-keep]]
    try:
        for one in gone:
            # the backup first: a manifest alone misleads nobody
            one.unlink()
            one.with_name(f"{one.name}{MANIFEST_ENDING}").unlink(missing_ok=True)
    except OSError as error:
        raise Fault("backup_not_made", NOT_MADE.fill(folder=folder, e=error.strerror or error)) from error
    return gone


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
    _sync(copy)
    return rows


def sealed(copy: Path, filled: dict[str, int]) -> dict[str, int]:
    """Make a file that was filled one that needs no journal, prove it, and return the rows of each table.

    Raises Fault, sqlite3.Error, OSError.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = DELETE")
        rows = _rows(target)
        _prove(target, copy, {**rows, **filled})
    _sync(copy)
    return rows


def _prove(copy: sqlite3.Connection, path: Path, rows: dict[str, int] | None) -> None:
    """Raise Fault where pages, references or rows of a copy are not what they should be."""
    found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise Fault("backup_damaged", DAMAGED.fill(path=path, what="; ".join(found)[:200]))
    if copy.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0]:
        raise Fault("backup_damaged", DAMAGED.fill(path=path, what="foreign keys"))
    if rows is not None and (counted := _rows(copy)) != rows:
        names = [name for name in {**rows, **counted} if rows.get(name) != counted.get(name)]
        raise Fault("backup_damaged", DAMAGED.fill(path=path, what=", ".join(sorted(names))))


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


def _manifest(copy: Path, rows: dict[str, int], at: datetime) -> Manifest:
    return Manifest(
        version=version("nightdesk"),
        layout=layout.VERSION,
        made_at=at.astimezone(UTC).isoformat(timespec="seconds"),
        bytes=copy.stat().st_size,
        sha256=_digest(copy),
        rows=rows,
    )


def _read_manifest(path: Path) -> Manifest | None:
    beside = path.with_name(f"{path.name}{MANIFEST_ENDING}")
    try:
        written = beside.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return adapter(Manifest).validate_json(written)
    except ValueError as error:
        raise Fault("backup_damaged", DAMAGED.fill(path=path, what=beside.name)) from error


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with os.fdopen(open_private(unfinished, os.O_RDWR | os.O_TRUNC, mode_in(path.parent)), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(path)


def _put_aside(path: Path, at: datetime) -> Path | None:
    """Give a database and the files beside it another name, under which it can be opened; None where there is none."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-restore-{at.astimezone(UTC):{STAMP}}")
    # the journal first: beside the new file it would be applied to that
    for ending in (*SIDECARS, ""):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{ending}").rename(kept.with_name(f"{kept.name}{ending}"))
    return kept


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
