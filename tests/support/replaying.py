"""Replaying the events: what each ticket must be by now."""

from __future__ import annotations

import json

from looking import bare, look

from nightdesk_queue.store import Database, events

MOST_EVENTS = 100_000


def assert_events_replay_to_the_tickets(database: Database) -> None:
    """Every event begins where the one before ended, and the last one ends in the ticket's row."""
    replayed: dict[str, dict[str, object]] = {}
    for event in events.after(look(database), 0, MOST_EVENTS):
        if event.ticket is None or event.after is None:
            assert event.before is None or event.ticket is None
            continue
        ticket = replayed.setdefault(event.ticket, {"ways_back": []})
        for column, value in (event.before or {}).items():
            assert ticket.get(column) == value, f"#{event.seq} {event.kind}: {column} was not {value!r}"
        ticket.update(event.after)
    for row in bare(database).execute("SELECT * FROM tickets"):
        stored = {key: row[key] for key in row.keys() if key != "seq"}  # noqa: SIM118 - sqlite3.Row
        stored["ways_back"] = json.loads(stored["ways_back"])
        assert stored == {key: replayed[row["id"]].get(key) for key in stored}
