"""The command line on a database of a server: make it, copy into it and back, restore, share the configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from engines import another_database, server_url
from places import EXAMPLE_FILE

from nightdesk_kiosk.cli import run

pytestmark = pytest.mark.postgres
Say = Callable[..., str]


@pytest.fixture
def server() -> Iterator[str]:
    with another_database() as url:
        yield url


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command on a machine, which has a folder of its own; return what it said."""

    def told(*arguments: str, machine: str = "desk", status: int = 0) -> str:
        folder = tmp_path / machine
        if not folder.exists():
            folder.mkdir()
            (folder / "config.toml").write_text(EXAMPLE_FILE.read_text(encoding="utf-8"), encoding="utf-8")
        options = ["--config", str(folder / "config.toml"), "--machine", machine, "--lang", "en"]
        ended = run([*options, "--now", "2026-03-02T18:30:00+08:00", *arguments])
        said = capsys.readouterr()
        assert ended == status, said
        return said.out if status == 0 else said.err + said.out

    return told


def test_a_role_a_database_and_its_tables_are_made_once(say: Say, tmp_path: Path) -> None:
    name = f"made_{uuid4().hex}"
    url = server_url(name).replace("nightdesk@", f"{name}@")
    (tmp_path / "secret").write_text("geheim-geheim\n")
    password = ["--role-password-file", str(tmp_path / "secret")]
    made = json.loads(say("--json", "database", "create", url, "--admin", server_url("postgres"), *password))
    assert made["created"]["made"] == ["role", "database", "tables"]
    again = say("database", "create", url, "--admin", server_url("postgres"))
    assert "made: none" in again
    with psycopg.connect(server_url("postgres")) as owner:
        (kept,) = owner.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (name,)).fetchone() or ("",)
    assert str(kept).startswith("SCRAM-SHA-256$")
    assert "N001" in say("--database", url, "issue", "tcm-night")


def test_a_file_moves_to_a_server_and_back_and_numbers_go_on(say: Say, server: str, tmp_path: Path) -> None:
    file, back = f"sqlite:///{tmp_path}/file.db", f"sqlite:///{tmp_path}/back.db"
    say("--database", file, "issue", "bone", "--name", "王芳")
    say("--database", file, "issue", "bone")
    said = say("--json", "database", "copy", file, server)
    assert json.loads(said)["copied"]["rows"]["tickets"] == 2
    assert "B003" in say("--database", server, "issue", "bone")
    say("--database", server, "call", "--room", "bone-1")
    said = say("database", "copy", server, file, status=3)
    assert "not empty" in said
    said = say("database", "copy", server, back)
    assert "verified" in said
    assert "B004" in say("--database", back, "issue", "bone")
    shown = json.loads(say("--database", back, "--json", "show", "B001"))
    assert shown["ticket"]["name"] == "王芳"
    assert shown["ticket"]["state"] == "called"


def test_the_status_says_who_is_connected_and_a_restore_needs_them_away(say: Say, server: str, tmp_path: Path) -> None:
    say("--database", server, "issue", "bone")
    form = json.loads(say("--database", server, "--json", "database", "status"))["database"]
    assert form["engine"].startswith("PostgreSQL")
    assert form["connected"] == [{"machine": "desk", "connections": 1}]
    assert "connected: desk" in say("--database", server, "database", "status")
    say("--database", server, "database", "backup", "--portable", str(tmp_path / "b"))
    [made] = (tmp_path / "b").glob("*.db")
    say("--database", server, "issue", "bone")
    kept = json.loads(say("--database", server, "--json", "database", "restore", str(made)))["restored"]["kept"]
    assert kept.startswith("nightdesk_before_")
    assert "B002" in say("--database", server, "issue", "bone"), "the number after the backup is given anew"


def test_a_machine_pushes_what_another_pulls(say: Say, server: str, tmp_path: Path) -> None:
    on = ["--database", server]
    say(*on, "issue", "bone")
    assert "no configuration is shared" in say(*on, "config", "diff", status=1)
    say(*on, "config", "push")
    assert "do not differ" in say(*on, "config", "diff")
    say(*on, "config", "diff", machine="lobby")
    file = tmp_path / "lobby" / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("quota = 40", "quota = 41"), encoding="utf-8")
    told = [json.loads(line) for line in say(*on, "--json", "config", "diff", machine="lobby", status=1).splitlines()]
    assert [one["key"] for one in told] == ["clinic[tcm-night].sessions"]
    checked = say(*on, "--json", "check", machine="lobby", status=3)
    warning = next(one for one in map(json.loads, checked.splitlines()) if one.get("kind") == "machine")
    assert "clinic[tcm-night].sessions" in warning["warning"]
    say(*on, "config", "pull", machine="lobby")
    assert "quota = 40" in file.read_text(encoding="utf-8")
    assert "quota = 41" in (tmp_path / "lobby" / "config.toml.before-pull").read_text(encoding="utf-8")


def test_what_is_one_machines_own_goes_into_its_own_file(say: Say, server: str, tmp_path: Path) -> None:
    say("--database", server, "config", "push")
    say("--database", server, "config", "diff", machine="lobby")
    file = tmp_path / "lobby" / "config.toml"
    own = file.read_text(encoding="utf-8").replace('url = "sqlite:///nightdesk.db"', f'url = "{server}"')
    file.write_text(own, encoding="utf-8")
    assert "machine.toml" in say("config", "pull", machine="lobby", status=1)
    (tmp_path / "lobby" / "machine.toml").write_text(f'[machine]\nname = "other"\n[database]\nurl = "{server}"\n')
    file.write_text(own.replace(server, "sqlite:///nightdesk.db"), encoding="utf-8")
    say("config", "pull", machine="lobby")
    assert "N001" in say("issue", "tcm-night", machine="lobby")
    assert json.loads(say("--database", server, "--json", "show", "N001"))["ticket"]["number"] == "N001"


def test_a_faulty_own_file_is_told_with_its_key(say: Say, tmp_path: Path) -> None:
    say("issue", "bone")
    (tmp_path / "desk" / "machine.toml").write_text('[machine]\nnam = "x"\n')
    said = say("issue", "bone", status=2)
    assert "machine.toml" in said
    assert "machine.nam" in said
