"""SQL for what leaves the database after years: whole tickets with all that is about them, and facts about no ticket.

What is learned stays: the lengths of consultations, and forecasts without their ticket. The newest ticket and the
newest event always stay, so that numbering goes on behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from nightdesk_queue.store.database import Row, Tx, Value, listed
from nightdesk_queue.store.tables import TABLES
from nightdesk_queue.store.tickets import ENDED
from nightdesk_queue.store.timestamps import stamp

_KEYS = dict(TABLES)
_OLD_TICKETS = f"service_day < :day AND {ENDED} AND seq < (SELECT max(seq) FROM tickets)"
_OLD_EVENTS = """
ticket IS NULL AND at < :before AND seq < (SELECT max(seq) FROM events)
AND NOT EXISTS (SELECT 1 FROM slips WHERE slips.event = events.seq)
AND NOT EXISTS (SELECT 1 FROM pages WHERE pages.closed_event = events.seq)
AND NOT EXISTS (SELECT 1 FROM hl7_notices WHERE hl7_notices.event = events.seq)
"""
_OLD_SLIPS = "queued_at < :before AND ticket IS NULL AND state IN ('sent', 'printed', 'dropped', 'failed', 'unknown')"
_OF_TICKET = ("events", "slips", "pages", "foreign_visits", "hl7_notices")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What leaves together: of which year, and the rows by table. `ticket`: the id of the one it is about.

    `events`: what slips among the rows refer to; the archive gets them too, and they leave later, with their own.
    """

    year: int
    ticket: str | None = None
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    events: list[dict[str, Value]] = field(default_factory=list)

    def keys_of(self, table: str) -> list[Value]:
        """Return the primary keys of the rows of a table that is numbered."""
        (key,) = _KEYS[table]
        return [row[key] for row in self.rows.get(table, [])]


def count_old(tx: Tx, day: date) -> int:
    """Return how many tickets of service days before one may leave."""
    row = tx.row(f"SELECT count(*) AS n FROM tickets WHERE {_OLD_TICKETS}", {"day": day.isoformat()})
    return int(row["n"]) if row else 0


def old_tickets(tx: Tx, day: date, limit: int) -> list[Bundle]:
    """Return up to `limit` tickets of service days before one, the oldest first, each with all that is about it."""
    found = tx.rows(
        f"SELECT * FROM tickets WHERE {_OLD_TICKETS} ORDER BY service_day, seq LIMIT :limit",
        {"day": day.isoformat(), "limit": limit},
    )
    return [_of_ticket(tx, row) for row in found]


def old_facts(tx: Tx, before: datetime, limit: int) -> list[Bundle]:
    """Return up to `limit` slips and events about no ticket, and states of devices, from before a moment."""
    values: dict[str, Value] = {"before": stamp(before), "limit": limit}
    asked = {
        "slips": f"SELECT * FROM slips WHERE {_OLD_SLIPS} ORDER BY queued_at LIMIT :limit",
        "events": f"SELECT * FROM events WHERE {_OLD_EVENTS} ORDER BY seq LIMIT :limit",
        "device_history": "SELECT * FROM device_history WHERE at < :before ORDER BY at LIMIT :limit",
    }
    by_year: dict[int, Bundle] = {}
    for table, sql in asked.items():
        for row in tx.rows(sql, values):
            held = _held(row)
            year = int(str(held.get("at") or held["queued_at"])[:4])
            bundle = by_year.setdefault(year, Bundle(year))
            bundle.rows.setdefault(table, []).append(held)
            if table == "slips" and held["event"] is not None:
                about = tx.row("SELECT * FROM events WHERE seq = :seq", {"seq": held["event"]})
                bundle.events.extend([_held(about)] if about else [])
    return list(by_year.values())


def put(tx: Tx, bundle: Bundle) -> None:
    """Write a bundle into an archive; what is there from a try that was broken off stays."""
    order = ["tickets", "events", *(name for name, _ in TABLES if name not in ("tickets", "events"))]
    for name in order:
        referred = bundle.events if name == "events" else []
        for row in [*referred, *bundle.rows.get(name, [])]:
            names = list(row)
            tx.change(
                f"INSERT INTO {name} ({', '.join(names)}) VALUES ({', '.join(f':{one}' for one in names)}) "
                "ON CONFLICT DO NOTHING",
                row,
            )


def remove(tx: Tx, bundle: Bundle) -> None:
    """Take a bundle out of the database; what it taught stays."""
    if bundle.ticket is not None:
        one: dict[str, Value] = {"ticket": bundle.ticket}
        tx.change("UPDATE forecasts SET ticket = NULL WHERE ticket = :ticket", one)
        tx.change("UPDATE hl7_messages SET ticket = NULL WHERE ticket = :ticket", one)
        tx.change("DELETE FROM hl7_notices WHERE visit IN (SELECT seq FROM foreign_visits WHERE ticket = :ticket)", one)
    for table in ("hl7_notices", "foreign_visits", "slips", "pages", "events", "device_history"):
        _delete(tx, table, bundle.keys_of(table))
    if bundle.ticket is not None:
        tx.change("DELETE FROM tickets WHERE id = :ticket", {"ticket": bundle.ticket})


def is_still(tx: Tx, bundle: Bundle) -> bool:
    """Whether a ticket is as it was when the bundle was made: nobody has taken its end back meanwhile."""
    if bundle.ticket is None:
        return True
    row = tx.row(
        f"SELECT (SELECT count(*) FROM events WHERE ticket = :ticket) AS n FROM tickets WHERE id = :ticket AND {ENDED}",
        {"ticket": bundle.ticket},
    )
    return row is not None and row["n"] == len(bundle.rows["events"])


def _of_ticket(tx: Tx, row: Row) -> Bundle:
    ticket = _held(row)
    bundle = Bundle(int(str(ticket["service_day"])[:4]), str(ticket["id"]), {"tickets": [ticket]})
    for table in _OF_TICKET:
        found = tx.rows(f"SELECT * FROM {table} WHERE ticket = :ticket", {"ticket": ticket["id"]})
        bundle.rows[table] = [_held(one) for one in found]
    others = {row["event"] for row in bundle.rows["slips"]} | {row["closed_event"] for row in bundle.rows["pages"]}
    missing = sorted(int(str(seq)) for seq in others - {None} - set(bundle.keys_of("events")))
    about = (tx.row("SELECT * FROM events WHERE seq = :seq", {"seq": seq}) for seq in missing)
    bundle.events.extend(_held(one) for one in about if one is not None)
    return bundle


def _delete(tx: Tx, table: str, keys: Sequence[Value]) -> None:
    (key,) = _KEYS[table]
    for some in _cut(keys, 100):
        marks, values = listed("key", some)  # type: ignore[arg-type]
        tx.change(f"DELETE FROM {table} WHERE {key} IN ({marks})", values)


def _cut(keys: Sequence[Value], size: int) -> Iterable[Sequence[Value]]:
    return (keys[at : at + size] for at in range(0, len(keys), size))


def _held(row: Row) -> dict[str, Value]:
    return dict(zip(row.keys(), row, strict=True))
