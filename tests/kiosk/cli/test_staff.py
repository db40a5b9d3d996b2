"""`nightdesk staff`: who signs in at consoles."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from commandline import Nightdesk

PINS = {"liu": "4719", "wang": "2580"}


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> object:
    def type_(line: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{line}\n".encode())))

    return type_


def test_staff_are_added_listed_changed_and_disabled(nightdesk: Nightdesk, typed: object, tmp_path: Path) -> None:
    assert callable(typed)
    nightdesk("issue", "bone")
    assert "nightdesk staff add" in nightdesk("--lang", "en", "staff", "list").out
    for short, role in (("liu", "admin"), ("wang", "doctor")):
        typed(PINS[short])
        assert nightdesk("staff", "add", short, "--name", "王医生", "--role", role, "--stdin").status == 0
    found = [json.loads(line)["staff"] for line in nightdesk("staff", "list", "--json").out.splitlines()]
    assert [(one["id"], one["role"], one["disabled"]) for one in found] == [
        ("liu", "admin", False),
        ("wang", "doctor", False),
    ]
    assert nightdesk("staff", "role", "wang", "triage").status == 0
    assert nightdesk("staff", "disable", "wang").status == 0
    assert "disabled" in nightdesk("--lang", "en", "staff", "list").out
    assert nightdesk("staff", "enable", "wang").status == 0
    typed("1357")
    assert nightdesk("staff", "pin", "wang", "--stdin").status == 0
    everything = nightdesk("events", "--json").out + nightdesk("staff", "list", "--json").out
    assert "argon2" not in everything
    assert not any(pin in everything for pin in (*PINS.values(), "1357"))


@pytest.mark.parametrize(
    ("arguments", "line", "said"),
    [
        (("add", "wang", "--role", "doctor", "--stdin"), "4719", "first member of staff has to be an admin"),
        (("add", "liu", "--role", "admin", "--stdin"), "1234", "follow one another"),
        (("add", "L x", "--role", "admin", "--stdin"), "4719", "short name"),
        (("disable", "nobody"), "", "nobody nobody among the staff"),
        (("add", "liu", "--role", "admin"), "", "--stdin"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    nightdesk: Nightdesk, typed: object, arguments: tuple[str, ...], line: str, said: str
) -> None:
    assert callable(typed)
    typed(line)
    done = nightdesk("--lang", "en", "staff", *arguments)
    assert done.status in (1, 2)
    assert said in done.err
    assert "Traceback" not in done.err
