"""Every screen ends within two seconds of being told to, or of losing its terminal, whatever it is doing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from terminals import END_SECONDS, OnTerminal
from waiting import until

COMMANDS = {"lobby": ("lobby",), "console": ("console", "--clinic", "tcm-night"), "board": ("board",)}
FIRST_WORDS = {"lobby": "请人帮忙", "console": "0 waiting", "board": "请留意叫号"}
NOW = ("--now", "2026-03-02T18:30")
RACES = [(tuple(COMMANDS)[number % 3], number / 50) for number in range(10)]

BUSY = """
import sys, time
from nightdesk_kiosk.widgets.app import NightApp
class Busy(NightApp):
    def on_mount(self):
        self.set_timer(0.1, self.work)
    def work(self):
        self._driver.write("busy now")
        time.sleep(3600)
sys.exit(Busy().run_to_end())
"""
"""An app whose main thread answers nothing."""
TALKATIVE = """
import sys
from nightdesk_kiosk.widgets.app import NightApp
class Talkative(NightApp):
    def on_mount(self):
        self.set_interval(0.01, lambda: self._driver.write("words " * 4000))
sys.exit(Talkative().run_to_end())
"""
"""An app that fills its terminal, should nobody read what it writes."""
HANGING = """
import sys, time
from textual import work
from nightdesk_kiosk.widgets.app import NightApp
class Hanging(NightApp):
    def on_mount(self):
        self.wait()
    @work(thread=True)
    def wait(self):
        self._driver.write("busy now")
        time.sleep(3600)
sys.exit(Hanging().run_to_end())
"""
"""An app with a thread that does not come back."""


def given_back(terminal: OnTerminal) -> None:
    """The terminal is as it was: no alternate screen, a cursor, no mouse, lines and echo."""
    for end in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[<u"):
        until(lambda end=end: end in terminal.output, what=repr(end))
    assert terminal.attributes() == terminal.before


@pytest.mark.parametrize(("screen", "delay"), RACES)
def test_a_screen_whose_terminal_goes_away_as_it_begins_ends(tmp_path: Path, screen: str, delay: float) -> None:
    with OnTerminal(tmp_path, *COMMANDS[screen]) as terminal:
        terminal.began()
        terminal.wait(delay)
        terminal.hang_up()
        assert terminal.end(END_SECONDS) == 0


@pytest.mark.parametrize(("screen", "delay"), RACES[::2])
def test_a_screen_that_begins_ends_when_it_is_told_to(tmp_path: Path, screen: str, delay: float) -> None:
    with OnTerminal(tmp_path, *COMMANDS[screen]) as terminal:
        terminal.began()
        terminal.wait(delay)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        given_back(terminal)


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2, 0.3])
def test_a_process_that_has_not_drawn_anything_ends_when_it_is_told_to(tmp_path: Path, delay: float) -> None:
    with OnTerminal(tmp_path, "lobby") as terminal:
        terminal.wait(delay)
        terminal.tell()
        # before there is a screen the system itself ends it
        assert terminal.end(END_SECONDS) in (0, -signal.SIGTERM)
        assert terminal.attributes() == terminal.before


@pytest.mark.parametrize("screen", COMMANDS)
@pytest.mark.parametrize("session", [True, False])
def test_a_screen_that_is_up_ends_with_its_terminal(tmp_path: Path, screen: str, session: bool) -> None:
    # without a session of its own there is no SIGHUP: the terminal itself tells
    with OnTerminal(tmp_path, *COMMANDS[screen], *NOW, session=session) as terminal:
        terminal.shows(FIRST_WORDS[screen])
        terminal.hang_up()
        assert terminal.end(END_SECONDS) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_console_with_an_open_question_ends_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with OnTerminal(tmp_path, *COMMANDS["console"], *NOW) as terminal:
        terminal.shows(FIRST_WORDS["console"])
        terminal.type("c")
        terminal.shows("1  ")
        terminal.tell(number)
        assert terminal.end(END_SECONDS) == 0
        given_back(terminal)


def test_a_console_with_an_open_question_ends_with_its_terminal(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, *COMMANDS["console"], *NOW) as terminal:
        terminal.shows(FIRST_WORDS["console"])
        terminal.type("p")
        terminal.shows("Test page")
        terminal.hang_up()
        assert terminal.end(END_SECONDS) == 0


@pytest.mark.parametrize("code", [BUSY, HANGING], ids=["busy", "hanging"])
def test_an_app_that_is_held_up_is_ended_and_the_terminal_given_back(tmp_path: Path, code: str) -> None:
    with OnTerminal(tmp_path, program=("-c", code)) as terminal:
        terminal.shows("busy now")
        assert terminal.attributes() != terminal.before
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        given_back(terminal)


def test_an_app_that_is_held_up_ends_with_its_terminal(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, program=("-c", BUSY), session=False) as terminal:
        terminal.shows("busy now")
        terminal.hang_up()
        assert terminal.end(END_SECONDS) == 0


def test_an_app_whose_terminal_takes_no_output_ends(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, program=("-c", TALKATIVE)) as terminal:
        terminal.shows("words words")
        terminal.stop_reading()
        until(terminal.waits_in_write, what="a full terminal")
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        assert terminal.attributes() == terminal.before
        terminal.read_on()
        until(lambda: b"\x1b[?1049l" in terminal.output, what="the end of the alternate screen")


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.06, 0.1, 0.5])
def test_a_screen_that_was_stopped_goes_on_and_ends(tmp_path: Path, delay: float) -> None:
    with OnTerminal(tmp_path, *COMMANDS["board"], *NOW) as terminal:
        terminal.shows(FIRST_WORDS["board"])
        terminal.wait(delay)
        terminal.tell(signal.SIGTSTP)
        until(lambda: terminal.state() == "T", what="a stopped process")
        given_back(terminal)
        goes_on(terminal)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        given_back(terminal)


def test_a_screen_that_was_stopped_unasked_goes_on_and_ends(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, *COMMANDS["board"], *NOW) as terminal:
        terminal.shows(FIRST_WORDS["board"])
        terminal.tell(signal.SIGSTOP)
        until(lambda: terminal.state() == "T", what="a stopped process")
        goes_on(terminal)
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        given_back(terminal)


def goes_on(terminal: OnTerminal) -> None:
    """Continue the process, and see the screen again."""
    terminal.forget()
    terminal.tell(signal.SIGCONT)
    terminal.shows(FIRST_WORDS["board"])
    assert terminal.attributes() != terminal.before
    terminal.forget()


@pytest.mark.parametrize("where", ["file", "nowhere", "closed"])
def test_a_screen_is_drawn_on_the_terminal_wherever_errors_go(tmp_path: Path, where: str) -> None:
    log = tmp_path / "log"
    with log.open("wb") if where == "file" else Path(os.devnull).open("wb") as err:  # noqa: SIM117
        with OnTerminal(tmp_path, *COMMANDS["lobby"], *NOW, err=err, close_err=where == "closed") as terminal:
            terminal.shows(FIRST_WORDS["lobby"])
            terminal.tap_until("返回", 60, 12)
            # a closed stream's place is not left to the next file that is opened
            assert where == "file" or Path(f"/proc/{terminal.process.pid}/fd/2").resolve() == Path(os.devnull)
            terminal.tell()
            assert terminal.end(END_SECONDS) == 0
            given_back(terminal)
    assert where != "file" or log.read_bytes() == b""
