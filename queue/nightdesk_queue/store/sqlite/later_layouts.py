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


FOREIGN = """
CREATE TABLE foreign_visits (
    seq               INTEGER PRIMARY KEY,
    visit             TEXT,
    visit_authority   TEXT NOT NULL DEFAULT '',
    patient           TEXT,
    patient_authority TEXT NOT NULL DEFAULT '',
    ticket            TEXT REFERENCES tickets (id),
    said_at           TEXT,
    void_before       TEXT,
    void_noted_at     TEXT,
    at                TEXT NOT NULL
);
CREATE UNIQUE INDEX foreign_visits_by_visit ON foreign_visits (visit, visit_authority) WHERE visit IS NOT NULL;
CREATE INDEX foreign_visits_by_patient ON foreign_visits (patient, seq) WHERE patient IS NOT NULL;
CREATE INDEX foreign_visits_by_ticket ON foreign_visits (ticket, seq);
CREATE INDEX tickets_named ON tickets (arrived_at)
    WHERE name IS NOT NULL OR phone IS NOT NULL OR note IS NOT NULL;
CREATE INDEX referred_to ON events (target, at) WHERE kind = 'issue' AND target IS NOT NULL;
CREATE TABLE hl7_messages (
    seq         INTEGER PRIMARY KEY,
    at          TEXT    NOT NULL,
    application TEXT    NOT NULL,
    facility    TEXT    NOT NULL,
    control_id  TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    whom        TEXT    NOT NULL,
    code        TEXT    NOT NULL CHECK (code IN ('AA', 'AE', 'AR')),
    refusal     TEXT,
    told_zh     TEXT    NOT NULL,
    told_en     TEXT    NOT NULL,
    content     TEXT    NOT NULL,
    answers     TEXT    NOT NULL,
    clinic      TEXT,
    patient     TEXT,
    ticket      TEXT    REFERENCES tickets (id),
    settled     INTEGER NOT NULL DEFAULT 1 CHECK (settled IN (0, 1))
);
CREATE UNIQUE INDEX one_message_a_key ON hl7_messages (control_id, application, facility, kind, whom)
    WHERE control_id <> '';
CREATE INDEX hl7_messages_refused ON hl7_messages (seq) WHERE code = 'AE';
CREATE INDEX hl7_messages_taken_in ON hl7_messages (ticket) WHERE code = 'AE' AND ticket IS NOT NULL;
CREATE INDEX hl7_messages_open ON hl7_messages (at) WHERE settled = 0;
CREATE TABLE hl7_notices (
    event    INTEGER PRIMARY KEY REFERENCES events (seq),
    visit    INTEGER NOT NULL REFERENCES foreign_visits (seq),
    ticket   TEXT    NOT NULL REFERENCES tickets (id),
    number   TEXT    NOT NULL,
    clinic   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'parked')),
    refusals INTEGER NOT NULL DEFAULT 0,
    told     TEXT,
    at       TEXT    NOT NULL,
    sent_at  TEXT
);
CREATE INDEX hl7_notices_to_send ON hl7_notices (event) WHERE state = 'queued';
CREATE TABLE hl7_notices_read (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    event INTEGER NOT NULL
);
DROP INDEX alarms;
CREATE INDEX alarms ON events (seq)
    WHERE kind IN ('red_flag', 'help', 'cannot_walk', 'many_numbers', 'no_printer', 'no_display', 'clock_step',
                   'notice_parked', 'alarm_seen');
"""
"""Layout 11: visits of other systems, the journal of their messages, and the notices that go back to them."""


MACHINES = """
ALTER TABLE devices ADD COLUMN machine TEXT;
CREATE TABLE shared_config (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL,
    content     TEXT NOT NULL,
    pushed_at   TEXT NOT NULL,
    pushed_by   TEXT NOT NULL,
    machine     TEXT NOT NULL
);
CREATE TABLE handed_in (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    ticket INTEGER NOT NULL,
    at     TEXT    NOT NULL
);
CREATE TABLE last_known (
    clinic      TEXT PRIMARY KEY,
    service_day TEXT NOT NULL,
    given       INTEGER NOT NULL
);
CREATE INDEX events_handed_in ON events (seq) WHERE kind = 'hand_in';
CREATE INDEX hl7_messages_of_ticket ON hl7_messages (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX hl7_notices_of_ticket ON hl7_notices (ticket);
CREATE INDEX hl7_notices_of_visit ON hl7_notices (visit);
CREATE TABLE consultations_new (
    event       INTEGER PRIMARY KEY,
    clinic      TEXT    NOT NULL,
    room        TEXT    NOT NULL,
    service_day TEXT    NOT NULL,
    visit_type  TEXT    NOT NULL CHECK (visit_type IN ('first', 'return')),
    seconds     REAL    NOT NULL,
    ended_at    TEXT    NOT NULL
);
INSERT INTO consultations_new (event, clinic, room, service_day, visit_type, seconds, ended_at)
    SELECT event, clinic, room, service_day, visit_type, seconds, ended_at FROM consultations;
DROP TABLE consultations;
ALTER TABLE consultations_new RENAME TO consultations;
CREATE INDEX consultations_of_day ON consultations (clinic, service_day, event);
CREATE INDEX consultations_of_clinic ON consultations (clinic, event, visit_type, seconds);
CREATE INDEX consultations_ended ON consultations (clinic, ended_at, room);
CREATE TABLE forecasts_new (
    id      INTEGER PRIMARY KEY,
    ticket  TEXT REFERENCES tickets (id),
    clinic  TEXT NOT NULL,
    at      TEXT NOT NULL,
    ahead   INTEGER NOT NULL,
    wait    REAL NOT NULL,
    half    REAL NOT NULL,
    low     INTEGER NOT NULL,
    high    INTEGER NOT NULL,
    waited  REAL,
    settled_at TEXT
);
INSERT INTO forecasts_new (id, ticket, clinic, at, ahead, wait, half, low, high, waited, settled_at)
    SELECT id, ticket, clinic, at, ahead, wait, half, low, high, waited, settled_at FROM forecasts;
DROP TABLE forecasts;
ALTER TABLE forecasts_new RENAME TO forecasts;
CREATE INDEX forecasts_of_ticket ON forecasts (ticket);
CREATE INDEX forecasts_told ON forecasts (at);
CREATE INDEX forecasts_of_clinic ON forecasts (clinic, id, wait, half, waited) WHERE waited IS NOT NULL AND half > 0;
CREATE INDEX pages_of_closing_event ON pages (closed_event) WHERE closed_event IS NOT NULL;
"""
"""Layout 12: which machine serves a device; the configuration that machines share; how far a kiosk that was cut off has
handed its tickets in; what is learned stays when the tickets and events of a year are archived."""
