"""The commands about kiosks: listed, suspended, dimmed, and the PIN of their service menu."""

from __future__ import annotations

import sys
import termios
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from commandline import Nightdesk
from looking import look
from terminals import OnTerminal
from waiting import until

from nightdesk_queue.commands.pin_hashing import is_pin
from nightdesk_queue.domain.pins import SERVICE
from nightdesk_queue.store import open_database, pins

AS_IT_COMES = {
    "id": "lobby-1",
    "printer": "lobby",
    "clinics": ["bone", "tcm-night", "postpartum", "service"],
    "suspended": False,
    "theme": "auto",
    "day_percent": 100,
    "night_percent": 60,
}


def type_in(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(line)))


def is_set(folder: Path, pin: str) -> bool:
    with open_database(f"sqlite:///{folder}/n.db") as database:
        kept = pins.in_force(look(database), SERVICE.id)
    return kept is not None and is_pin(pin, kept.hash)


def test_kiosks_are_listed_with_printer_clinics_and_how_they_are_set_up(
    nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert nightdesk("--json", "kiosk", "list").json == {"kiosk": AS_IT_COMES}
    shown = nightdesk("kiosk", "list").out
    assert "lobby-1" in shown
    assert "in use" in shown
    assert "bone, tcm-night, postpartum, service" in shown
    assert "使用中" in nightdesk("--lang", "zh", "kiosk", "list").out


def test_a_kiosk_is_suspended_and_resumed_and_numbers_follow(nightdesk: Nightdesk) -> None:
    assert nightdesk("--json", "kiosk", "suspend", "lobby-1").json["kiosk"]["suspended"] is True
    assert "suspended" in nightdesk("kiosk", "list").out
    refused = nightdesk("--json", "issue", "bone", "--kiosk", "lobby-1")
    assert (refused.status, refused.error["code"]) == (1, "kiosk_suspended")
    assert nightdesk("--json", "issue", "bone").status == 0
    assert nightdesk("--json", "kiosk", "resume", "lobby-1").json["kiosk"]["suspended"] is False
    assert nightdesk("--json", "issue", "bone", "--kiosk", "lobby-1").status == 0
    found = [event["kind"] for event in nightdesk("--json", "events").lines if event["target"] == "lobby-1"]
    assert found == ["kiosk_suspend", "kiosk_resume"]


def test_of_a_look_only_what_is_named_changes(nightdesk: Nightdesk) -> None:
    look_at = ("--json", "kiosk", "look", "lobby-1")
    assert nightdesk(*look_at, "--theme", "night").json["kiosk"] == AS_IT_COMES | {"theme": "night"}
    assert nightdesk(*look_at, "--night", "15").json["kiosk"] == AS_IT_COMES | {"theme": "night", "night_percent": 15}
    changed = nightdesk(*look_at, "--day", "90").json["kiosk"]
    assert changed == AS_IT_COMES | {"theme": "night", "night_percent": 15, "day_percent": 90}
    assert nightdesk(*look_at).json["kiosk"] == changed
    events = nightdesk("--json", "events").lines
    assert [event["data"] for event in events if event["kind"] == "kiosk_look"][-1] == {
        "theme": "night",
        "day_percent": 90,
        "night_percent": 15,
    }
    assert len(events) == 3


@pytest.mark.parametrize("wrong", [("--day", "9"), ("--night", "101"), ("--theme", "dusk"), ("--day", "bright")])
def test_a_look_that_nobody_could_see_is_wrong_usage(nightdesk: Nightdesk, wrong: tuple[str, str]) -> None:
    assert nightdesk("--json", "kiosk", "look", "lobby-1", *wrong).status == 2


@pytest.mark.parametrize("words", ["suspend", "resume", "look"])
def test_a_kiosk_that_is_not_configured_is_refused(nightdesk: Nightdesk, words: str) -> None:
    refused = nightdesk("--json", "kiosk", words, "cellar")
    assert (refused.status, refused.error["code"]) == (1, "unknown_kiosk")


@pytest.mark.parametrize("line", [b"4711\n", b"4711", b"4711\r\nand more", "４７１１\n".encode()])
def test_the_pin_is_read_from_a_line_of_standard_input(
    nightdesk: Nightdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    type_in(monkeypatch, line)
    assert nightdesk("--json", "kiosk", "pin", "--stdin").json == {"kiosk": {"pin_set": True}}
    assert is_set(tmp_path, "4711")
    (event,) = nightdesk("--json", "events").lines
    assert event["kind"] == "kiosk_pin"
    assert "4711" not in str(event["data"]) + str(event["reason"]) + str(event["after"])


@pytest.mark.parametrize("line", [b"", b"\n", b"1234\n", b"0000\n", b"47\xff11\n", b"4711" * 100])
def test_a_weak_pin_is_refused_and_the_old_one_stays(
    nightdesk: Nightdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    type_in(monkeypatch, b"4711\n")
    assert nightdesk("kiosk", "pin", "--stdin").status == 0
    type_in(monkeypatch, line)
    refused = nightdesk("--json", "kiosk", "pin", "--stdin")
    assert (refused.status, refused.error["code"]) == (1, "weak_pin")
    assert is_set(tmp_path, "4711")


def test_a_pin_is_never_an_argument(nightdesk: Nightdesk) -> None:
    assert nightdesk("kiosk", "pin", "4711").status == 2


def test_without_a_terminal_the_way_by_standard_input_is_named(
    nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, b"4711\n")
    refused = nightdesk("kiosk", "pin")
    assert refused.status == 2
    assert "--stdin" in refused.err


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        (["4711\n", "4711\n"], 0, "the service PIN is set"),
        (["4711\n", "４７１１\n"], 0, "the service PIN is set"),
        (["4711\n", "2580\n"], 2, "not the same"),
        (["5678\n"], 1, "follow one another"),
        (["\x03"], 130, ""),
        (["4711\n", "\x04"], 130, ""),
    ],
)
def test_at_a_terminal_the_pin_is_asked_for_twice_and_not_shown(
    tmp_path: Path, typed: list[str], status: int, told: str
) -> None:
    with OnTerminal(tmp_path, "kiosk", "pin") as terminal:
        for prompt, line in zip(("New PIN", "Once more"), typed, strict=False):
            terminal.shows(prompt)
            until(lambda: not terminal.attributes()[3] & termios.ECHO, what="a silent terminal")
            terminal.type(line)
        assert terminal.end(20) == status, terminal.words
        until(lambda: told in terminal.words, what=told)
        assert not any(line.strip() in terminal.words for line in typed if len(line) > 1)
    assert not (tmp_path / "n.db").exists() or is_set(tmp_path, "4711") is (status == 0)
