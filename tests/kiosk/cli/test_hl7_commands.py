"""The commands of hl7: a listener as a process, messages sent by hand, the journal, replays, the outbox."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from emergency import Said
from places import EXAMPLE_FILE
from processes import Process

from nightdesk_kiosk.cli import run
from nightdesk_queue.store import open_database
from nightdesk_transfers.requests import DEEDS

EVENING, NIGHT = "2026-03-02T18:30", "2026-03-02T23:30"


class Cli:
    """nightdesk with a configuration of its own, in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.config = folder / "config.toml"

    def __call__(self, *arguments: str, now: str = EVENING, status: int = 0) -> str:
        options = ["--config", str(self.config), "--lang", "en", "--now", now, *arguments]
        assert run(options) == status, self.capsys.readouterr()
        return self.capsys.readouterr().out

    def json(self, *arguments: str, now: str = EVENING, status: int = 0) -> list[dict[str, dict[str, object]]]:
        return [json.loads(line) for line in self("--json", *arguments, now=now, status=status).splitlines()]

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_bytes(text.encode())
        return str(path)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A listener in a process of its own, at a port that the test's configuration names; the log says which."""
    text = EXAMPLE_FILE.read_text(encoding="utf-8")
    config = tmp_path / "config.toml"
    log = '\n[log]\nfile = "n.log"\n'
    config.write_text(text.replace("127.0.0.1:2575", "127.0.0.1:0") + log, encoding="utf-8")
    command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(config), "--now", EVENING, "hl7", "listen"]
    with (
        open_database(f"sqlite:///{tmp_path / 'nightdesk.db'}"),
        Process(command, stderr=subprocess.PIPE) as served,
    ):
        assert served.stderr is not None
        served.stderr.readline()
        found = None
        with open_database(f"sqlite:///{tmp_path / 'nightdesk.db'}") as store, store.changes() as feed:
            while found is None:
                feed.wait(0.1)
                lines = (tmp_path / "n.log").read_text(encoding="utf-8") if (tmp_path / "n.log").exists() else ""
                found = next((line.rpartition("port=")[2] for line in lines.splitlines() if "port=" in line), None)
        yield int(found.split()[0])
        served.send_signal(signal.SIGTERM)
        assert served.wait(20) == 0


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    if not (tmp_path / "config.toml").exists():
        (tmp_path / "config.toml").write_text(EXAMPLE_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    return Cli(tmp_path, capsys)


def test_a_sample_is_sent_and_stands_in_the_journal_and_in_the_queue(port: int, cli: Cli) -> None:
    text = cli("hl7", "sample", "A02")
    assert text.startswith("MSH|")
    sent = cli("hl7", "send", cli.file("a02.hl7", text), "--to", f"127.0.0.1:{port}")
    assert "AA: done" in sent
    assert "N001" in cli("queue", "tcm-night")
    [row] = cli.json("hl7", "journal")
    assert (row["message"]["kind"], row["message"]["code"], row["message"]["told"]) == (
        "ADT^A02",
        "AA",
        "number N001 was given",
    )
    again = cli.json("hl7", "send", cli.file("a02.hl7", text), "--to", f"127.0.0.1:{port}")
    assert again[0]["answer"]["code"] == "AA"
    assert len(cli.json("hl7", "journal")) == 1


def test_a_refusal_is_explained_and_has_a_status_of_its_own(port: int, cli: Cli) -> None:
    text = Said(target="NOWHERE").text("X1")
    sent = cli("hl7", "send", cli.file("x.hl7", text), "--to", f"127.0.0.1:{port}", status=1)
    assert "AR: never taken" in sent


@pytest.mark.parametrize("event", [*DEEDS, "A40", "S12", "S13", "S14", "S15"])
def test_there_is_a_sample_of_every_message(cli: Cli, event: str) -> None:
    [row] = cli.json("hl7", "sample", event.lower())
    assert f"^{event}^" in str(row["sample"]["text"])


def kept(cli: Cli, now: str = NIGHT) -> None:
    """A transfer that was refused, in the journal."""
    from datetime import datetime

    from emergency import EmergencyRoom

    from nightdesk_queue.config import load

    with open_database(f"sqlite:///{cli.folder / 'nightdesk.db'}") as store:
        moment = datetime.fromisoformat(f"{now}:00+08:00")
        EmergencyRoom(load(cli.config), store, moment).sends(Said(name="陈^小芳"))


def test_names_are_hidden_unless_asked_for(cli: Cli) -> None:
    kept(cli)
    hidden = cli("hl7", "show", "1")
    assert "小芳" not in hidden
    assert "19940312" not in hidden
    assert "closed" in hidden
    assert "小芳" in cli("hl7", "show", "1", "--names")
    assert "***" in str(cli.json("hl7", "show", "1")[0]["message"]["content"])


def test_a_replay_shows_first_and_does_it_with_yes(cli: Cli) -> None:
    kept(cli)
    assert "AE !" in cli("hl7", "journal", "--refused")
    dry = cli("hl7", "replay", "1")
    assert "nothing was changed" in dry
    assert "N001" in dry
    assert "nobody" in cli("queue", "tcm-night")
    assert cli("hl7", "replay", "1", "--yes").strip() == "number N001 was given"
    assert cli.json("hl7", "journal")[0]["message"]["settled"] is True
    assert "N001" in cli("queue", "tcm-night")


def test_a_closed_clinic_refuses_a_replay_unless_staff_say_extra(cli: Cli) -> None:
    kept(cli)
    cli("hl7", "replay", "1", "--yes", now=NIGHT, status=1)
    assert cli("hl7", "replay", "1", "--yes", "--extra", now=NIGHT).strip() == "number N001 was given"


def test_a_refused_transfer_is_settled_once(cli: Cli) -> None:
    kept(cli)
    cli("hl7", "settle", "1")
    cli("hl7", "settle", "1", status=1)
    cli("hl7", "settle", "99", status=1)
    cli("hl7", "show", "99", status=1)
    cli("hl7", "replay", "99", status=1)


def test_empty_lists_say_so(cli: Cli) -> None:
    open_database(f"sqlite:///{cli.folder / 'nightdesk.db'}").close()
    assert "no messages" in cli("hl7", "journal")
    assert "no notices" in cli("hl7", "outbox")
    cli("hl7", "retry", "1", status=1)


def test_without_the_table_every_command_says_what_to_write(cli: Cli) -> None:
    text = cli.config.read_text(encoding="utf-8")
    cli.config.write_text(text[: text.index("[hl7]")], encoding="utf-8")
    for arguments in (["listen"], ["sample", "A02"], ["send", cli.file("x", "MSH|")], ["replay", "1"]):
        cli("hl7", *arguments, status=2)


def test_files_that_are_no_messages_and_addresses_where_nobody_listens_are_told(cli: Cli) -> None:
    cli("hl7", "send", cli.file("x", "hello"), "--to", "127.0.0.1:1", status=2)
    cli("hl7", "send", str(cli.folder / "missing"), status=2)
    cli("hl7", "send", cli.file("y", Said().text("1")), "--to", "127.0.0.1:1", status=3)
