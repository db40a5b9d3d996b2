"""SQL for the programs that run. A row of one that was killed stays until its id is used again; its lock is free."""

from __future__ import annotations

from nightdesk_queue.domain.programs import Program, ProgramKind
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, stamp

LOCK = "program"
"""The kind of lock that a running program holds under its id."""
_SAVE = """
INSERT INTO programs (id, kind, station, machine, pid, file, version, read_at)
    VALUES (:id, :kind, :station, :machine, :pid, :file, :version, :read_at)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, station = excluded.station, machine = excluded.machine,
    pid = excluded.pid, file = excluded.file, version = excluded.version, read_at = excluded.read_at
"""


def running(tx: Tx) -> list[Program]:
    """Return the programs that run now, by id."""
    return [_read(row) for row in tx.rows("SELECT * FROM programs ORDER BY id") if tx.is_served(LOCK, row["id"])]


def save(tx: Tx, program: Program) -> None:
    """Write what a program runs with."""
    tx.change(
        _SAVE,
        {
            "id": program.id,
            "kind": program.kind,
            "station": program.station,
            "machine": program.machine,
            "pid": program.pid,
            "file": program.file,
            "version": program.version,
            "read_at": stamp(program.read_at),
        },
    )


@reads("programs")
def _read(row: Row) -> Program:
    return Program(
        id=row["id"],
        kind=ProgramKind(row["kind"]),
        station=row["station"],
        machine=row["machine"],
        pid=row["pid"],
        file=row["file"],
        version=row["version"],
        read_at=moment(row["read_at"]),
    )
