"""Backups of a server by PostgreSQL's own `pg_dump`, each compared with the moment that it was made of.

Who runs the server knows what to do with such a file. It holds our schema only, without owners and rights.
Source: https://www.postgresql.org/docs/current/app-pgdump.html.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.backup_files import BackupKind, Making, make, sync
from nightdesk_queue.store.postgres.address import Address
from nightdesk_queue.store.postgres.all_tables import PostgresTables
from nightdesk_queue.store.postgres.dump_programs import DumpPrograms, ProgramFailed, find_programs, output_of
from nightdesk_queue.store.postgres.dump_script import TableRows
from nightdesk_queue.store.postgres.dumps import read_again
from nightdesk_queue.store.postgres.layout import LAYOUT, SCHEMA
from nightdesk_queue.store.tables import Progress, counts
from nightdesk_queue.text.bilingual import Text

LOCK_WAIT = "30s"
DIFFERS = Text(
    zh="刚做的备份与数据库不一致（{what}），没有保留；请检查磁盘并再试",
    en="the backup that was just made differs from the database ({what}) and was not kept; check the disk and try "
    "again",
)
NOT_DUMPED = Text(
    zh="pg_dump 没有成功：{e}；请排除原因，或用 nightdesk database backup --portable([backup] portable = true)",
    en="pg_dump failed: {e}; remove the cause, or use nightdesk database backup --portable ([backup] portable = true)",
)


def programs_for(tables: PostgresTables, address: Address) -> DumpPrograms | None:
    """Return the programs that can dump a server; None where they are not installed, or older than the server."""
    programs = find_programs()
    # the password of a client's key can only be said on a command line
    if programs is None or "sslpassword" in address.parameters:
        return None
    return programs if programs.major >= tables.server.server_version // 10000 else None


def dump(
    tables: PostgresTables, address: Address, programs: DumpPrograms, into: Path, at: datetime, progress: Progress
) -> Backup:
    """Dump the tables of one moment into a folder and prove the dump, while everybody goes on. Raises Fault."""

    def fill(file: Path) -> dict[str, int]:
        rows = counts(tables)
        progress(0, sum(rows.values()))
        _run_dump(tables, address, programs, file)
        _compare(tables, file, rows, progress)
        return rows

    return make(Making(address.name, BackupKind.DUMP, LAYOUT, into, at), fill)


def _run_dump(tables: PostgresTables, address: Address, programs: DumpPrograms, file: Path) -> None:
    server = tables.server
    command = [
        programs.dump,
        f"--dbname={address.without_secrets(server.host, server.hostaddr, server.port)}",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        "--encoding=UTF8",
        f"--schema={SCHEMA}",
        # what became of commits whose answers were lost is of no use to anybody later
        f"--exclude-table-data={SCHEMA}.commits",
        f"--snapshot={tables.keep_for_others()}",
        f"--lock-wait-timeout={LOCK_WAIT}",
    ]
    try:
        # through our own hands: the file is made private before the first byte, and the program ends when we do
        with output_of(command, address.parameters.get("password")) as written, file.open("wb") as opened:
            shutil.copyfileobj(written, opened, 1 << 20)
            opened.flush()
            os.fsync(opened.fileno())
    except ProgramFailed as failed:
        raise Fault("backup_not_made", NOT_DUMPED.fill(e=failed.words)) from failed
    sync(file)


def _compare(tables: PostgresTables, file: Path, rows: dict[str, int], progress: Progress) -> None:
    """Raise Fault where a dump, read again, has not just what the tables have."""
    missing, done, total = set(rows), 0, sum(rows.values())
    with read_again(file) as script:
        for piece in script:
            if not isinstance(piece, TableRows) or piece.table not in rows:
                continue
            if _digest(piece.lines) != _digest(tables.text_of(piece.table, piece.columns)):
                raise _differs(piece.table)
            missing.discard(piece.table)
            done += rows[piece.table]
            progress(done, total)
    if missing:
        raise _differs(", ".join(sorted(missing)))


def _differs(what: str) -> Fault:
    return Fault("backup_damaged", DIFFERS.fill(what=what))


def _digest(blocks: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.digest()
