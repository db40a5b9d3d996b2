"""A database that version 0.4.0 wrote: it opens, everybody is in it, its events replay, and the night goes on.

`data/night_0_4_0.sql` is the dump of such a database: two evenings of every step 0.4.0 had, undone ones included.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import sqlite_utils
from desk import Desk
from looking import bare, look
from places import ROOT
from replaying import assert_events_replay_to_the_tickets

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Reason, State
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.queries.reports import night
from nightdesk_queue.store import Database, clinics, devices, events, open_database, pages, slips
from nightdesk_queue.store.sqlite import migrating
from nightdesk_queue.store.sqlite.layout import VERSION

DUMP = ROOT / "tests" / "data" / "night_0_4_0.sql"
KEPT = {
    "tickets": ("id", "number", "clinic", "state", "lane", "level", "queued_at", "room", "calls", "missed", "origin"),
    "events": ("seq", "at", "actor", "station", "kind", "ticket", "number", "clinic", "undoes"),
    "slips": ("id", "ticket", "kind", "printer", "state", "cause", "attempts", "copy", "queued_at"),
    "pages": ("id", "ticket", "clinic", "at", "rounds", "last_at", "closed_at"),
    "consultations": ("event", "clinic", "room", "service_day", "seconds"),
    "forecasts": ("id", "ticket", "ahead", "wait", "half", "waited"),
    "devices": ("kind", "id", "state", "cause"),
    "clinics": ("clinic", "suspended", "notice", "rooms"),
}
LATER = datetime.fromisoformat("2026-03-03T22:45:00+08:00")


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return path


@pytest.fixture
def before(old_file: Path) -> Iterator[sqlite3.Connection]:
    """The same night as 0.4.0 left it, in memory."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture
def old(old_file: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{old_file}") as database:
        yield database


def test_every_ticket_event_slip_and_page_is_still_there(before: sqlite3.Connection, old: Database) -> None:
    now = bare(old)
    assert now.execute("PRAGMA user_version").fetchone()[0] == VERSION
    for table, columns in KEPT.items():
        asked = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(columns)}"
        wanted = [tuple(row) for row in before.execute(asked)]
        assert wanted, table
        assert [tuple(row) for row in now.execute(asked)] == wanted, table


def test_its_events_replay_to_its_tickets(old: Database) -> None:
    assert_events_replay_to_the_tickets(old)


def test_what_was_packed_into_texts_is_typed_now(before: sqlite3.Connection, old: Database) -> None:
    found = {event.seq: event for event in events.after(look(old), 0, 10_000)}
    said = 0
    for row in before.execute("SELECT seq, kind, reason, after FROM events WHERE reason IS NOT NULL"):
        event = found[row["seq"]]
        match event.kind:
            case EventKind.CALL | EventKind.RECALL:
                assert event.data == event_data.Called(Reason(row["reason"]))
            case EventKind.ISSUE:
                assert event.data == event_data.Issued(extra=True)
            case EventKind.UNDO:
                assert event.data == event_data.Undid(row["reason"])
            case EventKind.PAGE | EventKind.PAGE_ESCALATED:
                assert event.data == event_data.PageSent(int(row["reason"]))
            case EventKind.TRANSFER | EventKind.SUSPEND:
                assert event.reason == row["reason"], "what a person typed"
            case _:
                continue
        said += 1
    assert said > 100
    assert {event.target for event in found.values() if event.kind is EventKind.TRANSFER} >= {"bone", "er"}
    patients = {event.station for event in found.values() if event.role == "patient"}
    assert patients == {"kiosk:lobby-1"}


def test_of_a_cancel_what_a_person_typed_stays_and_the_word_for_a_leftover_becomes_a_fact(old_file: Path) -> None:
    with closing(sqlite3.connect(old_file)) as connection:
        (newest,) = connection.execute("SELECT max(seq) FROM events").fetchone()
        for reason in ("went home", "released"):
            connection.execute(
                "INSERT INTO events (at, actor, station, kind, clinic, reason) "
                "VALUES ('2026-03-03T20:00:00.000000+00:00', 'nurse', 'console', 'cancel', 'er', ?)",
                (reason,),
            )
        connection.commit()
    with open_database(f"sqlite:///{old_file}") as database:
        typed, released = events.after(look(database), newest)
    assert (typed.reason, typed.data) == ("went home", None)
    assert (released.reason, released.data) == (None, event_data.Ended(released=True))


def test_ways_back_are_lists(before: sqlite3.Connection, old: Database) -> None:
    packed = {row["id"]: row["back_to"] for row in before.execute("SELECT id, back_to FROM tickets WHERE back_to > ''")}
    assert packed
    for id_, back_to in packed.items():
        held = look(old).row("SELECT ways_back FROM tickets WHERE id = :id", {"id": id_})
        assert held is not None
        assert json.loads(held["ways_back"]) == back_to.split(",")


def test_the_night_goes_on(old: Database, hospital: Hospital, nurse: By) -> None:
    desk = Desk(old, hospital)
    line = [place.ticket for place, _ in queue_view(look(old), hospital, hospital.clinics["er"], LATER).waiting]
    assert line
    if busy := look(old).row("SELECT id, state FROM tickets WHERE room = 'er-1' AND state IN ('called', 'serving')"):
        if busy["state"] == "called":
            desk.start(busy["id"], now=LATER, by=nurse)
        desk.finish(busy["id"], now=LATER, by=nurse)
    assert desk.call("er-1", now=LATER, by=nurse).ticket.id in {ticket.id for ticket in line}
    assert desk.undo(now=LATER, by=nurse).ticket is not None
    assert_events_replay_to_the_tickets(old)
    assert night(look(old), hospital, [LATER.date()])
    assert slips.waiting_by_printer(look(old))
    status = devices.of_id(look(old), DeviceKind.PRINTER, "lobby")
    assert status is not None
    assert (status.state, status.cause) == (DeviceState.STOPPED, "paper_out")
    assert clinics.all_of(look(old))["bone"].suspended
    assert isinstance(pages.open_pages(look(old)), list)


def test_a_called_patient_released_by_the_old_version_is_taken_back_by_one_undo(
    old: Database, hospital: Hospital
) -> None:
    last = look(old).row("SELECT at FROM events WHERE station = 'console:9' ORDER BY seq DESC LIMIT 1")
    assert last is not None
    undone = Desk(old, hospital).undo(now=datetime.fromisoformat(last["at"]), by=By("nurse", "console:9"))
    assert undone.ticket is not None
    assert undone.ticket.state is State.CALLED
    assert_events_replay_to_the_tickets(old)


@pytest.mark.parametrize("layout", range(4, VERSION))
def test_a_file_of_every_layout_since_then_is_brought_up_to_date(old_file: Path, layout: int) -> None:
    with closing(sqlite3.connect(old_file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        later = sqlite_utils.Migrations("nightdesk")
        for name, migration in migrating._MIGRATIONS[:layout]:
            migrating._declare(later, name, migration)
        later.apply(sqlite_utils.Database(connection))
        connection.execute(f"PRAGMA user_version = {layout}")
        connection.execute("COMMIT")
    with open_database(f"sqlite:///{old_file}") as database:
        assert bare(database).execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert database.examine().wrong == ()
        assert_events_replay_to_the_tickets(database)
    assert old_file.with_name(f"{old_file.name}.layout-{layout}").exists()


def test_an_older_nightdesk_names_the_copy_from_before_the_upgrade(old_file: Path) -> None:
    open_database(f"sqlite:///{old_file}").close()
    with closing(sqlite3.connect(old_file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(Fault) as newer:
        open_database(f"sqlite:///{old_file}")
    assert newer.value.code == "database_newer"
    assert f"{old_file.name}.layout-4" in newer.value.text.en
