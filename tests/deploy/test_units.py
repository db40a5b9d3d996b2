"""What systemd is told to start: programs, commands and kiosks that exist, brought back for as long as it takes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
from places import ROOT

from nightdesk_kiosk.cli import cli

DEPLOY = ROOT / "deploy"
SERVICES = ["nightdesk-run.service", "nightdesk-lobby@.service"]
ALL = [*SERVICES, "wayland.conf"]
ALWAYS_BACK = {"Restart": "always", "RestartSec": "1"}
SHUT = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
    "User": "nightdesk",
}


class Unit(ConfigParser):
    """A unit of systemd: keys as they are written, the last of several, nothing filled in."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, interpolation=None)
        self.read_string((DEPLOY / name).read_text(encoding="utf-8"))

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    def has(self, section: str, wanted: dict[str, str]) -> bool:
        held = dict(self[section])
        return {key: held.get(key) for key in wanted} == wanted


def started(name: str) -> list[str]:
    """The words after the program nightdesk, of the last command that a unit starts."""
    words = shlex.split(Unit(name)["Service"]["ExecStart"].replace("%i", "lobby-1"))
    program = next(word for word in words if word.endswith("/nightdesk"))
    return words[words.index(program) :]


@pytest.mark.parametrize("name", ALL)
def test_what_is_started_is_a_command_with_options_that_it_has(name: str) -> None:
    _, *words = started(name)
    with click.Context(cli) as root:
        assert words[0] == "--config"
        command = cli.get_command(root, words[2])
        assert command is not None, words
        # whatever it does not know is an error
        with command.make_context(words[2], words[3:], parent=root) as context:
            assert context.params.get("kiosk") == ("lobby-1" if words[2] == "lobby" else None)


def test_each_unit_starts_what_its_name_says() -> None:
    assert [started(name)[3] for name in ALL] == ["run", "lobby", "lobby"]


@pytest.mark.parametrize("name", ALL)
def test_the_program_lies_where_make_install_puts_it(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    prefix = re.search(r"^PREFIX \?= (\S+)$", makefile, re.MULTILINE)
    assert prefix is not None
    assert started(name)[0] == f"{prefix[1]}/current/bin/nightdesk"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_back_whatever_ends_it_and_however_often(name: str) -> None:
    unit = Unit(name)
    assert unit.has("Service", ALWAYS_BACK)
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_nobody_in_particular_and_shut_off_from_what_it_does_not_need(name: str) -> None:
    assert Unit(name).has("Service", SHUT)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_folders_of_its_own_and_tells_where_it_stood_when_it_is_ended(name: str) -> None:
    service = Unit(name)["Service"]
    folders = {key: service[key] for key in ("StateDirectory", "LogsDirectory", "CacheDirectory")}
    assert set(folders.values()) == {"nightdesk"}
    # names and telephone numbers are in there
    assert (service["StateDirectoryMode"], service["LogsDirectoryMode"]) == ("0750", "0750")
    assert "PYTHONFAULTHANDLER=1" in service["Environment"].split()
    assert "XDG_CACHE_HOME=/var/cache" in service["Environment"].split()
    assert service["StandardError"] == "journal"


def test_the_lobby_has_the_terminal_to_itself_and_is_watched() -> None:
    lobby = Unit("nightdesk-lobby@.service")
    assert lobby.has(
        "Service",
        {
            "Type": "notify",
            "WatchdogSec": "30",
            "TTYPath": "/dev/tty1",
            "StandardInput": "tty",
            "StandardOutput": "tty",
            "TTYReset": "yes",
            "TTYVHangup": "yes",
        },
    )
    assert lobby["Unit"]["Conflicts"] == "getty@tty1.service"
    assert "ProtectKernelTunables" not in lobby["Service"], "the backlight is a file below /sys"


def test_in_a_graphic_terminal_the_lobby_is_a_child_that_may_speak_and_knows_its_limit() -> None:
    service = Unit("wayland.conf")["Service"]
    assert service["NotifyAccess"] == "all"
    assert "/usr/bin/env -u WATCHDOG_PID" in service["ExecStart"]
    # no key leads to another terminal
    assert " -s " not in service["ExecStart"]


def test_the_readme_names_each_file_and_none_that_is_missing() -> None:
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"deploy/([\w@.-]+)", readme)) | set(re.findall(r"\]\(([\w@.-]+)\)", readme))
    assert {*ALL, "foot.ini"} <= named
    assert [name for name in named if not (DEPLOY / name).exists()] == []


@pytest.mark.parametrize(
    "words", re.findall(r"\bnight ([a-z]+(?: [a-z]+)?)", (DEPLOY / "README.md").read_text("utf-8"))
)
def test_the_readme_names_commands_that_exist(words: str) -> None:
    first, *rest = words.split()
    with click.Context(cli) as root:
        command = cli.get_command(root, first)
        assert command is not None
        if rest and isinstance(command, click.Group):
            assert command.get_command(root, rest[0]) is not None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    folder = tmp_path / "nightdesk-lobby@lobby-1.service.d"
    folder.mkdir()
    for name in ALL:
        text = re.sub(r"^ExecStart=/.*$", "ExecStart=/bin/true", (DEPLOY / name).read_text("utf-8"), flags=re.MULTILINE)
        place = folder if name == "wayland.conf" else tmp_path
        (place / name.replace("@.", "@lobby-1.")).write_text(text, encoding="utf-8")
    units = [str(tmp_path / name.replace("@.", "@lobby-1.")) for name in SERVICES]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    faults = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert faults == []
    assert done.returncode == 0, done.stderr
