"""A lobby on a real terminal: taps as a touchscreen sends them, until the number is in the database and on paper."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from places import EXAMPLE_FILE
from processes import Process
from terminals import END_SECONDS, OnTerminal
from virtually import serving
from waiting import until

SIZE = {"COLUMNS": "120", "LINES": "33"}
"""Whatever the size of the terminal is in which the tests run."""
TAKE, FIRST_CLINIC, NO_SIGN, NOBODY = (60, 10), (30, 12), (90, 25), (60, 25)


def config_with(folder: Path, printer: str) -> Path:
    """The example with a printer at an address, and clinics that never close."""
    written = EXAMPLE_FILE.read_text(encoding="utf-8").replace("tcp://127.0.0.1:9100", printer, 1)
    # several tests run at once, each with a port of its own
    written = written.replace("127.0.0.1:2575", "127.0.0.1:0")
    file = folder / "config.toml"
    file.write_text(written, encoding="utf-8")
    return file


def tickets(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "n.db")) as connection:
        return connection.execute("SELECT number, clinic FROM tickets ORDER BY seq").fetchall()


def walk(terminal: OnTerminal) -> None:
    """Tap from the idle page to a number."""
    terminal.shows("请人帮忙")
    tap_for(terminal, TAKE, "返回")
    tap_for(terminal, FIRST_CLINIC, "去急诊")
    # a machine that is busy may show the page after the next one at once
    tap_for(terminal, NO_SIGN, "残疾", "再进诊室")
    tap_for(terminal, NOBODY, "再进诊室")


def tap_for(terminal: OnTerminal, place: tuple[int, int], *words: str) -> None:
    """Tap until any of some words are shown; slowly, since a second tap near the first is no new one for a while."""
    deadline = time.monotonic() + 60
    while not any(one in terminal.words for one in words):
        assert time.monotonic() < deadline, terminal.words[-1500:]
        terminal.tap(*place)
        with suppress(AssertionError):
            until(lambda: any(one in terminal.words for one in words), 2.5)


def test_four_taps_lead_to_a_ticket_in_the_database_and_a_slip_on_paper(tmp_path: Path) -> None:
    with serving() as server:
        config = config_with(tmp_path, server.address)
        options = ["--config", str(config), "--database", f"sqlite:///{tmp_path / 'n.db'}", "--training"]
        command = [sys.executable, "-m", "nightdesk_kiosk", *options, "run"]
        with Process(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as services:
            try:
                with OnTerminal(tmp_path, "--config", str(config), "lobby", env=SIZE) as terminal:
                    walk(terminal)
                    terminal.shows("请拿好", 40.0)
                    terminal.tell()
                    assert terminal.end(END_SECONDS) == 0
            finally:
                services.send_signal(signal.SIGTERM)
                services.wait(20)
        assert tickets(tmp_path) == [("B001", "bone")]
        assert [slip.whole for slip in server.printer.slips] == [True]


def test_a_lobby_that_is_killed_comes_back_clean_and_shows_the_number_again_to_whoever_asks(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "lobby", env=SIZE) as terminal:
        walk(terminal)
        terminal.tell(signal.SIGKILL)
        terminal.process.wait()
    given = tickets(tmp_path)
    with OnTerminal(tmp_path, "lobby", env=SIZE) as terminal:
        terminal.shows("再看刚才的号")
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
    assert tickets(tmp_path) == given
    assert len(given) == 1


def test_nothing_is_lost_when_no_service_runs_and_the_patient_is_told_what_to_do(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "lobby", env=SIZE) as terminal:
        walk(terminal)
        terminal.shows("没有小票也行", 30.0)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
    assert len(tickets(tmp_path)) == 1
