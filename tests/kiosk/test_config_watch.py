"""A config.toml that changes while the services run is told once, and never taken for what they run with."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_kiosk.background.config_watch import ConfigWatch
from nightdesk_queue.config import load

SAMPLE = Path(__file__).parents[2] / "config.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_an_unchanged_file_and_one_that_says_the_same_are_not_told(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    assert watch.look() is None
    file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert watch.look() is None


def test_a_change_is_told_once_and_so_is_its_end(file: Path) -> None:
    text, watch = file.read_text(encoding="utf-8"), ConfigWatch(file, load(file))
    file.write_text(text.replace("quota = 40", "quota = 41"), encoding="utf-8")
    told = watch.look()
    assert told is not None
    assert "restart nightdesk run" in told.en
    assert watch.look() is None
    file.write_text(text, encoding="utf-8")
    again = watch.look()
    assert again is not None
    assert "began with" in again.en


def test_a_file_that_could_not_be_started_with_names_its_fault(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    file.write_text(file.read_text(encoding="utf-8").replace("quota = 40", "quota = -4"), encoding="utf-8")
    told = watch.look()
    assert told is not None
    assert "quota" in told.en
    file.unlink()
    gone = watch.look()
    assert gone is not None
    assert "1 fault" in gone.en
