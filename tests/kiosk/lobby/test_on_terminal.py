"""A lobby on a real terminal: taps as a touchscreen sends them, until the number is in the database and on paper."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from places import EXAMPLE_FILE
from terminals import END_SECONDS, OnTerminal
from virtually import serving

TAKE, FIRST_CLINIC, NO_SIGN, NOBODY = (60, 10), (30, 12), (90, 25), (60, 25)


def config_with(folder: Path, printer: str) -> Path:
    """The example with a printer at an address, and clinics that never close."""
    written = EXAMPLE_FILE.read_text(encoding="utf-8").replace("tcp://127.0.0.1:9100", printer, 1)
    file = folder / "config.toml"
    file.write_text(written, encoding="utf-8")
    return file


def tickets(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "n.db")) as connection:
        return connection.execute("SELECT number, clinic FROM tickets ORDER BY seq").fetchall()


def walk(terminal: OnTerminal) -> None:
    """Tap from the idle page to a number."""
    terminal.shows("请人帮忙")
    terminal.forget()
    terminal.tap_until("返回", *TAKE)
    terminal.forget()
    terminal.tap_until("去急诊", *FIRST_CLINIC)
    terminal.forget()
    terminal.tap_until("残疾", *NO_SIGN)
    terminal.forget()
    terminal.tap_until("再进诊室", *NOBODY)


def test_four_taps_lead_to_a_ticket_in_the_database_and_a_slip_on_paper(tmp_path: Path) -> None:
    with serving() as server:
        config = config_with(tmp_path, server.address)
        options = ["--config", str(config), "--database", f"sqlite:///{tmp_path / 'n.db'}", "--training"]
        command = [sys.executable, "-m", "nightdesk_kiosk", *options, "run"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as services:
            try:
                with OnTerminal(tmp_path, "--config", str(config), "lobby") as terminal:
                    walk(terminal)
                    terminal.shows("请拿好", 40.0)
                    terminal.tell()
                    assert terminal.end(END_SECONDS) == 0
            finally:
                services.send_signal(signal.SIGTERM)
        assert tickets(tmp_path) == [("B001", "bone")]
        assert [slip.whole for slip in server.printer.slips] == [True]


def test_a_lobby_that_is_killed_comes_back_clean_and_shows_the_number_again_to_whoever_asks(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "lobby") as terminal:
        walk(terminal)
        terminal.tell(signal.SIGKILL)
        terminal.process.wait()
    given = tickets(tmp_path)
    with OnTerminal(tmp_path, "lobby") as terminal:
        terminal.shows("再看刚才的号")
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
    assert tickets(tmp_path) == given
    assert len(given) == 1


def test_nothing_is_lost_when_no_service_runs_and_the_patient_is_told_what_to_do(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "lobby") as terminal:
        walk(terminal)
        terminal.shows("没有小票也行", 30.0)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
    assert len(tickets(tmp_path)) == 1
