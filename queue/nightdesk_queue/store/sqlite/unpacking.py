"""From layout 4 to 5: facts that version 0.4 packed into texts are put into columns and typed data.

Runs once a database, inside the migration's transaction. Everything else of the program never reads such texts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

_SLIP_REASON = re.compile(r"#(?P<job>\d+) (?P<rest>.*)", re.DOTALL)
_KEPT_REASONS = ("transfer", "cancel", "suspend", "resume", "move")
"""Kinds whose reason is what a person typed."""


def unpack(connection: sqlite3.Connection) -> None:
    """Move the facts of every event, ticket, slip and page to their own columns."""
    _roles(connection)
    _columns(connection)
    for kinds, data in _DATA:
        _events_data(connection, kinds, data)
    marks = ", ".join(f"'{kind}'" for kind in _KEPT_REASONS)
    connection.execute(f"UPDATE events SET reason = NULL WHERE reason IS NOT NULL AND kind NOT IN ({marks})")
    connection.execute("UPDATE events SET reason = NULL WHERE kind = 'cancel' AND reason = 'released'")
    _ways_back(connection)
    _slips(connection)
    connection.execute(
        "UPDATE pages SET closed_event = (SELECT max(seq) FROM events WHERE events.ticket = pages.ticket "
        "AND events.at = pages.closed_at AND events.kind = pages.closed_by) WHERE closed_at IS NOT NULL"
    )


def _roles(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET role = 'system' WHERE actor = 'nightdesk'")
    connection.execute("UPDATE events SET role = 'patient' WHERE actor <> 'nightdesk' AND station LIKE 'kiosk:%'")


def _columns(connection: sqlite3.Connection) -> None:
    # calls of the first version did not note their lane
    connection.execute(
        "UPDATE events SET lane = coalesce(json_extract(before, '$.lane'), 'first'), "
        "level = coalesce(json_extract(before, '$.level'), 4) WHERE kind = 'call'"
    )
    connection.execute("UPDATE events SET target = json_extract(after, '$.clinic') WHERE kind = 'transfer'")
    connection.execute("UPDATE events SET target = reason WHERE kind = 'display_test'")
    connection.execute("UPDATE events SET about = CAST(reason AS INTEGER) WHERE kind IN ('spoken', 'alarm_seen')")
    # a lapse was written right behind its miss
    connection.execute(
        "UPDATE events SET act = seq - 1 WHERE kind = 'lapse' AND EXISTS "
        "(SELECT 1 FROM events AS miss WHERE miss.seq = events.seq - 1 AND miss.kind = 'miss' "
        "AND miss.ticket = events.ticket)"
    )
    connection.execute(
        "UPDATE events SET act = seq - 1 WHERE kind = 'cancel' AND reason = 'released' AND EXISTS "
        "(SELECT 1 FROM events AS miss WHERE miss.seq = events.seq - 1 AND miss.kind = 'miss' "
        "AND miss.ticket = events.ticket)"
    )


Data = Callable[[str, str], "dict[str, object] | None"]
"""From an event's kind and reason to its data."""


def _slip_data(kind: str, reason: str) -> dict[str, object]:
    if kind == "slip_reprint":
        return {"job": 0, "copy": int(reason) if reason.isdigit() else None}
    found = _SLIP_REASON.fullmatch(reason)
    job, rest = (int(found["job"]), found["rest"]) if found else (0, reason)
    if kind in ("slip_retry", "slip_redirect"):
        return {"job": job, "printer": rest}
    if kind == "slip_to_backup":
        home, _, target = rest.partition(" → ")
        return {"job": job, "from_printer": home, "printer": target}
    return {"job": job, "why": rest}


_STEPS = ("call", "start", "cancel", "lapse", "no_show", "transfer", "go_back", "finish", "undo")
_DATA: tuple[tuple[tuple[str, ...], Data], ...] = (
    (("call", "recall"), lambda _, reason: {"choice": reason}),
    (("issue",), lambda _, reason: {"extra": True} if reason == "extra" else None),
    (("check_in",), lambda _, reason: {"late": True} if reason == "late" else None),
    (
        ("finish", "miss", "cancel"),
        lambda _, reason: {reason: True} if reason in ("released", "no_way_back") else None,
    ),
    (("page", "page_escalated"), lambda _, reason: {"round": int(reason)} if reason.isdigit() else {"round": 1}),
    (("page_answered",), lambda _, reason: {"by_step": reason if reason in _STEPS else None}),
    (("undo",), lambda _, reason: {"kind": reason}),
    (
        (
            "slip_reprint",
            "slip_retry",
            "slip_redirect",
            "slip_to_backup",
            "slip_dropped",
            "slip_failed",
            "slip_unknown",
        ),
        _slip_data,
    ),
)


def _events_data(connection: sqlite3.Connection, kinds: tuple[str, ...], data: Data) -> None:
    marks = ", ".join("?" * len(kinds))
    for seq, kind, reason in _rows(
        connection, f"SELECT seq, kind, reason FROM events WHERE kind IN ({marks}) AND reason IS NOT NULL", kinds
    ):
        if (found := data(kind, reason)) is not None:
            connection.execute("UPDATE events SET data = ? WHERE seq = ?", (_json(found), seq))
    if "page" in kinds:
        connection.execute(
            'UPDATE events SET data = \'{"kiosk":"\' || substr(station, 7) || \'","printers":[]}\' '
            "WHERE kind = 'no_printer' AND station LIKE 'kiosk:%'"
        )


def _ways_back(connection: sqlite3.Connection) -> None:
    for seq, packed in _rows(connection, "SELECT seq, back_to FROM tickets WHERE back_to IS NOT NULL", ()):
        connection.execute("UPDATE tickets SET ways_back = ? WHERE seq = ?", (json.dumps(packed.split(",")), seq))
    connection.execute("ALTER TABLE tickets DROP COLUMN back_to")
    asked = "SELECT seq, before, after FROM events WHERE before LIKE '%\"back_to\"%' OR after LIKE '%\"back_to\"%'"
    for seq, before, after in _rows(connection, asked, ()):
        connection.execute(
            "UPDATE events SET before = ?, after = ? WHERE seq = ?", (_listed(before), _listed(after), seq)
        )


def _listed(columns: str | None) -> str | None:
    if columns is None:
        return None
    held = json.loads(columns)
    if "back_to" in held:
        packed = held.pop("back_to")
        held["ways_back"] = packed.split(",") if packed else []
    return _json(held)


def _slips(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE slips SET clinic = subject WHERE kind = 'transfer'")
    connection.execute(
        "UPDATE slips SET clinic = substr(subject, 1, instr(subject, '/') - 1), "
        "service_day = substr(subject, instr(subject, '/') + 1) WHERE kind = 'list' AND instr(subject, '/') > 0"
    )
    connection.execute(
        "UPDATE slips SET event = (SELECT max(seq) FROM events WHERE kind = 'no_printer' AND at <= slips.queued_at) "
        "WHERE kind = 'alarm'"
    )
    # an alarm's slip without its alarm has nothing to say any more
    connection.execute(
        "UPDATE slips SET state = 'dropped', cause = 'too_old' WHERE kind = 'alarm' AND event IS NULL "
        "AND state IN ('queued', 'claimed', 'sending', 'awaiting', 'unknown')"
    )
    connection.execute("UPDATE slips SET machine = substr(worker, 1, instr(worker, ':') - 1) WHERE worker IS NOT NULL")
    connection.execute("DROP INDEX slips_of_subject")
    connection.execute("ALTER TABLE slips DROP COLUMN subject")


def _rows(connection: sqlite3.Connection, sql: str, values: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, all read before any of them is changed."""
    yield from connection.execute(sql, values).fetchall()


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
