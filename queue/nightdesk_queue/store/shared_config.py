"""SQL for the configuration that all machines share: the newest that somebody has pushed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, stamp

_SAVE = """
INSERT INTO shared_config (id, fingerprint, content, pushed_at, pushed_by, machine)
    VALUES (1, :fingerprint, :content, :pushed_at, :pushed_by, :machine)
ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, content = excluded.content,
    pushed_at = excluded.pushed_at, pushed_by = excluded.pushed_by, machine = excluded.machine
"""


@dataclass(frozen=True, slots=True)
class SharedConfig:
    """The text of the shared configuration and its fingerprint; when it was pushed, by whom and on which machine."""

    fingerprint: str
    content: str
    pushed_at: datetime
    pushed_by: str
    machine: str


def fingerprint(tx: Tx) -> str | None:
    """Return the fingerprint of the shared configuration, None where nobody has pushed one."""
    row = tx.row("SELECT fingerprint FROM shared_config WHERE id = 1")
    return str(row["fingerprint"]) if row else None


def newest(tx: Tx) -> SharedConfig | None:
    """Return the shared configuration, None where nobody has pushed one."""
    row = tx.row("SELECT * FROM shared_config WHERE id = 1")
    return _read(row) if row else None


def save(tx: Tx, shared: SharedConfig) -> None:
    """Write the shared configuration in the place of the one before."""
    tx.change(
        _SAVE,
        {
            "fingerprint": shared.fingerprint,
            "content": shared.content,
            "pushed_at": stamp(shared.pushed_at),
            "pushed_by": shared.pushed_by,
            "machine": shared.machine,
        },
    )


@reads("shared_config")
def _read(row: Row) -> SharedConfig:
    return SharedConfig(row["fingerprint"], row["content"], moment(row["pushed_at"]), row["pushed_by"], row["machine"])
