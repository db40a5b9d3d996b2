"""nightdesk run takes over a changed config.toml without a restart, and others tell who did not."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from devices import Running
from playing import in_process, started
from terminals import OnTerminal
from waiting import until

from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_kiosk.attendance import ConfigFile
from nightdesk_queue.store import open_database, programs

CONFIG = """
[hospital]
name = { zh = "医院", en = "Hospital" }
timezone = "Asia/Shanghai"
[database]
url = "sqlite:///n.db"
[[clinic]]
id = "er"
name = { zh = "急诊", en = "ER" }
prefix = "E"
rooms = ["one"]
hours = "always"
[[room]]
id = "one"
name = { zh = "诊室一", en = "Room 1" }
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@contextmanager
def served(config: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`nightdesk run` without a terminal, and the lines it has told so far."""
    told: list[str] = []
    options = ["--config", str(config), "--lang", "en", "run"]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with started(options, text=True, **streams) as process:
        assert process.stderr is not None
        lines = process.stderr
        with Running(lambda: told.extend(iter(lines.readline, "")), Event()):
            try:
                until(lambda: any("services started" in line for line in told), what="it runs")
                yield process, told
            finally:
                process.terminate()
                process.wait(20)
    assert process.returncode == 0


def rename(config: Path, new: str) -> None:
    config.write_text(CONFIG.replace("Room 1", new), encoding="utf-8")


def running(config: Path) -> dict[str, str]:
    """Which program runs with which version of the configuration."""
    with open_database(f"sqlite:///{config.parent / 'n.db'}") as database, database.snapshot() as tx:
        return {one.id: one.version for one in programs.running(tx)}


def checked(config: Path) -> list[dict[str, Any]]:
    answer = in_process(["--config", str(config), "--lang", "en", "--json", "check"])
    return [line for line in answer.out if isinstance(line, dict) and line.get("kind") == "program"]


def test_a_changed_file_is_used_without_a_restart_and_what_screens_show_changes_with_it(config: Path) -> None:
    sign = VirtualSign("board")
    with SignServer([sign]) as server:
        display = f'[[display]]\nid = "hall"\nprotocol = "board"\nport = "{server.address}"\nclinics = ["er"]\n'
        config.write_text(CONFIG + display, encoding="utf-8")
        in_process(["--config", str(config), "issue", "er"])
        with served(config) as (_, told):
            in_process(["--config", str(config), "call", "--room", "one"])
            until(lambda: "诊室一" in str(sign.board), what="the call stands there")
            config.write_text((CONFIG + display).replace("诊室一", "诊室九"), encoding="utf-8")
            shown: list[str] = []
            until(lambda: shown.append(str(sign.board)) or "诊室九" in shown[-1], 60, "the new name stands there")
            assert all("诊室" in state for state in shown), "it never stood empty in between"
            assert any("from now on" in line for line in told)


def test_the_run_says_which_version_it_runs_with_and_a_faulty_file_changes_nothing(config: Path) -> None:
    with served(config) as (_, told):
        first = until(lambda: running(config).get("run-1"))
        rename(config, "Room 9")
        until(lambda: running(config).get("run-1") == ConfigFile(config, socket.gethostname()).version() != first)
        config.write_text("[hospital", encoding="utf-8")
        until(lambda: any("fault(s)" in line for line in told))
    assert running(config) == {}


def test_sighup_reads_the_file_at_once_and_says_so_when_nothing_has_changed(config: Path) -> None:
    with served(config) as (process, told):
        process.send_signal(signal.SIGHUP)
        until(lambda: any("runs with already" in line or "run with already" in line for line in told))
        assert process.poll() is None


def test_check_names_the_programs_that_run_with_an_earlier_configuration(config: Path, tmp_path: Path) -> None:
    with (
        served(config),
        OnTerminal(
            tmp_path, program=("-m", "nightdesk_kiosk", "--config", str(config), "--lang", "en", "console")
        ) as console,
    ):
        until(lambda: set(running(config)) == {"run-1", "console-1"})
        assert not [one for one in checked(config) if one["warning"]]
        rename(config, "Room 9")
        until(lambda: running(config)["run-1"] == ConfigFile(config, socket.gethostname()).version())
        [behind] = [one for one in checked(config) if one["warning"]]
        assert behind["id"] == "console-1"
        assert "restart" in json.dumps(behind["warning"])
        until(lambda: "has changed" in console.words, what="the console says so itself")
