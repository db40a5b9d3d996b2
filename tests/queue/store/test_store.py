"""The database file: what is refused, and that nothing is half-written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from desk import Desk
from engines import Engine
from looking import bare, look

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.sqlite import faults, layout
from nightdesk_queue.store.sqlite.layout import APPLICATION_ID, VERSION


@pytest.fixture
def engine() -> Engine:
    """These tests are about files."""
    return Engine.SQLITE


def fault_of(url: str) -> Fault:
    with pytest.raises(Fault) as fault:
        open_database(url)
    assert fault.value.exit_status == 3
    return fault.value


def test_a_new_file_is_laid_out_durable_and_marked_as_ours(store: Database) -> None:
    pragma = {
        name: look(store).rows(f"PRAGMA {name}")[0][0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "application_id", "user_version")
    }
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "application_id": APPLICATION_ID,
        "user_version": VERSION,
    }


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    open_database(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    assert fault_of(f"sqlite:///{path}").code == "database_newer"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert fault_of(f"sqlite:///{path}").code == "database_foreign"
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    path.write_text("dear diary, " * 200)
    assert fault_of(f"sqlite:///{path}").code == "database_foreign"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    fault = fault_of(f"sqlite:///{tmp_path}/no/such/n.db")
    assert fault.code == "database_unreachable"
    assert str(tmp_path) in fault.text.en


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    fault = fault_of(f"sqlite:///{tmp_path}/n.db")
    assert fault.code in {"database_unreachable", "database_readonly"}


def test_a_read_only_connection_refuses_to_issue(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    look(store).rows("PRAGMA query_only = ON")
    with pytest.raises(Fault) as fault:
        Desk(store, hospital).issue("bone", now=evening, by=nurse)
    assert fault.value.code == "database_readonly"


def test_a_full_disk_writes_nothing_and_goes_on_when_there_is_room(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    pages = bare(store).execute("PRAGMA page_count").fetchone()[0]
    look(store).rows(f"PRAGMA max_page_count = {pages + 2}")
    issued = 0
    with pytest.raises(Fault) as fault:
        while True:
            desk.issue("bone", now=evening, by=nurse, name="x" * 60)
            issued += 1
    assert fault.value.code == "disk_full"
    counts = [
        bare(store).execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("tickets", "events", "slips")
    ]
    assert counts == [issued, issued, issued]
    look(store).rows("PRAGMA max_page_count = 1000000")
    assert desk.issue("bone", now=evening, by=nurse).n == issued + 1


def test_an_address_of_another_kind_is_a_misuse() -> None:
    with pytest.raises(Misuse):
        open_database("mysql://host/name")


def test_a_relative_address_starts_at_the_configurations_folder(tmp_path: Path) -> None:
    with open_database("sqlite:///here.db", tmp_path):
        assert (tmp_path / "here.db").exists()


def test_eight_processes_may_create_the_same_database_at_once(tmp_path: Path) -> None:
    code = f"from nightdesk_queue.store import open_database; open_database('sqlite:///{tmp_path}/n.db').close()"
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(8)]
    errors = [process.communicate()[1] for process in running]
    assert [(process.returncode, error) for process, error in zip(running, errors, strict=True)] == [(0, b"")] * 8


def old_database(path: Path, script: str) -> None:
    """A file as the first nightdesk laid it out, with a night in it."""
    import sqlite_utils

    migrations = sqlite_utils.Migrations("nightdesk")

    @migrations()
    def m001_tickets_events_slips_devices(db: sqlite_utils.Database) -> None:
        for statement in layout.TABLES.split(";"):
            if statement.strip():
                db.conn.execute(statement)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.apply(sqlite_utils.Database(connection))
        connection.execute("PRAGMA user_version = 1")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.executescript(script)


def test_a_database_of_the_first_layout_is_taken_over_with_everybody_in_it(
    tmp_path: Path, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    columns = "id, number, prefix, n, service_day, clinic, state, lane, level, priority, arrived_at, queued_at"
    rows = ",".join(
        f"('ID{n}', 'B00{n}', 'B', {n}, '2026-03-02', 'bone', 'waiting', '{lane}', 4, '[]', '{at}', '{at}')"
        for n, lane, at in (
            (1, "first", "2026-03-02T10:00:00.000000+00:00"),
            (2, "return", "2026-03-02T10:01:00.000000+00:00"),
        )
    )
    old_database(tmp_path / "old.db", f"INSERT INTO tickets ({columns}) VALUES {rows};")
    with open_database(f"sqlite:///{tmp_path / 'old.db'}") as store:
        desk = Desk(store, hospital)
        assert bare(store).execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert desk.issue("bone", now=evening, by=nurse).number == "B003"
        assert desk.call("bone-1", now=evening, by=nurse).ticket.number == "B001"
        assert desk.undo(now=evening, by=nurse).ticket.number == "B001"


@pytest.mark.parametrize(
    ("code", "writable", "name"),
    [
        (sqlite3.SQLITE_CANTOPEN, False, "database_readonly"),
        (sqlite3.SQLITE_CANTOPEN, True, "database_unreachable"),
        (sqlite3.SQLITE_BUSY, False, "database_busy"),
        (sqlite3.SQLITE_CORRUPT, False, "database_damaged"),
    ],
)
def test_only_a_file_that_cannot_be_opened_is_asked_whether_its_folder_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, name: str, *, writable: bool
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: writable)
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorcode = code
    assert faults.fault_of(error, tmp_path / "night.db").code == name
