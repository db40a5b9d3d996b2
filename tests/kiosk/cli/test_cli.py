"""The command line: what it prints, what it refuses, and with which exit status."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import Nightdesk
from looking import bare
from places import EXAMPLE_FILE

from nightdesk_kiosk.cli import run
from nightdesk_kiosk.cli.root import MODULES
from nightdesk_queue.store import open_database
from nightdesk_queue.store.sqlite.layout import VERSION

EXAMPLE = EXAMPLE_FILE
NOW = "2026-03-02T18:30"
TICKET_KEYS = [
    "id", "number", "clinic", "state", "lane", "priority", "level", "service_day", "arrived_at", "queued_at",
    "room", "calls", "missed", "origin", "ahead", "wait_minutes",
]  # fmt: skip


def test_issue_prints_one_ticket_with_every_promised_field(nightdesk: Nightdesk) -> None:
    result = nightdesk("--json", "issue", "tcm-night", "--name", "王芳", "--priority", "pregnant")
    ticket = result.json["ticket"]
    assert set(TICKET_KEYS) <= set(ticket)
    assert result.err == ""
    assert {key: ticket[key] for key in ("number", "clinic", "state", "lane", "priority", "level", "ahead")} == {
        "number": "N001",
        "clinic": "tcm-night",
        "state": "waiting",
        "lane": "priority",
        "priority": ["pregnant"],
        "level": 4,
        "ahead": 0,
    }
    assert ticket["service_day"] == "2026-03-02"
    assert ticket["arrived_at"] == "2026-03-02T18:30:00+08:00"
    assert ticket["wait_minutes"] == [0, 5]


def test_global_options_may_stand_on_either_side(nightdesk: Nightdesk) -> None:
    assert nightdesk("issue", "bone", "--json").json["ticket"]["number"] == "B001"


def test_the_same_key_gives_the_same_ticket(nightdesk: Nightdesk) -> None:
    first = nightdesk("--json", "issue", "bone", "--key", "a").json
    assert nightdesk("--json", "issue", "bone", "--key", "a").json == first


def test_the_whole_way_of_a_patient(nightdesk: Nightdesk) -> None:
    nightdesk("--json", "issue", "er", "--priority", "pregnant", "--level", "3")
    call = nightdesk("--json", "call", "--room", "er-1").json
    assert set(call) == {"call", "ticket"}
    assert {"number", "clinic", "room", "reason", "at"} <= set(call["call"])
    assert call["call"]["reason"] == "level"
    assert nightdesk("--json", "recall", "E001").json["ticket"]["calls"] == 2
    assert nightdesk("--json", "start", "E001").json["ticket"]["state"] == "serving"
    moved = nightdesk("--json", "transfer", "E001", "--to", "tcm-night", "--reason", "感冒").json["ticket"]
    assert (moved["number"], moved["clinic"], moved["origin"], moved["level"]) == ("E001", "tcm-night", "er", 3)
    assert nightdesk("--json", "hold", "E001").json["ticket"]["state"] == "held"
    assert nightdesk("--json", "return", "E001").json["ticket"]["lane"] == "return"
    nightdesk("--json", "call", "--room", "tcm-2", "E001")
    assert nightdesk("--json", "miss", "E001", "--at-once").json["ticket"]["missed"] == 1
    assert nightdesk("--json", "rejoin", "E001").json["ticket"]["lane"] == "missed"
    assert nightdesk("--json", "cancel", "E001").json["ticket"]["state"] == "cancelled"
    kinds = [event["kind"] for event in nightdesk("--json", "events").lines]
    assert kinds == [
        "issue", "call", "recall", "start", "transfer", "hold", "return", "call", "miss", "rejoin", "cancel",
    ]  # fmt: skip
    assert [event["seq"] for event in nightdesk("--json", "events", "--after", "9").lines] == [10, 11]


def test_queue_prints_a_line_a_clinic_in_calling_order(nightdesk: Nightdesk) -> None:
    for level in ("4", "3"):
        nightdesk("issue", "tcm-night", "--level", level)
    lines = nightdesk("--json", "queue").lines
    assert [line["clinic"] for line in lines] == ["er", "bone", "tcm-night", "postpartum", "service"]
    (line,) = nightdesk("--json", "queue", "tcm-night").lines
    assert line["open"] is True
    assert [(waiting["number"], waiting["reason"]) for waiting in line["waiting"]] == [
        ("N002", "level"),
        ("N001", "arrival"),
    ]
    assert line["called"] == line["serving"] == []
    assert nightdesk("--json", "show", "N001").json["ticket"]["ahead"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("issue", "nowhere"), "unknown_clinic"),
        (("issue", "bone", "--level", "2"), "red_flag"),
        (("show", "N099"), "unknown_ticket"),
        (("call", "--room", "tcm-1"), "nobody_waiting"),
        (("call", "--room", "cellar"), "unknown_room"),
        (("call", "--room", "tcm-1", "B001"), "wrong_room"),
        (("finish", "B001"), "wrong_state"),
        (("transfer", "B001", "--to", "tcm-night"), "not_accepted"),
    ],
)
def test_a_refusal_is_status_one_with_a_code_and_a_sentence(
    nightdesk: Nightdesk, arguments: tuple[str, ...], code: str
) -> None:
    nightdesk("issue", "bone")
    result = nightdesk("--json", *arguments)
    assert (result.status, result.out) == (1, "")
    assert result.error["code"] == code
    assert len(result.error["message"]) > 10
    plain = nightdesk(*arguments)
    assert (plain.status, plain.out) == (1, "")
    assert plain.err.startswith("refused: ")
    chinese = nightdesk("--lang", "zh", *arguments)
    assert chinese.err.startswith("未执行: ")


def test_a_closed_clinic_says_when_it_opens(nightdesk: Nightdesk) -> None:
    result = nightdesk("--json", "issue", "tcm-night", now="2026-03-02T12:00:00+08:00")
    assert (result.status, result.error["code"]) == (1, "closed")
    assert "17:30" in result.error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue",),
        ("issue", "bone", "--level", "9"),
        ("call",),
        ("dance",),
        ("issue", "bone", "--unknown"),
        ("--now", "yesterday", "queue"),
        ("--database", "oracle://x", "queue"),
    ],
)
def test_wrong_usage_is_status_two_in_one_sentence(nightdesk: Nightdesk, arguments: tuple[str, ...]) -> None:
    result = nightdesk("--json", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.error["code"] == "usage"


def test_a_faulty_configuration_is_status_two_with_every_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        EXAMPLE.read_text(encoding="utf-8")
        .replace('prefix    = "B"', 'prefix = "N"')
        .replace("quota = 20", "quota = 0"),
        encoding="utf-8",
    )
    status = run(["--config", str(path), "--json", "queue"])
    error = json.loads(capsys.readouterr().err)["error"]
    assert (status, error["code"]) == (2, "config")
    assert {fault["key"] for fault in error["faults"]} == {
        "clinic[postpartum].sessions[0].quota",
        "clinic[tcm-night].prefix",
    }
    assert all(fault["file"] == str(path) and fault["mend"] for fault in error["faults"])
    run(["--config", str(path), "queue"])
    plain = capsys.readouterr().err
    assert 'clinic[tcm-night].prefix = "N"' in plain
    assert "→" in plain


def test_an_unusable_database_is_status_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.db"
    with open_database(f"sqlite:///{path}") as store:
        bare(store).execute(f"PRAGMA user_version = {VERSION + 1}")
    status = run(["--config", str(EXAMPLE), "--database", f"sqlite:///{path}", "--json", "issue", "bone"])
    assert status == 3
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "database_newer"


@pytest.mark.parametrize("app", ["lobby", "console", "board", "demo"])
def test_a_screen_without_a_terminal_says_so(nightdesk: Nightdesk, app: str) -> None:
    result = nightdesk(app, "--json")
    if app == "demo":
        assert result.status == 0
        assert {line["clinic"] for line in result.lines} == {"tcm-night", "bone", "er"}
    else:
        assert (result.status, result.error["code"]) == (2, "no_terminal")


def test_people_get_tables_in_their_language(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "tcm-night")
    assert "waiting" in nightdesk("queue", "tcm-night").out
    chinese = nightdesk("--lang", "zh", "queue", "tcm-night").out
    assert "候诊" in chinese
    assert "waiting" not in chinese
    assert "nobody is waiting" in nightdesk("queue", "bone").out


def test_help_exists_in_both_languages(nightdesk: Nightdesk) -> None:
    assert "take a number" in nightdesk("--help").out
    assert "取一个号" in nightdesk("--lang", "zh", "--help").out
    assert "同一 key" in nightdesk("--lang", "zh", "issue", "--help").out


def test_jobs_and_displays_are_listed_as_promised(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone")
    job = nightdesk("--json", "print", "jobs").json
    assert list(job) == [
        "id",
        "number",
        "kind",
        "printer",
        "state",
        "cause",
        "attempts",
        "copy",
        "last_cause",
        "queued_at",
        "changed_at",
    ]
    assert (job["number"], job["state"], job["printer"]) == ("B001", "queued", "lobby")
    screens = nightdesk("--json", "display", "status").lines
    assert [screen["id"] for screen in screens] == ["lobby-sign", "counter-pole"]
    assert {"id", "protocol", "state", "since", "last_ok"} <= set(screens[0])
    assert screens[0]["state"] == "offline"


def test_check_tries_every_device_and_names_what_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    away = socket.socket()
    away.bind(("127.0.0.1", 0))  # bound and not listening: refuses, and nobody else gets the port
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("tcp://127.0.0.1:9100", f"tcp://127.0.0.1:{away.getsockname()[1]}")
    path = tmp_path / "config.toml"
    path.write_text(text.replace("/dev/ttyS1", str(tmp_path / "no-such-line")), encoding="utf-8")
    status = run(["--config", str(path), "--json", "check"])
    away.close()
    assert status == 3
    found = {(line["kind"], line["id"]): line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {key: line["ok"] for key, line in found.items()} == {
        ("config", str(path)): True,
        ("database", ""): True,
        ("printer", "lobby"): False,
        ("printer", "duty-room"): True,
        ("display", "lobby-sign"): False,
        ("display", "counter-pole"): False,
        ("hl7", "hl7"): True,
        ("backup", "backup"): True,
    }
    assert "cannot be opened" in found["display", "counter-pole"]["message"]


def test_an_unforeseen_error_is_a_sentence_and_not_a_traceback(
    nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk_kiosk.cli.issuing.issuing.issue_and_tell", lambda *_, **__: 1 / 0)
    result = nightdesk("--json", "issue", "bone")
    assert (result.status, result.error["code"]) == (3, "internal")
    assert "Traceback" not in result.err


def test_follow_prints_events_as_another_process_writes_them(nightdesk: Nightdesk, tmp_path: Path) -> None:
    nightdesk("issue", "bone")
    command = [sys.executable, "-m", "nightdesk_kiosk", "--json", "--config", str(EXAMPLE)]
    command += ["--database", f"sqlite:///{tmp_path}/n.db", "events", "--follow"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["number"] == "B001"
    nightdesk("issue", "bone")
    assert json.loads(process.stdout.readline())["number"] == "B002"
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize(("module", "names"), MODULES.items(), ids=str)
def test_each_module_declares_the_commands_that_are_looked_for_in_it(module: str, names: tuple[str, ...]) -> None:
    code = (
        "import sys, importlib; from nightdesk_kiosk.cli import cli; before = set(cli.commands);"
        f"importlib.import_module('nightdesk_kiosk.cli.{module}');"
        "print(*sorted(name for name, command in cli.commands.items()"
        " if (command.callback or next(iter(command.commands.values())).callback).__module__.endswith(sys.argv[1])))"
    )
    out = subprocess.run([sys.executable, "-c", code, f".{module}"], capture_output=True, text=True, check=True)
    assert out.stdout.split() == sorted(names)


def test_a_table_that_is_piped_has_a_line_for_each_ticket(
    nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    nightdesk("issue", "er", "--name", "a name of some length " * 3, "--actor", "somebody with a name of some length")
    lines = nightdesk("events").out.splitlines()
    (told,) = [line for line in lines if "E001" in line]
    assert "somebody with a name of some length" in told
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, nightdesk("events").out.splitlines())) <= 60


def test_a_ticket_tells_when_its_consultation_began_and_ended(nightdesk: Nightdesk) -> None:
    ticket = nightdesk("--json", "issue", "er").json["ticket"]
    assert (ticket["started_at"], ticket["ended_at"]) == (None, None)
    nightdesk("call", "--room", "er-1")
    assert nightdesk("--json", "start", "E001").json["ticket"]["started_at"].startswith("2026-03-02T18:30")
    assert nightdesk("--json", "finish", "E001").json["ticket"]["ended_at"].startswith("2026-03-02T18:30")
