"""Backups: made under load and proved whole, damaged ones refused in words, and the way back.

Each test gets a file, a server whose machine has no `pg_dump`, and one whose machine has it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from desk import Desk
from engines import BOTH, Engine, another_database
from looking import bare, url_of
from pg_servers import newest_installation
from replaying import assert_events_replay_to_the_tickets

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, open_database, tickets
from nightdesk_queue.store.opening import is_server, restore_database, verify_backup

NURSE = By("nurse", "console")
AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def numbers(store: Database) -> list[str]:
    with store.snapshot() as tx:
        return [one.number for one in tickets.living(tx, "bone", *State)]


WITH_PROGRAMS = "postgres, pg_dump installed"


@pytest.fixture(params=[*BOTH, pytest.param(WITH_PROGRAMS, marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    installed = newest_installation() / "bin" if request.param == WITH_PROGRAMS else tmp_path
    monkeypatch.setenv("PATH", str(installed))
    return Engine.POSTGRES if request.param == WITH_PROGRAMS else Engine(request.param)


@pytest.fixture
def made(store: Database, desk: Desk, evening: datetime, tmp_path: Path) -> Path:
    for _ in range(3):
        desk.issue("bone", now=evening, by=NURSE)
    return store.backup(tmp_path / "backups", AT).path


@pytest.fixture
def portable(made: Path, store: Database, tmp_path: Path) -> Path:
    """One that a file can be filled from, too."""
    return made if made.suffix == ".db" else store.backup(tmp_path / "portable", AT, portable=True).path


def test_a_backup_holds_what_was_there_and_its_manifest_proves_it(made: Path, store: Database) -> None:
    kind = made.suffix
    assert made.stem.endswith("-20260302T103000Z")
    assert kind == (".dump" if shutil.which("pg_dump") else ".db")
    manifest = verify_backup(made).manifest
    assert manifest is not None
    assert manifest.rows["tickets"] == 3
    assert manifest.bytes == made.stat().st_size
    assert sorted(one.suffix for one in made.parent.iterdir()) == [kind, ".json"], "one file and its manifest"
    assert {one.stat().st_mode & 0o777 for one in made.parent.iterdir()} == {0o600}, "it holds names"
    if kind == ".db":
        with open_database(f"sqlite:///{made}", create=False) as copy:
            assert numbers(copy) == numbers(store) == ["B001", "B002", "B003"]


@contextmanager
def elsewhere(on_server: bool, folder: Path) -> Iterator[str]:
    """Give the address of a database that is yet to be made, on a server or in a folder."""
    if on_server:
        with another_database() as url:
            yield url
    else:
        folder.mkdir()
        yield f"sqlite:///{folder / 'restored.db'}"


def test_backups_under_load_are_each_of_one_moment_and_go_on_when_they_are_restored(
    store: Database, desk: Desk, evening: datetime, tmp_path: Path
) -> None:
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            desk.issue("bone", now=evening, by=NURSE)

    writers = [Thread(target=work, daemon=True) for _ in range(3)]
    for writer in writers:
        writer.start()
    found = [store.backup(tmp_path / "b", AT + timedelta(seconds=n)).path for n in range(5)]
    stop.set()
    for writer in writers:
        writer.join(20)
    counts = []
    for path in found:
        verified = verify_backup(path).manifest
        assert verified is not None
        assert verified.rows["tickets"] == verified.rows["events"], "a ticket and its event are one transaction"
        counts.append(verified.rows["tickets"])
        with elsewhere(is_server(url_of(store)), tmp_path / path.stem) as url:
            restore_database(path, url, None, AT)
            with open_database(url, create=False) as restored:
                assert restored.examine().wrong == ()
                assert_events_replay_to_the_tickets(restored)
                assert len(numbers(restored)) == verified.rows["tickets"]
    assert counts == sorted(counts)


def test_the_newest_are_kept(store: Database, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    for n in range(5):
        store.backup(folder, AT + timedelta(minutes=n))
    (folder / "night-notes.db").write_text("somebody's own")
    kind = store.backups(folder)[0][1].suffix
    stem = store.backups(folder)[0][1].name.split("-2026")[0]
    gone = store.rotate_backups(folder, 2)
    assert [one.name for one in gone] == [f"{stem}-20260302T10{30 + n}00Z{kind}" for n in range(3)]
    assert len(store.backups(folder)) == 2
    assert (folder / "night-notes.db").exists()
    assert len(list(folder.glob("*.json"))) == 2


def _turn_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _without_manifest(path: Path) -> Path:
    path.with_name(f"{path.name}.json").unlink()
    return path


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-4096]), "backup_damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), "backup_damaged"),
        (lambda path: _without_manifest(path).write_bytes(path.read_bytes()[:-40]), "backup_damaged"),
        (lambda path: path.write_bytes(b"hello"), "database_foreign"),
        (lambda path: path.write_bytes(b""), "database_foreign"),
        (lambda path: path.unlink(), "backup_missing"),
        (lambda path: path.with_name(path.name + ".json").write_text("{"), "backup_damaged"),
        (_turn_a_byte, "backup_damaged"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_in_words(made: Path, harm, code: str) -> None:  # type: ignore[no-untyped-def]
    harm(made)
    with pytest.raises(Fault) as caught:
        verify_backup(made)
    assert caught.value.code == code
    assert made.name in caught.value.text.en


def test_a_foreign_and_a_newer_file_are_refused_by_name(store: Database, tmp_path: Path) -> None:
    made = store.backup(tmp_path / "backups", AT, portable=True).path
    foreign, newer = tmp_path / "foreign.db", tmp_path / "newer.db"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE t (x)")
    shutil.copy(made, newer)
    with closing(sqlite3.connect(newer)) as other:
        other.execute("PRAGMA user_version = 999")
    for path, code in ((foreign, "database_foreign"), (newer, "database_newer")):
        with pytest.raises(Fault) as caught:
            verify_backup(path)
        assert caught.value.code == code


def test_a_restore_needs_everybody_away_and_keeps_the_database_before(
    made: Path, store: Database, desk: Desk, evening: datetime
) -> None:
    url = url_of(store)
    desk.issue("bone", now=evening, by=NURSE)
    with pytest.raises(Fault) as caught:
        restore_database(made, url, None, AT)
    assert caught.value.code == "database_in_use"
    assert len(numbers(store)) == 4
    store.close()
    kept = restore_database(made, url, None, AT)
    assert kept is not None
    with open_database(url) as back:
        assert numbers(back) == ["B001", "B002", "B003"]
        Desk(back, desk.hospital).issue("bone", now=evening, by=NURSE)
        before = (
            bare(back).execute(f'SELECT number FROM "{kept}".tickets ORDER BY seq')
            if is_server(url)
            else sqlite3.connect(kept).execute("SELECT number FROM tickets ORDER BY seq")
        )
        assert [row[0] for row in before] == ["B001", "B002", "B003", "B004"]


def test_what_two_restores_of_one_second_put_aside_is_all_kept(made: Path, store: Database) -> None:
    url = url_of(store)
    store.close()
    first, second = restore_database(made, url, None, AT), restore_database(made, url, None, AT)
    assert first is not None
    assert second is not None
    assert first != second


def test_a_journal_of_a_crash_goes_aside_with_its_file(portable: Path, hospital: Hospital, tmp_path: Path) -> None:
    """What a killed process has committed stands in the journal; it is not applied to what is restored."""
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    script = (
        "import os, signal, sys\n"
        "from nightdesk_queue.store import open_database\n"
        f"db = open_database({url!r})\n"
        "with db.transaction() as tx:\n"
        "    tx.change(\"INSERT INTO pins (id, hash) VALUES ('x', 'y')\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    assert (tmp_path / "killed.db-wal").exists()
    kept = restore_database(portable, url, None, AT)
    assert kept is not None
    with open_database(url) as back, open_database(f"sqlite:///{kept}", create=False) as before:
        assert numbers(back) == ["B001", "B002", "B003"]
        with before.snapshot() as tx:
            assert tx.row("SELECT 1 AS one FROM pins") is not None


def test_where_there_was_no_database_one_is_put(portable: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert restore_database(portable, url, None, AT) is None
    with open_database(url, create=False) as back:
        assert numbers(back) == ["B001", "B002", "B003"]


def test_a_folder_that_cannot_be_written_is_told(store: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault) as caught:
        store.backup(tmp_path / "file", AT)
    assert caught.value.code == "backup_not_made"
    assert not list(tmp_path.glob("*.part"))


def test_the_status_says_engine_layout_and_size(store: Database) -> None:
    found = store.status(AT)
    assert found.engine.split()[0] in ("SQLite", "PostgreSQL")
    assert found.layout >= 11
    assert found.bytes > 0


def test_the_manifest_says_when_and_by_which_version(made: Path) -> None:
    written = json.loads(made.with_name(made.name + ".json").read_text(encoding="utf-8"))
    assert written["made_at"] == "2026-03-02T10:30:00+00:00"
    assert set(written) == {"version", "layout", "made_at", "bytes", "sha256", "rows"}
