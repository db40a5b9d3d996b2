"""The commands of the database, and the backups that run makes by itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from places import EXAMPLE_FILE

from nightdesk_kiosk.background.backups import Backups, is_due
from nightdesk_kiosk.cli import run
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import BackupTable
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database


def nightdesk(folder: Path, *arguments: str, status: int = 0, capsys: pytest.CaptureFixture[str]) -> str:
    options = ["--config", str(folder / "config.toml"), "--lang", "en", "--now", "2026-03-02T18:30", *arguments]
    assert run(options) == status, capsys.readouterr()
    return capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(EXAMPLE_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_a_backup_is_made_verified_and_restored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nightdesk(folder, "issue", "bone", capsys=capsys)
    said = nightdesk(folder, "database", "backup", str(folder / "b"), capsys=capsys)
    assert "made and verified" in said
    [made] = (folder / "b").glob("*.db")
    assert "whole" in nightdesk(folder, "database", "verify", str(made), capsys=capsys)
    nightdesk(folder, "issue", "bone", capsys=capsys)
    said = nightdesk(folder, "--json", "database", "restore", str(made), capsys=capsys)
    assert json.loads(said)["restored"]["kept"]
    assert "B002" in nightdesk(folder, "issue", "bone", capsys=capsys), "the number after the backup is given anew"


def test_the_status_names_the_file_and_its_backups(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nightdesk(folder, "issue", "bone", capsys=capsys)
    said = nightdesk(folder, "database", "status", capsys=capsys)
    assert "nightdesk.db" in said
    assert "layout 12" in said
    form = json.loads(nightdesk(folder, "--json", "database", "status", capsys=capsys))["database"]
    assert form["layout"] == 12
    assert form["backup"] is None


def test_without_a_folder_it_says_where_to_write_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nightdesk(folder, "issue", "bone", capsys=capsys)
    nightdesk(folder, "database", "backup", status=2, capsys=capsys)
    nightdesk(folder, "database", "verify", "nothing.db", status=3, capsys=capsys)
    nightdesk(folder, "database", "restore", "nothing.db", status=3, capsys=capsys)


def test_run_makes_one_when_the_newest_is_too_old_and_keeps_so_many(
    hospital: Hospital, store: Database, evening: datetime, tmp_path: Path
) -> None:
    table = BackupTable(to="backups", every_minutes=60, keep=2)
    moment = [evening]
    task = Backups(hospital.changed(folder=tmp_path), table, store, lambda: moment[0], Event())
    for minutes in (0, 30, 61, 122, 123, 200):
        moment[0] = evening + timedelta(minutes=minutes)
        task.tick()
    names = [path.name for _, path in store.backups(tmp_path / "backups")]
    assert names == ["night-20260302T123200Z.db", "night-20260302T135000Z.db"]


def test_a_folder_that_is_away_is_a_fault_and_is_not_tried_again_at_once(
    hospital: Hospital, store: Database, evening: datetime, tmp_path: Path
) -> None:
    (tmp_path / "backups").write_text("no folder")
    table = BackupTable(to="backups")
    task = Backups(hospital.changed(folder=tmp_path), table, store, lambda: evening, Event())
    with pytest.raises(Fault):
        task.tick()
    task.tick()


@pytest.mark.parametrize(("age", "due"), [(0, False), (59, False), (60, True), (-5, True)])
def test_when_a_backup_is_due(age: int, due: bool, evening: datetime) -> None:
    known = [(evening - timedelta(minutes=age), Path("x"))]
    assert is_due(known, BackupTable(to="b"), evening) is due
    assert is_due([], BackupTable(to="b"), evening)


def test_old_names_are_wiped_after_a_look(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nightdesk(folder, "issue", "bone", "--name", "Chen", capsys=capsys)
    nightdesk(folder, "cancel", "B001", capsys=capsys)

    def wipe(*more: str) -> dict[str, object]:
        options = ["--config", str(folder / "config.toml"), "--now", "2026-04-20T18:30", "--json"]
        assert run([*options, "database", "wipe-names", *more]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)["wiped"]
        return found

    assert wipe("--dry-run") == {"tickets": 1, "days": 30, "done": False}
    assert wipe() == {"tickets": 1, "days": 30, "done": True}
    assert wipe() == {"tickets": 0, "days": 30, "done": True}
