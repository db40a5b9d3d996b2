"""The SQL of the migrations from layout 6 on; the earlier ones, and what marks a file, stand in `layout`."""

from __future__ import annotations

ROOMS_AND_CLOCKS = """
CREATE TABLE rooms (
    room       TEXT PRIMARY KEY,
    use        TEXT NOT NULL CHECK (use IN ('open', 'paused', 'closed')),
    until      TEXT,
    active_at  TEXT,
    changed_at TEXT NOT NULL
);
ALTER TABLE tickets ADD COLUMN waits_from TEXT;
CREATE INDEX tickets_arrived ON tickets (arrived_at);
CREATE INDEX tickets_behind ON tickets (seq) WHERE state = 'waiting' AND waits_from IS NOT NULL
    AND state NOT IN ('done', 'cancelled', 'lapsed');
ALTER TABLE slips ADD COLUMN last_cause TEXT;
UPDATE slips SET last_cause = cause;
CREATE INDEX slips_by_time ON slips (queued_at);
CREATE INDEX slips_of_ticket_all ON slips (ticket, id) WHERE ticket IS NOT NULL;
CREATE TABLE device_history (
    id     INTEGER PRIMARY KEY,
    kind   TEXT NOT NULL,
    device TEXT NOT NULL,
    at     TEXT NOT NULL,
    state  TEXT NOT NULL,
    cause  TEXT
);
CREATE INDEX history_of_device ON device_history (device, id);
CREATE INDEX history_by_time ON device_history (at);
DROP INDEX alarms;
CREATE INDEX alarms ON events (seq)
    WHERE kind IN ('red_flag', 'help', 'no_printer', 'no_display', 'clock_step', 'alarm_seen');
DROP INDEX forecasts_of_clinic;
ALTER TABLE forecasts DROP COLUMN score;
CREATE INDEX forecasts_of_clinic ON forecasts (clinic, id, wait, half, waited)
    WHERE waited IS NOT NULL AND half > 0;
CREATE INDEX alarms_over ON events (about) WHERE kind = 'alarm_over';
"""
"""Layout 6: rooms that are opened, paused and closed; a wait that is measured by its own clock; alarms that end."""


PROGRAMS = """
CREATE TABLE programs (
    id      TEXT PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('run', 'lobby', 'console', 'board')),
    station TEXT NOT NULL,
    machine TEXT NOT NULL,
    pid     INTEGER NOT NULL,
    file    TEXT NOT NULL,
    version TEXT NOT NULL,
    read_at TEXT NOT NULL
);
"""
"""Layout 7: which program runs with which configuration."""


KIOSKS = """
CREATE TABLE kiosks (
    id            TEXT PRIMARY KEY,
    suspended     INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
    theme         TEXT    NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'day', 'night')),
    day_percent   INTEGER NOT NULL DEFAULT 100,
    night_percent INTEGER NOT NULL DEFAULT 60
);
CREATE TABLE pins (
    id           TEXT PRIMARY KEY,
    hash         TEXT    NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
);
CREATE INDEX tickets_of_kiosk ON tickets (kiosk, arrived_at) WHERE kiosk IS NOT NULL;
DROP INDEX alarms;
CREATE INDEX alarms ON events (seq)
    WHERE kind IN ('red_flag', 'help', 'cannot_walk', 'many_numbers', 'no_printer', 'no_display', 'clock_step',
                   'alarm_seen');
CREATE INDEX slips_of_event ON slips (event, id) WHERE event IS NOT NULL;
"""
"""Layout 8: kiosks that staff suspend and set up, the service PIN, how fast a kiosk gives numbers, more alarms."""


STAFF = """
ALTER TABLE events ADD COLUMN staff_role TEXT CHECK (staff_role IN ('triage', 'doctor', 'room', 'admin'));
CREATE TABLE staff (
    id       TEXT PRIMARY KEY,
    name     TEXT    NOT NULL,
    role     TEXT    NOT NULL CHECK (role IN ('triage', 'doctor', 'room', 'admin')),
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
);
CREATE INDEX events_looked ON events (clinic, at) WHERE kind = 'looked';
CREATE TABLE stations (
    id          TEXT PRIMARY KEY,
    at          TEXT NOT NULL,
    enrolled_by TEXT NOT NULL
);
"""
"""Layout 9: looks at patients; staff who sign in, where they may, and in which role (`events.role` is `staff` then)."""


NOTES = """
ALTER TABLE tickets ADD COLUMN note TEXT;
ALTER TABLE rooms ADD COLUMN active_by TEXT;
"""
"""Layout 10: a note that staff write on a ticket; who called to a room last."""
