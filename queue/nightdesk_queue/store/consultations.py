"""SQL for finished consultations: how long each took, from which the waiting times are learned.

A row carries the seq of the event that ended it, so that taking that event back takes the row back.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from nightdesk_queue.rules.waits import LEARNED_FROM, Observed, VisitType
from nightdesk_queue.store.timestamps import stamp


def add(
    connection: sqlite3.Connection,
    event: int,
    *,
    clinic: str,
    room: str,
    service_day: str,
    visit_type: VisitType,
    seconds: float,
    ended_at: datetime,
) -> None:
    """Write one finished consultation."""
    connection.execute(
        "INSERT INTO consultations (event, clinic, room, service_day, visit_type, seconds, ended_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event, clinic, room, service_day, visit_type, seconds, stamp(ended_at)),
    )


def take_back(connection: sqlite3.Connection, event: int) -> None:
    """Forget the consultation that an event ended."""
    connection.execute("DELETE FROM consultations WHERE event = ?", (event,))


def observed(connection: sqlite3.Connection, clinic: str, service_day: str | None = None) -> Observed:
    """Return count, sum and sum of squares (minutes) by visit type: of a service day, or of the newest ones."""
    newest = "SELECT * FROM consultations WHERE clinic = :clinic"
    if service_day is not None:
        newest += " AND service_day = :day"
    rows = connection.execute(
        "SELECT visit_type, count(*), sum(seconds / 60), sum(seconds * seconds / 3600) "
        f"FROM ({newest} ORDER BY event DESC LIMIT :limit) GROUP BY visit_type",
        {"clinic": clinic, "day": service_day, "limit": LEARNED_FROM},
    ).fetchall()
    return {VisitType(row[0]): (row[1], row[2], row[3]) for row in rows}


def rooms_since(connection: sqlite3.Connection, clinic: str, since: datetime) -> set[str]:
    """Return the rooms in which a consultation of the clinic ended since a moment, among its newest ones."""
    rows = connection.execute(
        "SELECT DISTINCT room FROM (SELECT * FROM consultations WHERE clinic = ? ORDER BY event DESC LIMIT 100) "
        "WHERE ended_at >= ?",
        (clinic, stamp(since)),
    ).fetchall()
    return {row[0] for row in rows}
