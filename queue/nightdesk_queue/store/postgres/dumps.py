"""Backups that PostgreSQL's own `pg_dump` made: read again by `pg_restore`, and proved whole. No server is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nightdesk_queue.domain.backups import Backup
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.backup_files import FOREIGN, NEWER, damaged, proved_manifest, refuse_other_rows
from nightdesk_queue.store.postgres.dump_programs import ProgramFailed, find_restore, output_of
from nightdesk_queue.store.postgres.dump_script import Piece, TableRows, pieces
from nightdesk_queue.store.postgres.layout import LAYOUT, SCHEMA
from nightdesk_queue.text.bilingual import Text

NO_PROGRAM = Text(
    zh="{path} 是 pg_dump 的备份，要用 pg_restore 读；请安装 PostgreSQL 的客户端程序(postgresql-client)",
    en="{path} is a backup by pg_dump, which pg_restore reads; install PostgreSQL's client programs "
    "(postgresql-client)",
)
OLD_PROGRAM = Text(
    zh="本机的 pg_restore 太旧，读不懂 {path}；请安装与服务器同版本或更新的 postgresql-client",
    en="the pg_restore of this machine is too old for {path}; install a postgresql-client as new as the server",
)


def verify(path: Path) -> Backup:
    """Prove a dump whole by its manifest and by the rows that are read from it; one without a manifest by these.

    Raises Fault: backup_damaged, backup_unreadable, database_foreign, database_newer.
    """
    manifest = proved_manifest(path)
    if manifest is not None and manifest.layout > LAYOUT:
        raise Fault("database_newer", NEWER.fill(path=path, v=manifest.layout, known=LAYOUT))
    with read_again(path) as script:
        rows = {piece.table: sum(1 for _ in piece.lines) for piece in script if isinstance(piece, TableRows)}
    if "layouts" not in rows:
        raise Fault("database_foreign", FOREIGN.fill(path=path))
    if manifest is not None:
        refuse_other_rows(path, {table: n for table, n in rows.items() if table in manifest.rows}, manifest.rows)
    return Backup(path, manifest)


@contextmanager
def read_again(path: Path) -> Iterator[Iterator[Piece]]:
    """Give what a dump holds, in pieces; read them all. Raises Fault: backup_damaged, backup_unreadable."""
    program = find_restore()
    if program is None:
        raise Fault("backup_unreadable", NO_PROGRAM.fill(path=path))
    command = [program, "--file=-", "--no-owner", "--no-privileges", f"--schema={SCHEMA}", str(path.absolute())]
    try:
        with output_of(command) as script:
            yield pieces(script)
    except ProgramFailed as failed:
        if failed.unknown_format:
            raise Fault("backup_unreadable", OLD_PROGRAM.fill(path=path)) from failed
        raise damaged(path, failed.words) from failed
    except OSError as error:
        raise Fault("backup_unreadable", NO_PROGRAM.fill(path=path)) from error
