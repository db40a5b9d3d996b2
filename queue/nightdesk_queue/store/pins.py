"""SQL for PINs: that of the kiosks' service menu and those of the staff; each with the tries that failed."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.pins import Pin
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, Value
from nightdesk_queue.store.timestamps import moment_or_none, stamp_or_none

_SAVE = """
INSERT INTO pins (id, hash, failures, locked_until) VALUES (:id, :hash, 0, NULL)
ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, failures = 0, locked_until = NULL
"""
_NOTE = """
UPDATE pins SET failures = :failures, locked_until = :locked_until
WHERE id = :id AND hash = :hash AND failures = :had_failed
"""


def in_force(tx: Tx, owner: str) -> Pin | None:
    """Return the PIN of an owner, None where nobody has set one."""
    row = tx.row("SELECT hash, failures, locked_until FROM pins WHERE id = :id", {"id": owner})
    return _read(row) if row else None


def save(tx: Tx, owner: str, hashed: str) -> None:
    """Write a new PIN, of which no try has failed."""
    tx.change(_SAVE, {"id": owner, "hash": hashed})


def note(tx: Tx, owner: str, tried: Pin, failures: int, locked_until: datetime | None) -> bool:
    """Write what a try has changed; False where the PIN is no longer as it was when it was tried."""
    values: dict[str, Value] = {
        "id": owner,
        "hash": tried.hash,
        "had_failed": tried.failures,
        "failures": failures,
        "locked_until": stamp_or_none(locked_until),
    }
    return tx.change(_NOTE, values) == 1


@reads("pins")
def _read(row: Row) -> Pin:
    return Pin(row["hash"], row["failures"], moment_or_none(row["locked_until"]))
