"""`nightdesk run` as a process: it prints and paints, stops on SIGTERM, and goes on after kill -9."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from devices import FakePrinter, Line
from paper import read_paper
from waiting import until

from nightdesk_displays import boardframe
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.services import Service, Services
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.desk import Desk
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import same
from nightdesk_queue.model import By
from nightdesk_queue.store import Store, slips

CONFIG = """
[hospital]
name = {{ zh = "院", en = "H" }}
[database]
url = "sqlite:///night.db"
[[clinic]]
id = "bone"
name = {{ zh = "正骨", en = "Bone" }}
prefix = "B"
hours = "always"
rooms = ["r"]
[[room]]
id = "r"
name = {{ zh = "室", en = "R" }}
[[printer]]
id = "lobby"
device = "{printer}"
[[display]]
id = "sign"
port = "{port}"
protocol = "board"
"""
BY = By("p", "t")


class Run:
    """`nightdesk run` in a folder, started as often as the test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(self.folder / "config.toml"), "run"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def started(self) -> None:
        """Wait until it has said so: from then on it answers to SIGTERM."""
        assert self.process is not None
        assert self.process.stderr is not None
        assert self.process.stderr.readline() == "services started: printer lobby, display sign, timer\n"

    def end(self, number: signal.Signals) -> tuple[int, str]:
        assert self.process is not None
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


Setting = Callable[[str], tuple[Run, Line, Hospital, Store]]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    made: list[tuple[Run, Line, Store]] = []

    def make(printer: str) -> tuple[Run, Line, Hospital, Store]:
        line = Line(tmp_path / "tty")
        (tmp_path / "config.toml").write_text(CONFIG.format(printer=printer, port=line.path), encoding="utf-8")
        hospital = load(tmp_path / "config.toml")
        store = Store.open(f"sqlite:///{tmp_path / 'night.db'}")
        run = Run(tmp_path)
        made.append((run, line, store))
        return run, line, hospital, store

    yield make
    for run, line, store in made:
        if run.process and run.process.poll() is None:
            run.process.kill()
            run.process.communicate()
        line.pull_out()
        store.close()


def issue(hospital: Hospital, store: Store) -> str:
    return Desk(store, hospital).issue("bone", now=datetime.now(UTC), by=BY).number


def test_run_prints_and_paints_and_stops_cleanly_on_sigterm(setting: Setting) -> None:
    with FakePrinter(answer=b"\x00") as printer:
        run, line, hospital, store = setting(printer.address)
        run.start()
        number = issue(hospital, store)
        until(lambda: printer.papers, 30)
        Desk(store, hospital).call("r", now=datetime.now(UTC), by=BY)
        board = boardframe.Receiver()
        until(lambda: any(number == c.number for s, _ in board.feed(line.read()) for c in s.calls))
        run.started()
        assert run.end(signal.SIGTERM) == (0, "")


def test_killed_at_random_moments_every_slip_comes_out_once_or_as_a_marked_copy(setting: Setting) -> None:
    chance = random.Random(1)
    with FakePrinter(answer=b"\x00") as printer:
        run, _, hospital, store = setting(printer.address)
        numbers = []
        for _ in range(6):
            run.start()
            numbers += [issue(hospital, store) for _ in range(4)]
            seen = len(printer.papers)
            until(lambda seen=seen: len(printer.papers) > seen, 30)
            time.sleep(chance.uniform(0, 0.05))  # the random moment is the test, nothing is waited for
            run.end(signal.SIGKILL)
        run.start()
        run.started()
        until(lambda: not slips.waiting_by_printer(store.connection), 30)
        assert run.end(signal.SIGTERM)[0] == 0
    papers = [read_paper(paper) for paper in printer.papers if paper.endswith(b"\x1dr\x01")]
    originals = [number_on(paper.lines) for paper in papers if "COPY" not in paper.text]
    copies = [number_on(paper.lines) for paper in papers if "COPY" in paper.text]
    assert len(originals) == len(set(originals)), "nothing twice unmarked"
    assert set(originals) | set(copies) == set(numbers), "nothing lost"


def number_on(lines: list[tuple[str, int, int]]) -> str:
    return next(line.strip() for line, _, height in lines if height >= 4)


def test_a_worker_that_fails_is_reported_and_started_again(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk_kiosk.services.RESTART_SECONDS", 0.01)
    heard: list[str] = []
    services = Services(hospital.altered(display=[]), store, Clock(), lambda name, fault: heard.append(fault.code))
    tries = iter([Fault("disk_full", same("x")), ZeroDivisionError(), None])
    done = threading.Event()

    def work() -> None:
        failure = next(tries)
        if failure:
            raise failure
        done.set()
        services.stopping.wait()

    services.services = [Service("unlucky", work)]
    services.start()
    assert done.wait(10)
    assert services.stop()
    assert heard == ["disk_full", "internal"]


def test_two_runs_share_one_database_without_printing_twice(setting: Setting) -> None:
    with FakePrinter(answer=b"\x00") as printer:
        first, _, hospital, store = setting(printer.address)
        second = Run(first.folder)
        first.start()
        second.start()
        numbers = [issue(hospital, store) for _ in range(10)]
        until(lambda: not slips.waiting_by_printer(store.connection), 30)
        for run in (first, second):
            run.started()
            assert run.end(signal.SIGTERM)[0] == 0
    assert [number_on(read_paper(paper).lines) for paper in printer.papers] == numbers
    assert os.path.lexists(first.folder / "night.db.printer-lobby.lock")
