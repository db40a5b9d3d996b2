"""Nothing reads history to serve tonight: every statement of a night, its plan and what it costs the engine."""

from __future__ import annotations

import inspect
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from history import A_NIGHT, write_history
from looking import connected
from watched import Noted, WatchedDatabase
from whole_night import CLINIC, ROOM, Night

from nightdesk_queue.config import Hospital
from nightdesk_queue.store import (
    archiving,
    clinics,
    consultations,
    devices,
    events,
    forecasts,
    foreign_visits,
    handing_in,
    hl7_journal,
    hl7_notices,
    kiosks,
    open_database,
    pages,
    pins,
    retention,
    shared_config,
    slips,
    tickets,
)

SHORT, LONG = 2 * A_NIGHT, 20 * A_NIGHT
"""Tickets of past nights: more than what a clinic learns from, and ten times as many."""
ROOMS = (
    archiving, clinics, consultations, devices, events, forecasts, foreign_visits, handing_in, hl7_journal, hl7_notices,
    kiosks, pages, pins, retention, shared_config, slips, tickets,
)  # fmt: skip
GROWING = {
    "tickets", "events", "slips", "pages", "forecasts", "consultations", "foreign_visits", "hl7_messages",
    "hl7_notices",
}  # fmt: skip
"""Tables to which every night adds; the others have a row for each device or clinic."""
TONIGHTS = {
    "in_line",
    "one_living_ticket_a_number",
    "one_patient_a_room",
    "slips_to_print",
    "slips_to_fix",
    "open_pages",
    "one_open_page_a_ticket",
    "posts_due",
    "alarms",
    "hl7_messages_open",
    "hl7_notices_to_send",
}
"""Indexes of what is not over yet: to read one from end to end is to read tonight."""
NEWEST = {
    "events.after": "`events --after SEQ` is asked for history, a thousand events at a time",
    "slips.newest": "reads the newest from the end of the table, as many as are shown",
    "pages.newest": "the same",
    "hl7_journal.newest": "the same",
    "hl7_notices.newest": "the same",
    "hl7_journal.forget_before": "walks the oldest from the beginning, so many at a time",
    "hl7_notices.forget_before": "the same",
    "foreign_visits.forget_before": "the same",
    "archiving.count_old": "asked by a person, once, of all that is to leave",
    "archiving.old_tickets": "walks the oldest from the beginning, so many at a time",
    "archiving.old_facts": "the same",
    "retention.count_named_before": "asked by a person, once, of all that is to be wiped",
    "slips.newest_of_printer": "the same, from the end of the printer's index",
}
"""What may walk a table, and why."""
SLACK_STEPS = 120
"""An index that is one level deeper takes a few steps more."""


def night_after(folder: Path, hospital: Hospital, past: int, now: datetime) -> Noted:
    with open_database(f"sqlite:///{folder / f'{past}.db'}") as database:
        with connected(database) as connection:
            write_history(connection, past, clinic=CLINIC, prefix="E", room=ROOM, before=now)
            connection.execute("ANALYZE")
        watched = WatchedDatabase(database)
        Night(watched, hospital, now).play()
        return watched.noted


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory, hospital: Hospital) -> Iterator[tuple[Noted, Noted, Path]]:
    folder = tmp_path_factory.mktemp("plans")
    now = datetime.fromisoformat("2026-03-02T10:30:00+00:00")
    short, long = (night_after(folder, hospital, past, now) for past in (SHORT, LONG))
    yield short, long, folder / f"{LONG}.db"


def test_a_night_asks_every_statement_there_is(noted: tuple[Noted, Noted, Path]) -> None:
    wanted = {
        f"{room.__name__.rpartition('.')[2]}.{name}"
        for room in ROOMS
        for name, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__ == room.__name__
        and not name.startswith("_")
        and "tx" in inspect.signature(function).parameters
    }
    assert sorted(wanted - noted[1].functions) == []


def walks(connection: sqlite3.Connection, sql: str) -> list[str]:
    """What of a statement's plan reads a growing table from end to end, or an index that holds more than tonight."""
    names = dict.fromkeys(re.findall(r":(\w+)", sql))
    found = []
    for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", names):
        detail = row[3]
        scan = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?.*", detail)
        if scan and _table(scan[1], sql) in GROWING and scan[2] not in TONIGHTS:
            found.append(detail)
    return found


def _table(name: str, sql: str) -> str:
    """The table behind a name or an alias."""
    alias = re.search(rf"\b(\w+) AS {name}\b", sql)
    return alias[1] if alias and alias[1] in GROWING else name


def test_no_statement_of_a_night_scans_a_table_that_grows(noted: tuple[Noted, Noted, Path]) -> None:
    _, long, path = noted
    connection = sqlite3.connect(path)
    walking = {
        asker: plan
        for sql, askers in long.askers.items()
        if (plan := walks(connection, sql))
        for asker in askers
        if asker not in NEWEST
    }
    connection.close()
    assert walking == {}


def test_a_history_ten_times_as_long_costs_no_statement_more(noted: tuple[Noted, Noted, Path]) -> None:
    short, long, _ = noted
    assert long.count > 300
    grown = {
        (sorted(askers)[0], sql): (short.steps[sql], long.steps[sql])
        for sql, askers in long.askers.items()
        if sql in short.steps and not askers & NEWEST.keys() and long.steps[sql] > short.steps[sql] * 1.2 + SLACK_STEPS
    }
    assert grown == {}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM tickets WHERE name = :name",
        "SELECT count(*) FROM events AS past WHERE past.kind = 'call'",
        "SELECT slips.id FROM slips ORDER BY slips.queued_at",
    ],
)
def test_a_statement_that_reads_history_is_noticed(noted: tuple[Noted, Noted, Path], sql: str) -> None:
    connection = sqlite3.connect(noted[2])
    assert walks(connection, sql) != []
    connection.close()
