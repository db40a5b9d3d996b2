"""More input than a person can type: nobody's wish is done, nothing is held up, and the screen works again soon."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Thread

import pytest
from places import EXAMPLE_FILE
from terminals import END_SECONDS, OnTerminal
from waiting import until

from nightdesk_kiosk.cli import run

NOW = ("--now", "2026-03-02T18:30")
MEGABYTE = 1_000_000
CONSOLE = ("console", "--clinic", "tcm-night")


def states(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "n.db")
    try:
        return [state for (state,) in connection.execute("SELECT state FROM tickets ORDER BY seq")]
    finally:
        connection.close()


def test_a_lobby_works_again_after_a_flood(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "lobby", *NOW) as terminal:
        terminal.shows("请人帮忙")
        terminal.type(b"x 1\r" * (MEGABYTE // 4))
        terminal.tap_until("返回", 60, 12)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0


@pytest.mark.parametrize("screen", ["lobby", "console", "board"])
def test_a_screen_in_a_flood_ends_when_it_is_told_to(tmp_path: Path, screen: str) -> None:
    with OnTerminal(tmp_path, screen, *NOW) as terminal:
        terminal.shows({"lobby": "请人帮忙", "console": "0 waiting", "board": "请留意叫号"}[screen])
        flood = Thread(target=terminal.type_until_it_ends, args=(b"x" * MEGABYTE,), daemon=True)
        flood.start()
        until(lambda: terminal.typed > MEGABYTE / 2, what="half of the flood")
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        terminal.stop_typing()
        flood.join()


def test_a_console_does_nothing_of_what_was_pasted_and_the_key_after_it(tmp_path: Path) -> None:
    options = ["--config", str(EXAMPLE_FILE), "--database", f"sqlite:///{tmp_path / 'n.db'}", *NOW]
    for _ in range(3):
        assert run([*options, "issue", "tcm-night"]) == 0
    with OnTerminal(tmp_path, *CONSOLE, "--room", "tcm-1", *NOW) as terminal:
        terminal.shows("3 waiting")
        terminal.type("next patient, finish, next patient, finish: n f n f n f")
        terminal.type("\x1b[200~n f n\x1b[201~")
        terminal.wait(1.0)
        assert states(tmp_path) == ["waiting"] * 3
        terminal.type("n")
        until(lambda: "called" in states(tmp_path), what="a call")
        assert states(tmp_path).count("waiting") == 2
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
