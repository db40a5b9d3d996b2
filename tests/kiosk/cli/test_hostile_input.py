"""What nobody means: numbers that are none, names no file can have, texts of a megabyte, streams that are closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import Nightdesk
from looking import bare
from places import EXAMPLE_FILE
from processes import Process

from nightdesk_kiosk.cli import files, spreadsheets
from nightdesk_queue.config import load
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.store import open_database

LONGEST_MESSAGE = 1000


@pytest.mark.parametrize("option", ["--per-hour", "--no-show", "--examination", "--priority"])
@pytest.mark.parametrize("value", ["nan", "NaN", "-nan"])
def test_what_is_no_number_is_refused_wherever_a_number_is_asked_for(
    nightdesk: Nightdesk, option: str, value: str
) -> None:
    result = nightdesk("simulate", "--nights", "1", f"{option}={value}")
    assert result.status == 2
    assert option in result.err
    assert "unforeseen" not in result.err


@pytest.mark.parametrize(
    ("name", "status"),
    [("a%00b.db", 2), ("x" * 300 + ".db", 3), ("a/" * 3000 + "b.db", 2), ("a%00b/c.db", 2)],
    ids=["NUL", "a long name", "a long path", "NUL in a folder"],
)
def test_a_database_of_an_impossible_name_is_told_in_words(
    nightdesk: Nightdesk, tmp_path: Path, name: str, status: int
) -> None:
    result = nightdesk("--database", f"sqlite:///{tmp_path}/{name}", "queue")
    assert result.status == status
    assert "unforeseen" not in result.err
    assert len(result.err) < LONGEST_MESSAGE
    assert list(tmp_path.glob("a*")) == []


def _with_faults(tmp_path: Path, more: str) -> ConfigError:
    file = tmp_path / "config.toml"
    file.write_text(EXAMPLE_FILE.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(file)
    return error.value


@pytest.mark.parametrize(
    "more",
    [
        f'\n[[kiosk]]\nid = "k9"\nclinics = ["{"er" * 300_000}"]\n',
        f"\n[{'k' * 600_000}]\na = 1\n",
        f'\n[[room]]\nid = "zz"\nname = {{ zh = "{"长" * 200_000}", en = "x" }}\n',
        f'\n[[room]]\nid = "{"z" * 600_000}"\nname = {{ zh = "室", en = "x" }}\n',
        f'\n[[room]]\nid = "zz"\nname = {{ zh = "室", en = "x" }}\n{"q" * 600_000} = 1\n',
    ],
    ids=["an unknown id", "an unknown table", "a name", "an id", "an unknown key"],
)
def test_a_megabyte_in_the_configuration_is_a_fault_of_a_few_words(tmp_path: Path, more: str) -> None:
    for fault in _with_faults(tmp_path, more).faults:
        told = [fault.key, fault.value, fault.problem.zh, fault.problem.en, fault.fix.zh, fault.fix.en]
        assert max(map(len, told)) < LONGEST_MESSAGE


@pytest.mark.parametrize("length", [500, 501])
def test_a_name_has_at_most_five_hundred_characters(tmp_path: Path, length: int) -> None:
    file = tmp_path / "config.toml"
    room = f'\n[[room]]\nid = "zz"\nname = {{ zh = "室", en = "{"x" * length}" }}\n'
    file.write_text(EXAMPLE_FILE.read_text(encoding="utf-8") + room, encoding="utf-8")
    if length == 500:
        assert load(file).rooms["zz"].name.en == "x" * 500
    else:
        with pytest.raises(ConfigError) as error:
            load(file)
        assert [fault.key for fault in error.value.faults] == ["room[zz].name"]


@pytest.mark.parametrize("file", ["/dev/zero", "/dev/urandom"])
def test_a_configuration_that_never_ends_is_refused(file: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(Path(file))
    assert "1 MB" in error.value.faults[0].problem.en


def test_a_file_that_never_ends_is_refused(nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1_000_000)
    result = nightdesk("simulate", "--nights", "1", "--consultations", "/dev/zero")
    assert result.status == 2
    assert "larger than 1 MB" in result.err


@pytest.mark.parametrize("file", ["/dev/zero", "/dev/urandom"])
def test_a_table_that_never_ends_is_refused_before_it_is_read(nightdesk: Nightdesk, file: str) -> None:
    result = nightdesk("bookings", "import", file)
    assert result.status == 2
    assert "binary data" in result.err


def test_a_pipe_that_never_ends_is_refused_at_the_limit(
    nightdesk: Nightdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_BYTES", 1_000_000)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with Process(["/bin/sh", "-c", f"yes 'tcm-night,2026-03-02 19:00' > {pipe}"]) as writer:
        result = nightdesk("bookings", "import", str(pipe))
        writer.kill()
    assert result.status == 2
    assert "larger than 1 MB" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["issue", "er", "--name", "x" * 4097],
        ["suspend", "er", "--notice", "x" * 100_000],
        ["--config", "x" * 5000, "queue"],
        ["x" * 100_000],
        ["issue", "er", "--key", "x" * 501],
        ["voice", "test", "x" * 501, "--wav", "/dev/null"],
        ["--actor", "x" * 101, "issue", "er"],
    ],
    ids=["name", "notice", "config", "command", "key", "spoken", "actor"],
)
def test_a_text_that_is_too_long_is_refused_with_the_limit(nightdesk: Nightdesk, arguments: list[str]) -> None:
    result = nightdesk(*arguments)
    assert result.status == 2
    assert "are the most" in result.err
    assert len(result.err) < LONGEST_MESSAGE


def test_texts_of_just_the_longest_length_are_taken(nightdesk: Nightdesk) -> None:
    assert nightdesk("--actor", "a" * 100, "issue", "er", "--key", "k" * 500, "--name", "n" * 4096).status == 0


def _issued(folder: Path, redirections: str) -> subprocess.CompletedProcess[str]:
    command = (
        f"{sys.executable} -m nightdesk_kiosk --config {EXAMPLE_FILE} --database sqlite:///{folder}/n.db "
        f"issue er --json {redirections}"
    )
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)


def test_a_number_whose_output_is_closed_is_told_on_standard_error(tmp_path: Path) -> None:
    done = _issued(tmp_path, ">&-")
    assert done.returncode == 0
    assert json.loads(done.stderr)["ticket"]["number"] == "E001"
    assert done.stdout == ""


def test_with_both_streams_closed_the_number_is_still_given(tmp_path: Path) -> None:
    assert _issued(tmp_path, ">&- 2>&-").returncode == 0
    with open_database(f"sqlite:///{tmp_path}/n.db") as database:
        assert [row["number"] for row in bare(database).execute("SELECT number FROM tickets")] == ["E001"]
