"""The layout of the database, as the SQL of migrations that run once each.

A file carries nightdesk's `application_id`, so that another program's database is never taken for ours, and the
number of migrations as `user_version`, so that an older nightdesk refuses a newer file instead of damaging it.
"""

from __future__ import annotations

APPLICATION_ID = 0x4E44534B
"""ASCII "NDSK"; https://www.sqlite.org/pragma.html#pragma_application_id."""

VERSION = 12

TABLES = """
CREATE TABLE tickets (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    number      TEXT    NOT NULL,
    prefix      TEXT    NOT NULL,
    n           INTEGER NOT NULL CHECK (n > 0),
    service_day TEXT    NOT NULL,
    clinic      TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('expected', 'waiting', 'called', 'serving', 'held',
                                                  'missed', 'done', 'cancelled', 'lapsed')),
    lane        TEXT    NOT NULL CHECK (lane IN ('first', 'return', 'missed', 'priority', 'booked')),
    level       INTEGER NOT NULL CHECK (level IN (3, 4)),
    priority    TEXT    NOT NULL,
    name        TEXT,
    language    TEXT,
    kiosk       TEXT,
    key         TEXT,
    arrived_at  TEXT    NOT NULL,
    queued_at   TEXT    NOT NULL,
    room        TEXT,
    calls       INTEGER NOT NULL DEFAULT 0,
    missed      INTEGER NOT NULL DEFAULT 0,
    origin      TEXT,
    called_at   TEXT,
    started_at  TEXT,
    ended_at    TEXT,
    CHECK ((state IN ('called', 'serving')) <= (room IS NOT NULL)),
    UNIQUE (prefix, service_day, n)
);
CREATE UNIQUE INDEX one_ticket_a_key ON tickets (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX one_living_ticket_a_number ON tickets (prefix, n)
    WHERE state NOT IN ('done', 'cancelled', 'lapsed');
CREATE UNIQUE INDEX one_patient_a_room ON tickets (room) WHERE state IN ('called', 'serving');
CREATE INDEX in_line ON tickets (clinic, state, level, queued_at) WHERE state NOT IN ('done', 'cancelled', 'lapsed');

CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    station TEXT NOT NULL,
    kind    TEXT NOT NULL,
    ticket  TEXT REFERENCES tickets (id),
    number  TEXT,
    clinic  TEXT,
    reason  TEXT,
    before  TEXT,
    after   TEXT
);

CREATE INDEX alarms ON events (seq) WHERE kind IN ('red_flag', 'help', 'alarm_seen');

CREATE TABLE slips (
    id         INTEGER PRIMARY KEY,
    ticket     TEXT    NOT NULL REFERENCES tickets (id),
    kind       TEXT    NOT NULL,
    printer    TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'claimed', 'sending', 'sent', 'printed', 'failed')),
    cause      TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0,
    copy       INTEGER NOT NULL DEFAULT 0,
    queued_at  TEXT    NOT NULL,
    changed_at TEXT    NOT NULL
);
CREATE INDEX slips_to_print ON slips (printer, id) WHERE state IN ('queued', 'claimed', 'sending');
CREATE INDEX slips_of_ticket ON slips (ticket);

CREATE TABLE devices (
    kind    TEXT NOT NULL CHECK (kind IN ('printer', 'display')),
    id      TEXT NOT NULL,
    state   TEXT NOT NULL,
    since   TEXT NOT NULL,
    last_ok TEXT,
    cause   TEXT,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""

FULL_QUEUE = """
ALTER TABLE tickets ADD COLUMN phone TEXT;
ALTER TABLE tickets ADD COLUMN slot_at TEXT;
ALTER TABLE tickets ADD COLUMN lane_since INTEGER;
ALTER TABLE tickets ADD COLUMN held_at TEXT;
ALTER TABLE tickets ADD COLUMN held_to TEXT;
ALTER TABLE tickets ADD COLUMN rejoined_at TEXT;
ALTER TABLE tickets ADD COLUMN transferred_at TEXT;
ALTER TABLE tickets ADD COLUMN back_to TEXT;
UPDATE tickets SET lane_since = (SELECT coalesce(max(seq), 0) FROM events)
    WHERE state = 'waiting' AND lane IN ('priority', 'return', 'missed');

ALTER TABLE events ADD COLUMN undoes INTEGER;
CREATE UNIQUE INDEX one_undo_an_event ON events (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX calls_of_clinic ON events (clinic, seq) WHERE kind = 'call';
CREATE INDEX undone_of_ticket ON events (ticket) WHERE undoes IS NOT NULL;
CREATE INDEX transfers_to ON events (json_extract(after, '$.clinic'), at) WHERE kind = 'transfer';
CREATE INDEX kept ON events (ticket) WHERE kind = 'keep';

CREATE TABLE clinics (
    clinic    TEXT PRIMARY KEY,
    suspended INTEGER NOT NULL DEFAULT 0,
    notice    TEXT,
    rooms     TEXT,
    move_notice TEXT,
    moved_at  TEXT,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE consultations (
    event       INTEGER PRIMARY KEY REFERENCES events (seq),
    clinic      TEXT    NOT NULL,
    room        TEXT    NOT NULL,
    service_day TEXT    NOT NULL,
    visit_type  TEXT    NOT NULL CHECK (visit_type IN ('first', 'return')),
    seconds     REAL    NOT NULL,
    ended_at    TEXT    NOT NULL
);
CREATE INDEX consultations_of_clinic ON consultations (clinic, event);

CREATE TABLE forecasts (
    id      INTEGER PRIMARY KEY,
    ticket  TEXT NOT NULL REFERENCES tickets (id),
    clinic  TEXT NOT NULL,
    at      TEXT NOT NULL,
    ahead   INTEGER NOT NULL,
    wait    REAL NOT NULL,
    half    REAL NOT NULL,
    low     INTEGER NOT NULL,
    high    INTEGER NOT NULL,
    waited  REAL,
    score   REAL,
    settled_at TEXT
);
CREATE INDEX forecasts_open ON forecasts (ticket) WHERE waited IS NULL;
CREATE INDEX forecasts_of_clinic ON forecasts (clinic, id) WHERE waited IS NOT NULL;

CREATE TABLE pages (
    id         INTEGER PRIMARY KEY,
    ticket     TEXT NOT NULL REFERENCES tickets (id),
    clinic     TEXT NOT NULL,
    at         TEXT NOT NULL,
    rounds     INTEGER NOT NULL,
    last_at    TEXT NOT NULL,
    closed_at  TEXT,
    closed_by  TEXT,
    post_state TEXT CHECK (post_state IN ('due', 'sending', 'sent')),
    post_cause TEXT
);
CREATE INDEX open_pages ON pages (id) WHERE closed_at IS NULL;
CREATE INDEX posts_due ON pages (id) WHERE post_state IN ('due', 'sending');
CREATE UNIQUE INDEX one_open_page_a_ticket ON pages (ticket) WHERE closed_at IS NULL;
"""

PRINTED_SLIPS = """
CREATE TABLE slips_new (
    id          INTEGER PRIMARY KEY,
    ticket      TEXT    REFERENCES tickets (id),
    kind        TEXT    NOT NULL,
    subject     TEXT,
    printer     TEXT    NOT NULL,
    home        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'claimed', 'sending', 'awaiting', 'sent', 'printed',
                                                  'failed', 'unknown', 'dropped')),
    settled     INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    cause       TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    copy        INTEGER NOT NULL DEFAULT 0,
    asked_by    TEXT    CHECK (asked_by IN ('staff', 'patient')),
    worker      TEXT,
    lease_until TEXT,
    queued_at   TEXT    NOT NULL,
    changed_at  TEXT    NOT NULL
);
INSERT INTO slips_new (id, ticket, kind, printer, home, state, cause, attempts, copy, queued_at, changed_at)
    SELECT id, ticket, kind, printer, printer, state, cause, attempts, copy, queued_at, changed_at FROM slips;
DROP TABLE slips;
ALTER TABLE slips_new RENAME TO slips;
CREATE INDEX slips_to_print ON slips (printer, id)
    WHERE state IN ('queued', 'claimed', 'sending', 'awaiting', 'unknown') AND settled = 0;
CREATE INDEX slips_of_ticket ON slips (ticket);
CREATE INDEX slips_of_subject ON slips (subject) WHERE subject IS NOT NULL;

ALTER TABLE devices ADD COLUMN paper TEXT;
ALTER TABLE devices ADD COLUMN capability TEXT;
ALTER TABLE devices ADD COLUMN address TEXT;

DROP INDEX alarms;
CREATE INDEX alarms ON events (seq) WHERE kind IN ('red_flag', 'help', 'no_printer', 'alarm_seen');
"""

SCREENS_AND_VOICE = """
CREATE TABLE devices_new (
    kind       TEXT NOT NULL CHECK (kind IN ('printer', 'display', 'voice')),
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      TEXT NOT NULL,
    last_ok    TEXT,
    cause      TEXT,
    paper      TEXT,
    capability TEXT,
    address    TEXT,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO devices_new SELECT kind, id, state, since, last_ok, cause, paper, capability, address FROM devices;
DROP TABLE devices;
ALTER TABLE devices_new RENAME TO devices;

DROP INDEX alarms;
CREATE INDEX alarms ON events (seq) WHERE kind IN ('red_flag', 'help', 'no_printer', 'no_display', 'alarm_seen');
CREATE INDEX display_tests ON events (seq) WHERE kind = 'display_test';
CREATE INDEX announced ON events (seq) WHERE kind IN ('call', 'recall');
"""

FACTS_IN_COLUMNS = """
ALTER TABLE tickets ADD COLUMN ways_back TEXT NOT NULL DEFAULT '[]';
DROP INDEX in_line;
CREATE INDEX in_line ON tickets (state, clinic, level, queued_at) WHERE state NOT IN ('done', 'cancelled', 'lapsed');
CREATE INDEX tickets_of_day ON tickets (service_day, seq);
CREATE INDEX tickets_by_number ON tickets (prefix, n, service_day);
CREATE INDEX tickets_by_phone ON tickets (phone, service_day) WHERE phone IS NOT NULL;

ALTER TABLE events ADD COLUMN role TEXT NOT NULL DEFAULT 'staff' CHECK (role IN ('patient', 'system', 'staff'));
ALTER TABLE events ADD COLUMN lane TEXT;
ALTER TABLE events ADD COLUMN level INTEGER;
ALTER TABLE events ADD COLUMN target TEXT;
ALTER TABLE events ADD COLUMN about INTEGER;
ALTER TABLE events ADD COLUMN act INTEGER;
ALTER TABLE events ADD COLUMN data TEXT;
DROP INDEX transfers_to;
DROP INDEX kept;
DROP INDEX undone_of_ticket;
DROP INDEX display_tests;
DROP INDEX announced;
CREATE INDEX events_of_ticket ON events (ticket, seq);
CREATE INDEX events_of_station ON events (station, seq);
CREATE INDEX transfers_to ON events (target, at) WHERE kind = 'transfer';
CREATE INDEX alarms_seen ON events (about) WHERE kind = 'alarm_seen';
CREATE INDEX display_tests ON events (target, seq) WHERE kind = 'display_test';

ALTER TABLE slips ADD COLUMN clinic TEXT;
ALTER TABLE slips ADD COLUMN service_day TEXT;
ALTER TABLE slips ADD COLUMN event INTEGER REFERENCES events (seq);
ALTER TABLE slips ADD COLUMN machine TEXT;
CREATE INDEX slips_of_printer ON slips (printer, id);
CREATE INDEX slips_to_fix ON slips (id) WHERE state = 'failed' OR (state = 'unknown' AND settled = 1);
CREATE INDEX slips_of_list ON slips (clinic, service_day) WHERE kind = 'list';

CREATE INDEX consultations_of_day ON consultations (clinic, service_day, event);
DROP INDEX consultations_of_clinic;
CREATE INDEX consultations_of_clinic ON consultations (clinic, event, visit_type, seconds);
CREATE INDEX consultations_ended ON consultations (clinic, ended_at, room);

DROP INDEX forecasts_open;
DROP INDEX forecasts_of_clinic;
CREATE INDEX forecasts_of_clinic ON forecasts (clinic, id, score) WHERE score IS NOT NULL;
CREATE INDEX forecasts_of_ticket ON forecasts (ticket);
CREATE INDEX forecasts_told ON forecasts (at);

ALTER TABLE pages ADD COLUMN closed_event INTEGER REFERENCES events (seq);
CREATE INDEX pages_of_ticket ON pages (ticket);

CREATE TABLE clinics_new (
    clinic      TEXT PRIMARY KEY,
    suspended   INTEGER NOT NULL DEFAULT 0,
    notice      TEXT,
    rooms       TEXT,
    move_notice TEXT,
    moved_at    TEXT,
    changed_at  TEXT NOT NULL
);
INSERT INTO clinics_new (clinic, suspended, notice, rooms, move_notice, moved_at, changed_at)
    SELECT clinic, suspended, notice, rooms, move_notice, moved_at, changed_at FROM clinics;
DROP TABLE clinics;
ALTER TABLE clinics_new RENAME TO clinics;

CREATE TABLE devices_new (
    kind       TEXT NOT NULL CHECK (kind IN ('printer', 'display', 'voice')),
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      TEXT NOT NULL,
    last_ok    TEXT,
    cause      TEXT,
    paper      TEXT,
    capability TEXT,
    address    TEXT,
    PRIMARY KEY (kind, id)
);
INSERT INTO devices_new SELECT kind, id, state, since, last_ok, cause, paper, capability, address FROM devices;
DROP TABLE devices;
ALTER TABLE devices_new RENAME TO devices;
"""
"""Layout 5: what SQL asks of an event, a slip or a page has a column; what was packed into texts has its own place."""
