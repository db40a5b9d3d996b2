"""What `check` says of the kiosks: letters that are too small, and a service menu that nobody can open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli import run
from nightdesk_kiosk.diagnostics.checks import findings
from nightdesk_kiosk.diagnostics.database_checks import NO_PIN
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.commands.pin_hashing import HashedPin
from nightdesk_queue.commands.pins import set_pin
from nightdesk_queue.store import open_database

CONFIG = """
[hospital]
name = { zh = "院", en = "H" }
[[clinic]]
id = "er"
name = { zh = "急", en = "ER" }
prefix = "E"
hours = "always"
rooms = ["er-1"]
[[room]]
id = "er-1"
name = { zh = "室", en = "R" }
[[printer]]
id = "lobby"
device = "screen:"
[[kiosk]]
id = "lobby-1"
"""
SMALL = "screen_mm = [476, 268]\ncells = [120, 33]\n"
TALL = "screen_mm = [398, 708]\ncells = [80, 90]\n"


def found_at(folder: Path, more: str = "", *, pin: bool = True) -> list[Finding]:
    path = folder / "config.toml"
    path.write_text(CONFIG + more, encoding="utf-8")
    settings = Settings(path, creates=True)
    with settings.closing:
        if pin:
            with settings.working() as work:
                set_pin(work, HashedPin("hash"))
        return findings(settings)


def letters(folder: Path, more: str) -> Finding:
    (found,) = [finding for finding in found_at(folder, more) if finding.text.en.startswith("capitals")]
    assert (found.kind, found.id, found.ok) == ("kiosk", "lobby-1", True)
    return found


@pytest.mark.parametrize("more", ["", "screen_mm = [476, 268]\n", "cells = [120, 33]\n"])
def test_of_a_screen_that_is_not_described_nothing_is_said(tmp_path: Path, more: str) -> None:
    assert not [finding for finding in found_at(tmp_path, more) if finding.text.en.startswith("capitals")]


def test_small_letters_are_told_with_the_rows_that_would_do(tmp_path: Path) -> None:
    found = letters(tmp_path, TALL)
    assert found.text.en == "capitals are 4.7 mm high, 0.45° of view at 60 cm"
    assert found.warning is not None
    assert "at most 57 rows" in found.warning.en
    assert "elder = true" in found.warning.en
    assert "57" in found.warning.zh


def test_where_no_terminal_has_so_few_rows_the_large_mode_is_named(tmp_path: Path) -> None:
    found = letters(tmp_path, SMALL)
    assert "4.9 mm" in found.text.en
    assert found.warning is not None
    assert "rows" not in found.warning.en
    assert "elder = true" in found.warning.en


@pytest.mark.parametrize("more", [SMALL + "elder = true\n", "screen_mm = [398, 708]\ncells = [80, 57]\n"])
def test_letters_that_are_large_enough_or_drawn_larger_are_no_warning(tmp_path: Path, more: str) -> None:
    assert letters(tmp_path, more).warning is None


def test_a_missing_pin_is_a_warning_at_the_database_until_one_is_set(tmp_path: Path) -> None:
    def warnings(*, pin: bool) -> list[Finding]:
        return [finding for finding in found_at(tmp_path, pin=pin) if finding.warning and finding.kind == "database"]

    (found,) = warnings(pin=False)
    assert (found.ok, found.warning) == (True, NO_PIN)
    assert warnings(pin=True) == []


def test_check_shows_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found_at(tmp_path, TALL, pin=False)
    run(["--config", str(tmp_path / "config.toml"), "--json", "check"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["kind"] for row in rows if "nightdesk kiosk pin" in (row["warning"] or "")] == ["database"]
    assert [row["id"] for row in rows if "elder = true" in (row["warning"] or "")] == ["lobby-1"]


def test_a_pin_that_cannot_be_read_is_damage_of_the_database(tmp_path: Path) -> None:
    found_at(tmp_path)
    change(tmp_path, "UPDATE pins SET locked_until = 'soon'")
    (found,) = [finding for finding in found_at(tmp_path, pin=False) if finding.kind == "database"]
    assert not found.ok
    assert "damaged" in found.text.en


def test_of_a_database_that_is_damaged_the_damage_is_told_and_no_pin_is_asked_for(tmp_path: Path) -> None:
    found_at(tmp_path)
    assert run(["--config", str(tmp_path / "config.toml"), "issue", "er"]) == 0
    change(tmp_path, "UPDATE tickets SET state = 'called', room = 'er-1'")
    change(tmp_path, "DROP TABLE pins")
    (found,) = [finding for finding in found_at(tmp_path, pin=False) if finding.kind == "database"]
    assert not found.ok
    assert "called tickets without a call" in found.text.en
    assert found.warning is None


def change(folder: Path, sql: str) -> None:
    with open_database(f"sqlite:///{folder}/nightdesk.db") as database, database.transaction() as tx:
        tx.change(sql)
