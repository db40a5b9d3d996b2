"""The files of a database: whose they are, who may read them, who may create them, and what happens without them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from engines import Engine
from whole_night import Night

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database, tickets
from nightdesk_queue.store.sqlite import sharing
from nightdesk_queue.store.sqlite.engine import SqliteDatabase
from nightdesk_queue.store.sqlite.layout import VERSION
from nightdesk_queue.store.sqlite.sharing import User, may_use

OWNER, STRANGER, GROUP = 1000, 2000, 50


@pytest.fixture
def engine() -> Engine:
    """These tests are about files."""
    return Engine.SQLITE


def status(mode: int, uid: int = OWNER, gid: int = GROUP) -> os.stat_result:
    return os.stat_result((mode, 1, 1, 1, uid, gid, 0, 0, 0, 0))


FILE, FOLDER = stat.S_IFREG, stat.S_IFDIR


@pytest.mark.parametrize(
    ("file", "folder", "user", "allowed"),
    [
        (0o600, 0o700, User(OWNER, frozenset()), True),
        (0o600, 0o700, User(0, frozenset()), True),
        (0o644, 0o755, User(STRANGER, frozenset()), False),
        (0o644, 0o777, User(STRANGER, frozenset()), False),
        (0o666, 0o777, User(STRANGER, frozenset()), True),
        (0o666, 0o755, User(STRANGER, frozenset()), False),
        (0o660, 0o2770, User(STRANGER, frozenset({GROUP})), True),
        (0o660, 0o2770, User(STRANGER, frozenset({GROUP + 1})), False),
        (0o660, 0o0770, User(STRANGER, frozenset({GROUP})), False),
        (0o640, 0o2770, User(STRANGER, frozenset({GROUP})), False),
    ],
)
def test_a_stranger_may_look_only_where_the_owner_can_still_write_afterwards(
    file: int, folder: int, user: User, allowed: bool
) -> None:
    assert may_use(status(FILE | file), status(FOLDER | folder), user) is allowed


def test_a_stranger_is_refused_before_anything_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.db"
    open_database(f"sqlite:///{path}").close()
    before = sorted(tmp_path.iterdir())
    stranger = User(path.stat().st_uid + 1, frozenset())
    monkeypatch.setattr(sharing.User, "of_process", classmethod(lambda _: stranger))
    with pytest.raises(Fault) as fault:
        open_database(f"sqlite:///{path}", create=False)
    assert fault.value.code == "database_of_another_user"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("folder", "wanted"), [(0o700, 0o600), (0o2770, 0o660)])
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_database_and_the_files_beside_it_are_for_their_owner_or_the_shared_group(
    tmp_path: Path, folder: int, wanted: int, umask: int
) -> None:
    place = tmp_path / "here"
    place.mkdir()
    place.chmod(folder)
    old = os.umask(umask)
    try:
        with open_database(f"sqlite:///{place}/n.db") as store, store.lock("printer", "lobby") as lock:
            assert lock.acquire()
            with store.transaction():
                pass
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in place.iterdir()}
    finally:
        os.umask(old)
    locks = {"n.db.users.lock", "n.db.file.lock", "n.db.printer-lobby.lock"}
    assert {"n.db", "n.db-wal", "n.db-shm"} | locks == set(modes)
    assert set(modes.values()) == {wanted}


def test_a_look_never_creates_a_database(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        open_database(f"sqlite:///{tmp_path}/nigth.db", create=False)
    assert fault.value.code == "database_missing"
    assert not list(tmp_path.iterdir())


def test_nobody_creates_a_database_while_another_process_uses_one_of_that_path(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    with open_database(f"sqlite:///{path}"):
        path.unlink()
        code = f"""
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import open_database
try:
    open_database("sqlite:///{path}")
except Fault as fault:
    print(fault.code)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
        assert done.stdout.strip() == "unreachable"
        assert not path.exists()
    open_database(f"sqlite:///{path}").close()
    assert path.exists()


def unlinked(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    other = path.with_name("other.db")
    open_database(f"sqlite:///{other}").close()
    # what an administrator does who restores a backup at 3 a.m.: the journal of the old file stays where it is
    other.replace(path)


def test_no_number_is_given_into_a_file_that_was_removed_and_all_goes_on_when_it_is_back(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    path = Path(store.where)
    desk.issue("bone", now=evening, by=nurse)
    aside = path.with_name("aside.db")
    path.rename(aside)
    with pytest.raises(Fault) as fault:
        desk.issue("bone", now=evening, by=nurse)
    assert fault.value.code == "unreachable"
    aside.rename(path)
    assert desk.issue("bone", now=evening, by=nurse).number == "B002"


def test_an_empty_file_put_in_the_place_of_a_database_in_use_is_not_filled(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    path = Path(store.where)
    desk.issue("bone", now=evening, by=nurse)
    aside = path.with_name("aside.db")
    path.rename(aside)
    path.touch()
    with pytest.raises(Fault) as fault:
        desk.issue("bone", now=evening, by=nurse)
    assert fault.value.code == "unreachable"
    with pytest.raises(Fault), SqliteDatabase(path):
        pass
    assert path.stat().st_size == 0
    aside.rename(path)
    assert desk.issue("bone", now=evening, by=nurse).number == "B002"


def test_an_empty_file_is_filled_by_who_may_create_and_a_look_leaves_it_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    path.touch()
    for _ in range(2):
        with pytest.raises(Fault) as fault:
            open_database(f"sqlite:///{path}", create=False)
        assert fault.value.code == "database_missing"
        assert [file.name for file in tmp_path.iterdir()] == ["n.db"]
    open_database(f"sqlite:///{path}").close()
    open_database(f"sqlite:///{path}", create=False).close()


@pytest.mark.parametrize("change", [unlinked, replaced])
def test_a_file_that_goes_away_just_before_it_is_opened_is_neither_created_nor_taken_for_the_old_one(
    store: Database, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(store.where)
    connect = sqlite3.connect

    def late(*values: Any, **options: Any) -> sqlite3.Connection:
        monkeypatch.undo()
        change(path)
        return connect(*values, **options)

    with store.snapshot():  # the only idle connection is in use, so the next one is opened
        monkeypatch.setattr(sqlite3, "connect", late)
        with pytest.raises(Fault) as fault, store.snapshot():
            pass
    assert fault.value.code == "unreachable"
    assert path.exists() is (change is replaced)
    if change is replaced:
        with store.snapshot() as tx:
            assert tx.rows("SELECT number FROM tickets") == []


@pytest.mark.parametrize("change", [unlinked, replaced])
def test_a_commit_into_a_file_that_was_changed_meanwhile_is_no_success(
    desk: Desk, store: Database, evening: datetime, nurse: By, change: Callable[[Path], None]
) -> None:
    with pytest.raises(Fault) as fault, store.transaction() as tx:
        tx.change("DELETE FROM devices")
        change(Path(store.where))
    assert fault.value.code == "unreachable"


def test_a_replaced_file_is_the_one_that_is_written_next(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    replaced(Path(store.where))
    desk.issue("bone", now=evening, by=nurse)
    with closing(sqlite3.connect(store.where)) as connection:
        assert connection.execute("SELECT number FROM tickets").fetchall() == [("B001",)]


def test_a_whole_night_contradicts_none_of_the_rules(store: Database, hospital: Hospital, evening: datetime) -> None:
    Night(store, hospital, evening).play()
    found = store.examine()
    assert (found.wrong, found.warnings, found.last_copy) == ((), (), None)


def damaged_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 3] = b"\x5a" * 4096
    path.write_bytes(content)


def spoiled(sql: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(sql)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        damaged_page,
        spoiled("UPDATE tickets SET state = 'waitin'"),
        spoiled("UPDATE tickets SET queued_at = 'soon'"),
        spoiled("UPDATE tickets SET priority = '[\"a'"),
        spoiled("UPDATE events SET kind = 'isue'"),
        spoiled("UPDATE slips SET state = 'lost'"),
        spoiled("DELETE FROM events"),
        spoiled("UPDATE tickets SET state = 'called', room = 'bone-1' WHERE n = 1"),
        spoiled("UPDATE tickets SET state = 'done', ended_at = NULL"),
        spoiled("UPDATE slips SET ticket = 'nobody'"),
        spoiled("UPDATE tickets SET number = CAST(x'ff00fe' AS TEXT)"),
    ],
)
def test_damage_is_found_and_the_fix_is_named(
    desk: Desk, store: Database, evening: datetime, nurse: By, spoil: Callable[[Path], None]
) -> None:
    for _ in range(3):
        desk.issue("bone", now=evening, by=nurse)
    store.close()
    spoil(Path(store.where))
    with open_database(f"sqlite:///{store.where}", create=False) as opened:
        found = opened.examine()
    assert found.wrong
    assert all("backup" in text.en and "备份" in text.zh for text in found.wrong)


def test_a_value_that_cannot_be_read_is_a_fault_that_names_the_fix(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    spoiled("UPDATE tickets SET state = 'waitin'")(Path(store.where))
    with pytest.raises(Fault) as fault, store.snapshot() as tx:
        tickets.by_number(tx, "B", 1, evening.date())
    assert fault.value.code == "database_damaged"


def test_sidecars_that_the_owner_cannot_write_and_wide_permissions_are_told(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    with open_database(f"sqlite:///{path}") as store:
        path.chmod(0o644)
        found = store.examine()
    assert [("0644" in text.en, "chmod 600" in text.en) for text in found.warnings] == [(True, True)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_sidecars_of_another_user_are_told(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    with open_database(f"sqlite:///{path}") as store:
        with store.transaction():
            pass
        os.chown(f"{path}-wal", 65534, 65534)
        ((wrong,), _) = sharing.faulty_files(path)
    assert "n.db-wal" in wrong.en
    assert "chown" in wrong.en


def test_a_database_is_copied_before_its_layout_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    script = (Path(__file__).parents[2] / "data" / "night_0_4_0.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        held = connection.execute("SELECT count(*) FROM tickets").fetchone()[0]
    assert version < VERSION
    with open_database(f"sqlite:///{path}") as store:
        last_copy = store.examine().last_copy
    copy = tmp_path / f"n.db.layout-{version}"
    assert last_copy is not None
    assert last_copy[0] == copy.name
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == version
        assert connection.execute("SELECT count(*) FROM tickets").fetchone()[0] == held > 0
    shutil.copy(copy, path)
    open_database(f"sqlite:///{path}").close()


def test_a_plain_copy_of_the_file_alone_is_no_empty_hospital(
    store: Database, desk: Desk, evening: datetime, nurse: By, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    with open_database(f"sqlite:///{new}"):
        shutil.copy(new, tmp_path / "copy0.db")
    with closing(sqlite3.connect(tmp_path / "copy0.db")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] > 0
    for _ in range(3):
        desk.issue("bone", now=evening, by=nurse)
    store.settle()
    shutil.copy(tmp_path / "night.db", tmp_path / "copy1.db")
    with closing(sqlite3.connect(tmp_path / "copy1.db")) as copy:
        assert copy.execute("SELECT count(*) FROM tickets").fetchone()[0] == 3
