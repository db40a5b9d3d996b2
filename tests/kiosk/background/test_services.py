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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Line
from looking import devices_now, look
from virtually import serving
from waiting import until

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import display_state
from nightdesk_kiosk.background.printer_outages import ALARM_AFTER_SECONDS, PrinterOutages
from nightdesk_kiosk.background.supervisor import Service, Services
from nightdesk_kiosk.clock import Clock
from nightdesk_printers.virtual import PrinterServer
from nightdesk_queue.config import Hospital, Printer, load
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.event_data import NoPrinter
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipKind, SlipState
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, devices, open_database, slips
from nightdesk_queue.text.bilingual import same

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
text = "native"
paper_mm_a_second = 0
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
        assert self.process.stderr.readline() == "services started: printer lobby, display sign, timer, retention\n"

    def end(self, number: signal.Signals) -> tuple[int, str]:
        assert self.process is not None
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


Setting = Callable[[str], tuple[Run, Line, Hospital, Database]]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    made: list[tuple[Run, Line, Database]] = []

    def make(printer: str) -> tuple[Run, Line, Hospital, Database]:
        line = Line(tmp_path / "tty")
        (tmp_path / "config.toml").write_text(CONFIG.format(printer=printer, port=line.path), encoding="utf-8")
        hospital = load(tmp_path / "config.toml")
        store = open_database(f"sqlite:///{tmp_path / 'night.db'}")
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


def issue(hospital: Hospital, store: Database) -> str:
    return Desk(store, hospital).issue("bone", now=datetime.now(UTC), by=BY).number


def numbers_on(server: PrinterServer, *, copies: bool | None = None) -> list[str | None]:
    with server.lock:
        whole = [slip for slip in server.printer.slips if slip.whole]
    return [slip.number for slip in whole if copies is None or ("COPY" in slip.text) == copies]


def test_run_prints_and_paints_and_stops_cleanly_on_sigterm(setting: Setting) -> None:
    with serving() as printer:
        run, line, hospital, store = setting(printer.address)
        run.start()
        number = issue(hospital, store)
        until(lambda: numbers_on(printer), 30)
        Desk(store, hospital).call("r", now=datetime.now(UTC), by=BY)
        board = boardframe.Receiver()
        until(lambda: any(number == c.number for s, _ in board.feed(line.read()) for c in s.calls))
        run.started()
        assert run.end(signal.SIGTERM) == (0, "")


def test_killed_at_random_moments_every_slip_comes_out_once_or_as_a_marked_copy(setting: Setting) -> None:
    chance = random.Random(1)
    with serving() as printer:
        run, _, hospital, store = setting(printer.address)
        numbers = []
        for _ in range(6):
            run.start()
            numbers += [issue(hospital, store) for _ in range(4)]
            seen = len(numbers_on(printer))
            until(lambda seen=seen: len(numbers_on(printer)) > seen, 30)
            time.sleep(chance.uniform(0, 0.05))  # the random moment is the test, nothing is waited for
            run.end(signal.SIGKILL)
        run.start()
        run.started()
        until(lambda: not slips.waiting_by_printer(look(store)), 30)
        assert run.end(signal.SIGTERM)[0] == 0
    originals, copies = numbers_on(printer, copies=False), numbers_on(printer, copies=True)
    assert len(originals) == len(set(originals)), "nothing twice unmarked"
    assert set(originals) | set(copies) == set(numbers), "nothing lost"
    assert {job.state for job in slips.newest(look(store), 100)} == {SlipState.PRINTED}


def test_a_worker_that_fails_is_reported_and_started_again(hospital: Hospital, store: Database) -> None:
    heard: list[str] = []

    def report(name: str, fault: Fault) -> None:
        heard.append(fault.code)

    services = Services(hospital.changed(display=[]), store, Clock(), report, restart_seconds=0.01)
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
    with serving() as printer:
        first, _, hospital, store = setting(printer.address)
        second = Run(first.folder)
        first.start()
        second.start()
        numbers = [issue(hospital, store) for _ in range(10)]
        until(lambda: not slips.waiting_by_printer(look(store)), 30)
        for run in (first, second):
            run.started()
            assert run.end(signal.SIGTERM)[0] == 0
    assert numbers_on(printer) == numbers
    assert os.path.lexists(first.folder / "night.db.printer-lobby.lock")


def test_a_kiosk_without_a_printer_raises_one_alarm_and_tells_the_duty_room(
    hospital: Hospital, store: Database, evening: datetime
) -> None:
    duty = Printer(id="duty-room", device="screen:")
    lobby = Printer(id="lobby", device="tcp://h")
    bone = next(clinic for clinic in hospital.clinic if clinic.id == "bone")
    assert bone.on_call is not None
    on_call = bone.on_call.changed(display="lobby-sign")
    hospital = hospital.changed(printer=[lobby, duty], clinic=[bone.changed(on_call=on_call)], kiosk=[])
    served = store.lock(DeviceKind.PRINTER, "duty-room")
    assert served.acquire()
    now = datetime.now(UTC)
    with store.transaction() as tx:
        devices.save(tx, DeviceStatus(DeviceKind.PRINTER, "duty-room", DeviceState.READY, now, now, None))
    outages = PrinterOutages(hospital, store)
    for seconds in (0.0, ALARM_AFTER_SECONDS - 1):
        outages.look(devices_now(store, hospital), evening, seconds)
    assert open_alarms(look(store)) == []
    for seconds in (ALARM_AFTER_SECONDS, ALARM_AFTER_SECONDS + 1):
        outages.look(devices_now(store, hospital), evening, seconds)
    (alarm,) = open_alarms(look(store))
    assert (alarm.kind, alarm.station) == (EventKind.NO_PRINTER, "kiosk:lobby-1")
    (slip,) = slips.newest(look(store), 10)
    assert (slip.kind, slip.printer, slip.event) == (SlipKind.ALARM, "duty-room", alarm.seq)
    assert isinstance(alarm.data, NoPrinter)
    assert [one.id for one in alarm.data.printers] == ["lobby"]
    shown = display_state(look(store), hospital, hospital.display[0], evening)
    assert shown.pages == (), "an alarm for staff never stands on a patients' sign"
    again = PrinterOutages(hospital, store)
    again.look(devices_now(store, hospital), evening, 0.0)
    again.look(devices_now(store, hospital), evening, 100.0)
    assert len(open_alarms(look(store))) == 1, "told once, also after a restart"
    served.release()


def test_the_list_of_a_session_is_printed_once_when_it_is_over(hospital: Hospital, store: Database) -> None:
    closes = datetime(2026, 3, 2, 21, 0, tzinfo=hospital.zone)
    clinics = [clinic.changed(session_list="lobby") if clinic.sessions else clinic for clinic in hospital.clinic]
    desk = Desk(store, hospital.changed(clinic=clinics))
    days = [closes.date()]
    assert desk.print_ended_sessions(days, now=closes - timedelta(minutes=1), by=BY) == []
    printed = desk.print_ended_sessions(days, now=closes, by=BY)
    assert [(job.clinic, job.service_day) for job in printed] == [
        ("tcm-night", date(2026, 3, 2)),
        ("postpartum", date(2026, 3, 2)),
    ]
    assert desk.print_ended_sessions(days, now=closes + timedelta(hours=1), by=BY) == []
