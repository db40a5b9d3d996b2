"""A config.toml that changes while programs run is taken over where it can be, and told where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_kiosk.background.config_watch import Change, ConfigWatch
from nightdesk_queue.config import load

SAMPLE = Path(__file__).parents[2] / "config.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def settled(watch: ConfigWatch) -> Change | None:
    """What is found once the file is at rest: a file that has just changed may not be whole."""
    assert watch.look() is None
    return watch.look()


def test_an_unchanged_file_and_one_that_says_the_same_are_not_told(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    assert settled(watch) is None
    file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert settled(watch) is None


def test_a_change_is_found_once_when_the_file_is_at_rest(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    changed(file, "quota = 40", "quota = 41")
    found = settled(watch)
    assert found is not None
    assert found.hospital == load(file)
    assert "from now on" in found.text.en
    assert "restart" not in found.text.en
    assert watch.look() is None
    changed(file, "quota = 41", "quota = 40")
    again = settled(watch)
    assert again is not None
    assert again.hospital == load(file)


def test_what_a_process_opens_once_needs_a_restart_and_the_rest_is_taken_over(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    changed(file, "quota = 40", "quota = 41")
    file.write_text(file.read_text(encoding="utf-8") + '\n[log]\nlevel = "warning"\n', encoding="utf-8")
    found = settled(watch)
    assert found is not None
    assert found.hospital is not None
    assert "[log] needs a restart" in found.text.en
    assert "[log]" in found.text.zh


def test_a_file_that_cannot_be_used_names_its_fault_and_changes_nothing(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    changed(file, "quota = 40", "quota = -4")
    found = settled(watch)
    assert found is not None
    assert found.hospital is None
    assert "quota" in found.text.en
    file.unlink()
    gone = settled(watch)
    assert gone is not None
    assert gone.hospital is None
    assert "1 fault" in gone.text.en


def test_who_asks_is_told_at_once_also_that_nothing_has_changed(file: Path) -> None:
    watch = ConfigWatch(file, load(file))
    same = watch.look(asked=True)
    assert same is not None
    assert same.hospital is None
    assert "already" in same.text.en
    changed(file, "quota = 40", "quota = 41")
    found = watch.look(asked=True)
    assert found is not None
    assert found.hospital is not None
    assert settled(watch) is None
