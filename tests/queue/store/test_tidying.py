"""Room that deleted rows left is given back while everybody goes on; a file made before that is rewritten once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from desk import Desk
from engines import another_database
from places import EXAMPLE_FILE
from waiting import until

from nightdesk_kiosk.background.archiving import Archiving
from nightdesk_kiosk.cli import run
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.opening import compact_database
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.store.sqlite.tidying import KEPT, PAGES_A_STEP

NURSE = By("nurse", "console")


def leave_room(store: Database, pages: int) -> None:
    """Fill a table and empty it again."""
    with store.transaction() as tx:
        for n in range(pages):
            tx.change("INSERT INTO pins (id, hash) VALUES (:id, :hash)", {"id": f"x{n}", "hash": "h" * 3600})
    with store.transaction() as tx:
        tx.change("DELETE FROM pins")


def free_pages(file: Path) -> int:
    with closing(sqlite3.connect(file)) as look:
        return int(look.execute("PRAGMA freelist_count").fetchone()[0])


def made_before(file: Path) -> None:
    """Make a database as earlier versions made it: its pages are not given back in steps."""
    open_database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file, isolation_level=None)) as old:
        old.execute("PRAGMA auto_vacuum = NONE")
        old.execute("VACUUM")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "night.db"


@pytest.fixture
def store(file: Path):  # type: ignore[no-untyped-def]
    with open_database(f"sqlite:///{file}") as opened:
        yield opened


def test_a_file_shrinks_step_by_step_while_numbers_are_given(
    store: Database, desk: Desk, file: Path, evening: datetime
) -> None:
    leave_room(store, 3 * KEPT)
    before, stop = file.stat().st_size, Event()

    def give() -> None:
        while not stop.is_set():
            desk.issue("bone", now=evening, by=NURSE)

    giver = Thread(target=give, daemon=True)
    giver.start()
    steps = []
    while given := store.tidy():
        steps.append(given)
    stop.set()
    giver.join(20)
    store.settle()
    assert max(steps) == PAGES_A_STEP, "one step keeps nobody waiting for long"
    assert len(steps) >= 3
    assert file.stat().st_size < before - KEPT * 4096
    assert free_pages(file) <= KEPT
    assert store.examine().wrong == ()
    with store.snapshot() as tx:
        [row] = tx.rows("SELECT count(*) AS n, max(n) AS highest FROM tickets")
    assert row["n"] == row["highest"] > 0


def test_room_that_a_night_needs_again_stays(store: Database, file: Path) -> None:
    leave_room(store, KEPT // 2)
    assert KEPT // 3 < free_pages(file) <= KEPT
    assert store.tidy() == 0


def test_a_step_that_breaks_off_changes_nothing(
    store: SqliteDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_room(store, 2 * KEPT)
    before = free_pages(file)
    connection = store.borrow()
    store.give_back(connection)

    connection.set_authorizer(
        lambda _, name, *__: sqlite3.SQLITE_DENY if name == "incremental_vacuum" else sqlite3.SQLITE_OK
    )
    with pytest.raises(Fault):
        store.tidy()
    connection.set_authorizer(None)
    assert free_pages(file) == before
    assert not connection.in_transaction


def test_a_file_made_before_is_rewritten_once_and_only_while_nobody_has_it_open(file: Path) -> None:
    made_before(file)
    with open_database(f"sqlite:///{file}") as store:
        leave_room(store, 2 * KEPT)
        assert store.tidy() == 0, "its room is used again"
        size = file.stat().st_size
        with open_database(f"sqlite:///{file}"), pytest.raises(Fault) as caught:
            list(compact_database(store))
        assert caught.value.code == "database_in_use"
        assert file.stat().st_size == size
    with open_database(f"sqlite:///{file}") as store:
        [given] = compact_database(store)
    assert given > KEPT * 4096
    assert file.stat().st_size == size - given
    with open_database(f"sqlite:///{file}", create=False) as store:
        assert isinstance(store, SqliteDatabase)
        assert store.gives_room_back
        assert store.examine().wrong == ()
        leave_room(store, 2 * KEPT)
        assert store.tidy() == PAGES_A_STEP


def test_run_gives_room_back_when_all_is_archived(
    store: Database, desk: Desk, hospital: Hospital, evening: datetime, tmp_path: Path
) -> None:
    ticket = desk.issue("bone", now=evening - timedelta(days=400), by=NURSE)
    desk.cancel(ticket.id, now=evening - timedelta(days=400), by=NURSE)
    desk.issue("bone", now=evening, by=NURSE)
    leave_room(store, KEPT + 2 * PAGES_A_STEP)
    keeping = hospital.changed(retention=hospital.retention.changed(months=6, to="years"), folder=tmp_path)
    task = Archiving(keeping, store, lambda: evening, Event())
    steps = [task.step(evening) for _ in range(6)]
    assert steps[0] == 1, "first who has left long ago"
    assert PAGES_A_STEP in steps
    assert steps[-1] == 0


@pytest.mark.postgres
def test_a_server_clears_up_what_many_deleted_rows_left() -> None:
    def seen(store: Database) -> tuple[int, int]:
        with store.snapshot() as tx:
            [row] = tx.rows("SELECT n_dead_tup, vacuum_count FROM pg_stat_user_tables WHERE relname = 'pins'")
        return row["n_dead_tup"], row["vacuum_count"]

    with another_database() as url:
        with open_database(url) as store:
            leave_room(store, 12_000)
        with open_database(url) as store:
            # a session tells what it did when it ends
            until(lambda: seen(store)[0] > 10_000)
            assert list(compact_database(store)) == []
            until(lambda: seen(store) == (0, 1))
            store.tidy()
            assert seen(store)[1] == 1, "there was nothing to do"


def test_the_command_that_archives_gives_room_back_too(file: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(EXAMPLE_FILE.read_text(encoding="utf-8") + "\n[retention]\nmonths = 6\n", encoding="utf-8")
    with open_database(f"sqlite:///{file}") as store:
        leave_room(store, 2 * KEPT)
    command = ["--config", str(config), "--database", f"sqlite:///{file}", "database", "archive"]
    assert run([*command, "--dry-run"]) == 0
    assert free_pages(file) > KEPT
    assert run(command) == 0
    assert free_pages(file) == KEPT


@pytest.mark.parametrize("before", [False, True], ids=["in-steps", "rewritten"])
def test_the_command_says_how_much_was_given_back(
    file: Path, capsys: pytest.CaptureFixture[str], *, before: bool
) -> None:
    if before:
        made_before(file)
    with open_database(f"sqlite:///{file}") as store:
        leave_room(store, 2 * KEPT)
        store.settle()
    assert run(["--database", f"sqlite:///{file}", "--json", "database", "compact"]) == 0
    told = json.loads(capsys.readouterr().out)["compacted"]
    assert told["bytes"] == file.stat().st_size
    assert told["given_back"] > KEPT * 3000
    assert run(["--database", f"sqlite:///{file}", "--lang", "en", "database", "compact"]) == 0
    assert "0.0 MB were given back" in capsys.readouterr().out
