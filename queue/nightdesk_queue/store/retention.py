"""SQL for what is forgotten of patients who have left: their names, the ends of their telephone numbers, notes on them.

It is the one place where an event is changed: only what says who somebody was is taken out of it.
"""

from __future__ import annotations

import json
from datetime import datetime

from nightdesk_queue.store.database import Tx, Value
from nightdesk_queue.store.tickets import ENDED
from nightdesk_queue.store.timestamps import stamp

PERSONAL = ("name", "phone", "note")
_NAMED = "(name IS NOT NULL OR phone IS NOT NULL OR note IS NOT NULL)"
"""Spelled as in the index."""


def named_before(tx: Tx, before: datetime, limit: int) -> list[str]:
    """Return the ids of up to `limit` tickets that say who somebody was who came before a moment and has left."""
    rows = tx.rows(
        f"SELECT id FROM tickets WHERE {_NAMED} AND arrived_at < :before AND {ENDED} ORDER BY arrived_at LIMIT :limit",
        {"before": stamp(before), "limit": limit},
    )
    return [row["id"] for row in rows]


def count_named_before(tx: Tx, before: datetime) -> int:
    """Return how many tickets `named_before` would find."""
    row = tx.row(
        f"SELECT count(*) AS n FROM tickets WHERE {_NAMED} AND arrived_at < :before AND {ENDED}",
        {"before": stamp(before)},
    )
    return int(row["n"]) if row else 0


def wipe(tx: Tx, ticket: str) -> None:
    """Take out of a ticket and of its events who its patient was."""
    tx.change("UPDATE tickets SET name = NULL, phone = NULL, note = NULL WHERE id = :id", {"id": ticket})
    for row in tx.rows("SELECT seq, before, after FROM events WHERE ticket = :id ORDER BY seq", {"id": ticket}):
        kept = {column: _without_person(row[column]) for column in ("before", "after")}
        if any(kept[column] != row[column] for column in kept):
            values: dict[str, Value] = {"seq": row["seq"], **kept}
            tx.change("UPDATE events SET before = :before, after = :after WHERE seq = :seq", values)


def _without_person(written: str | None) -> str | None:
    if written is None:
        return None
    columns = json.loads(written)
    if not any(name in columns for name in PERSONAL):
        return written
    kept = {name: value for name, value in columns.items() if name not in PERSONAL}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
