"""A history of past nights, written by SQL: what a database holds that has served one clinic for years.

Each ticket was issued, called, taken in and finished; its slip came out, its forecast was settled, one in fifty was
paged, and one in a hundred nights had an alarm. A night has 200 patients.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

A_NIGHT = 200
"""Patients a night."""
AN_ALARM = 20_000
"""One alarm, seen by somebody, in so many tickets."""

_PAST = """
CREATE TEMP TABLE past AS
WITH RECURSIVE counted (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM counted WHERE i + 1 < :count)
SELECT i, i % :night + 1 AS n, printf('H%016d', i) AS id, printf('%s%03d', :prefix, i % :night + 1) AS number,
    date(:from, '+' || (i / :night) || ' days') AS day,
    strftime('%Y-%m-%dT%H:%M:', :from, '+' || (i / :night) || ' days', '+' || (i % :night) || ' minutes') AS at
FROM counted
"""
_TICKETS = """
INSERT INTO tickets (id, number, prefix, n, service_day, clinic, state, lane, level, priority, name,
    arrived_at, queued_at, calls, called_at, started_at, ended_at, key, phone, kiosk)
SELECT id, number, :prefix, n, day, :clinic, 'done', 'first', 4,
    '[]', NULL, at || '00.000000+00:00', at || '00.000000+00:00', 1, at || '10.000000+00:00',
    at || '20.000000+00:00', at || '50.000000+00:00', id, printf('%04d', i % 10000), 'lobby-1' FROM past
"""
_EVENTS = """
INSERT INTO events (at, actor, role, station, kind, ticket, number, clinic, before, after, lane, level, data)
SELECT at || '00.000000+00:00', 'nurse', 'staff', :station, kinds.kind, id,
    number, :clinic, '{}', '{}',
    CASE kinds.kind WHEN 'call' THEN 'first' END, CASE kinds.kind WHEN 'call' THEN 4 END,
    CASE kinds.kind WHEN 'call' THEN '{"choice":"arrival"}' END
FROM past CROSS JOIN (SELECT 'issue' AS kind UNION ALL SELECT 'call' UNION ALL SELECT 'start' UNION ALL SELECT 'finish')
    AS kinds
"""
_SLIPS = """
INSERT INTO slips (ticket, kind, printer, home, state, queued_at, changed_at)
SELECT id, 'ticket', :printer, :printer, 'printed', at || '00.000000+00:00', at || '05.000000+00:00' FROM past
"""
_CONSULTATIONS = """
INSERT INTO consultations (event, clinic, room, service_day, visit_type, seconds, ended_at)
SELECT events.seq, :clinic, :room, tickets.service_day, CASE tickets.n % 3 WHEN 0 THEN 'return' ELSE 'first' END,
    300 + tickets.n, tickets.ended_at
FROM events JOIN tickets ON tickets.id = events.ticket
WHERE events.kind = 'finish' AND tickets.clinic = :clinic AND tickets.id LIKE 'H%' ORDER BY events.seq
"""
_FORECASTS = """
INSERT INTO forecasts (ticket, clinic, at, ahead, wait, half, low, high, waited, settled_at)
SELECT id, :clinic, at || '00.000000+00:00', 3, 20, 8, 10, 30, 18 + (i % 97) / 6.0, at || '10.000000+00:00'
FROM past
"""
_PAGES = """
INSERT INTO pages (ticket, clinic, at, rounds, last_at, closed_at, closed_by)
SELECT id, :clinic, at || '00.000000+00:00', 1, at || '00.000000+00:00', at || '30.000000+00:00', 'call'
FROM past WHERE i % 50 = 0
"""
_ALARMS = """
INSERT INTO events (at, actor, role, station, kind)
SELECT at || '00.000000+00:00', 'patient', 'patient', 'kiosk', 'help' FROM past WHERE i % :an_alarm = 0
"""
_SEEN = """
INSERT INTO events (at, actor, role, station, kind, about)
SELECT at, 'nurse', 'staff', :station, 'alarm_seen', seq FROM events WHERE kind = 'help' ORDER BY seq
"""


def write_history(
    connection: sqlite3.Connection,
    count: int,
    *,
    clinic: str,
    prefix: str,
    room: str,
    printer: str = "lobby",
    station: str = "console",
    before: datetime,
) -> None:
    """Write so many tickets of one clinic, all of service days before a moment.

    The connection is a bare one, whose foreign keys are not watched: a million tickets take under a minute.
    """
    first = before.astimezone(UTC) - timedelta(days=2 + count // A_NIGHT)
    values = {
        "count": count,
        "clinic": clinic,
        "prefix": prefix,
        "room": room,
        "printer": printer,
        "station": station,
        "night": A_NIGHT,
        "an_alarm": AN_ALARM,
        "from": f"{first:%Y-%m-%d 12:00:00}",
    }
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN IMMEDIATE")
    for sql in (_PAST, _TICKETS, _EVENTS, _SLIPS, _CONSULTATIONS, _FORECASTS, _PAGES, _ALARMS, _SEEN):
        connection.execute(sql, values)
    connection.execute("DROP TABLE past")
    connection.execute("COMMIT")
