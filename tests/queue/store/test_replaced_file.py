"""A database file that is replaced, while programs run or after a crash: the journal of the old one is never used."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from engines import Engine
from processes import Process
from waiting import until

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.sqlite import engine as sqlite_engine
from nightdesk_queue.store.sqlite import file_in_use
from nightdesk_queue.store.sqlite.file_in_use import FileInUse, inode
from nightdesk_queue.store.sqlite.sharing import LEFT_JOURNAL

WRITER = """
import sys, time
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import open_database
add, number, path = sys.argv[1:]
with open_database(f"sqlite:///{path}") as database, database.changes():
    while True:
        try:
            with database.transaction() as tx:
                tx.change(add, {"by": number})
        except Fault as fault:
            assert fault.code == "unreachable", fault.code
        else:
            print("written", flush=True)
"""
ADD = "INSERT INTO rooms (room, use, changed_at) VALUES (hex(randomblob(8)), 'open', :by)"


@pytest.fixture
def engine() -> Engine:
    """These tests are about files."""
    return Engine.SQLITE


@contextmanager
def writer(path: Path, number: int) -> Iterator[subprocess.Popen[str]]:
    """A process that writes without a pause."""
    command = [sys.executable, "-c", WRITER, ADD, str(number), str(path)]
    with Process(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        try:
            yield process
        finally:
            process.kill()


def add(database: Database, by: str) -> None:
    with database.transaction() as tx:
        tx.change(ADD, {"by": by})


def writers_of(path: Path) -> set[str]:
    """Who has written, in a file that must be whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        return {by for (by,) in connection.execute("SELECT DISTINCT changed_at FROM rooms")}


def backup(path: Path, by: str) -> Path:
    """Another database, with a row of its own."""
    other = path.with_name("backup.db")
    with open_database(f"sqlite:///{other}") as database:
        add(database, by)
    return other


def test_a_file_replaced_beneath_eight_writers_is_whole_and_all_go_on_with_it(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    open_database(f"sqlite:///{path}").close()
    with ExitStack() as stack:
        for number in range(8):
            stack.enter_context(writer(path, number))
        backup(path, "backup").replace(path)
        everybody = {"backup", *map(str, range(8))}
        with open_database(f"sqlite:///{path}") as database:
            until(lambda: {row["changed_at"] for row in _rows(database)} == everybody, 30)
    assert writers_of(path) == everybody


def _rows(database: Database) -> list[sqlite3.Row]:
    with database.snapshot() as tx:
        return list(tx.rows("SELECT DISTINCT changed_at FROM rooms"))


def crashed(path: Path) -> None:
    """Leave a database as a process does that was killed: with a journal that holds what it wrote last."""
    with writer(path, 1) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert path.with_name("n.db-wal").stat().st_size > 0


def test_a_journal_left_by_a_crash_is_put_aside_where_another_file_was_put_in_place(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    crashed(path)
    backup(path, "backup").replace(path)
    with open_database(f"sqlite:///{path}") as database:
        add(database, "after")
        assert any("was replaced" in warning.en for warning in database.examine().warnings)
    assert writers_of(path) == {"backup", "after"}
    assert path.with_name(f"n.db{LEFT_JOURNAL}").stat().st_size > 0


def test_a_journal_left_by_a_crash_is_used_where_the_file_is_still_the_same(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    crashed(path)
    with open_database(f"sqlite:///{path}") as database:
        add(database, "after")
    assert writers_of(path) == {"1", "after"}
    assert not path.with_name(f"n.db{LEFT_JOURNAL}").exists()


def test_a_journal_that_came_with_the_new_file_is_used(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "n.db"
    other.mkdir()
    crashed(other / "n.db")
    open_database(f"sqlite:///{path}").close()
    for ending in ("-wal", ""):
        (other / f"n.db{ending}").replace(path.with_name(f"n.db{ending}"))
    with open_database(f"sqlite:///{path}") as database:
        add(database, "after")
    assert writers_of(path) == {"1", "after"}


def test_nobody_opens_another_file_while_somebody_uses_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "n.db"
    monkeypatch.setattr(file_in_use, "PATIENCE_SECONDS", 0.1)
    with open_database(f"sqlite:///{path}") as database:
        assert isinstance(database, sqlite_engine.SqliteDatabase)
        with database.snapshot() as tx:
            backup(path, "backup").replace(path)
            with pytest.raises(Fault) as fault:
                open_database(f"sqlite:///{path}")
            assert fault.value.code == "unreachable"
            assert "old one" in fault.value.text.en
            assert tx.rows("SELECT * FROM rooms") == []
        with pytest.raises(Fault), database.transaction():
            raise Fault("x", fault.value.text)
        add(database, "after")
    assert writers_of(path) == {"backup", "after"}


def test_a_file_that_was_retired_takes_no_more_connections(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    path.touch()
    there = inode(path)
    assert there is not None
    use = FileInUse(path, there)
    use.enter()
    use.opening()
    use.retire()
    with pytest.raises(Fault):
        use.opening()
    use.closed()
