"""Files of backups, whichever engine fills them: their names, their manifests, and which of them are kept.

A backup is a file and beside it a manifest. It gets its name only when it is complete and proved.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path

from nightdesk_queue.domain.backups import MANIFEST_ENDING, Backup, Manifest
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.records import adapter
from nightdesk_queue.store.private_files import mode_in, open_private
from nightdesk_queue.text.bilingual import Text

STAMP = "%Y%m%dT%H%M%SZ"
NOT_MADE = Text(zh="备份写不进 {folder}：{e}", en="the backup cannot be written into {folder}: {e}")
DAMAGED = Text(
    zh="备份 {path} 不完整或已损坏：{what}；请用另一个备份", en="backup {path} is not whole: {what}; use another one"
)
MISSING = Text(zh="没有文件 {path}", en="there is no file {path}")
UNREADABLE = Text(zh="读不了备份 {path}：{e}", en="backup {path} cannot be read: {e}")
FOREIGN = Text(
    zh="{path} 不是 nightdesk 的备份；请换一个文件", en="{path} is no backup of nightdesk; name another file"
)
NEWER = Text(
    zh="备份 {path} 属于更新版本的 nightdesk(布局 {v}，本程序只认识到 {known})；请先升级本程序",
    en="backup {path} belongs to a newer nightdesk (layout {v}, this one knows {known}); upgrade this nightdesk first",
)


class BackupKind(StrEnum):
    """What a backup is: a SQLite file, which any database can be filled from, or a dump by the server's own program.

    The value: how its file's name ends.
    """

    FILE = ".db"
    DUMP = ".dump"


HEADERS = {BackupKind.FILE: b"SQLite format 3\x00", BackupKind.DUMP: b"PGDMP"}
"""What each begins with. Sources: https://www.sqlite.org/fileformat.html, PostgreSQL's pg_backup_archiver.h."""

Fill = Callable[[Path], dict[str, int]]
"""Fills a file with a copy that is proved whole, and returns the rows of each table."""


@dataclass(frozen=True, slots=True)
class Making:
    """A backup that is to be made. `stem`: what its name begins with; `layout`: of the tables; `at`: when."""

    stem: str
    kind: BackupKind
    layout: int
    folder: Path
    at: datetime


def make(making: Making, fill: Fill) -> Backup:
    """Fill a file in a folder and return it with its manifest; a crash never leaves half of one.

    Raises Fault, and what `fill` raises but for OSError.
    """
    folder, name = making.folder, f"{making.stem}-{making.at.astimezone(UTC):{STAMP}}{making.kind}"
    unfinished = folder / f".{name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.close(open_private(unfinished, os.O_RDWR, mode_in(folder)))
        rows = fill(unfinished)
        manifest = _manifest(unfinished, rows, making)
        _write_whole(folder / f"{name}{MANIFEST_ENDING}", json.dumps(asdict(manifest), indent=1).encode())
        unfinished.replace(folder / name)
        sync(folder)
    except OSError as error:
        raise Fault("backup_not_made", NOT_MADE.fill(folder=folder, e=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return Backup(folder / name, manifest)


def kind_of(path: Path) -> BackupKind:
    """Return what kind of backup a file is, by how it begins. Raises Fault: backup_missing, database_foreign."""
    if not path.is_file():
        raise Fault("backup_missing", MISSING.fill(path=path))
    try:
        with path.open("rb") as opened:
            begins = opened.read(max(map(len, HEADERS.values())))
    except OSError as error:
        raise Fault("backup_missing", UNREADABLE.fill(path=path, e=error.strerror or error)) from error
    for kind, header in HEADERS.items():
        if begins.startswith(header):
            return kind
    raise Fault("database_foreign", FOREIGN.fill(path=path))


def proved_manifest(path: Path) -> Manifest | None:
    """Return the manifest of a backup that has the bytes it tells of; None without one. Raises Fault."""
    manifest = _read_manifest(path)
    if manifest is None:
        return None
    if path.stat().st_size != manifest.bytes:
        raise damaged(path, f"{path.stat().st_size} != {manifest.bytes} bytes")
    if _digest(path) != manifest.sha256:
        raise damaged(path, "SHA-256")
    return manifest


def refuse_other_rows(path: Path, counted: dict[str, int], wanted: dict[str, int]) -> None:
    """Raise Fault where a backup's tables have not the rows they should have."""
    if counted != wanted:
        names = [name for name in {**wanted, **counted} if wanted.get(name) != counted.get(name)]
        raise damaged(path, ", ".join(sorted(names)))


def damaged(path: Path, what: object) -> Fault:
    """Return the fault of a backup that is not whole."""
    return Fault("backup_damaged", DAMAGED.fill(path=path, what=what))


def backups_in(folder: Path, stem: str) -> list[tuple[datetime, Path]]:
    """Return the backups of a database in a folder with when they were made, the oldest first."""
    found = []
    for kind in BackupKind:
        for one in folder.glob(f"{stem}-*{kind}"):
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


def free_name(name: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name, or it with a number behind it where it is taken: what is put aside stays for ever."""
    numbered = (f"{name}-{n}" for n in count(2))
    return next(one for one in chain((name,), numbered) if not is_taken(one))


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(copy: Path, rows: dict[str, int], making: Making) -> Manifest:
    return Manifest(
        version=version("nightdesk"),
        layout=making.layout,
        made_at=making.at.astimezone(UTC).isoformat(timespec="seconds"),
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
        raise damaged(path, beside.name) from error


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
