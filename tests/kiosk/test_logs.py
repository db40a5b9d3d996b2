"""The log: one line a fact, files that are renewed, and never a name."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from waiting import until

from nightdesk_kiosk import logs
from nightdesk_kiosk.background.night_log import NightLog
from nightdesk_kiosk.background.supervisor import Service, Services
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.logs import SharedFile, fact, start_log, stop_log
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.config import Hospital, LogTable
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.text.bilingual import same


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    stop_log()


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_fact_is_one_line_with_time_process_level_and_ids(tmp_path: Path) -> None:
    start_log("run", LogTable(file="n.log"), tmp_path)
    fact(logging.INFO, "slip failed", event=91, ticket="ABC", printer=None, cause="two\nlines \x1b[2J")
    [line] = lines(tmp_path / "n.log")
    moment, process, level, *rest = line.split(" ", 3)
    assert datetime.fromisoformat(moment).tzinfo is not None
    assert process.startswith("run[")
    assert level == "INFO"
    assert rest == ['slip failed, event=91 ticket=ABC cause="two\\nlines \\u001b[2J"']


def test_the_level_decides_what_is_written_and_verbose_writes_all(tmp_path: Path) -> None:
    for verbose, told in ((False, ["loud"]), (True, ["quiet", "loud"])):
        path = tmp_path / f"{verbose}.log"
        start_log("run", LogTable(file=path.name, level="warning"), tmp_path, verbose=verbose)
        fact(logging.DEBUG, "quiet")
        fact(logging.WARNING, "loud")
        assert [line.rsplit(" ", 1)[1] for line in lines(path)] == told


def test_a_file_that_is_full_is_renewed_and_so_many_old_ones_are_kept(tmp_path: Path) -> None:
    start_log("run", LogTable(file="n.log", size=1000, count=2), tmp_path)
    for number in range(100):
        fact(logging.INFO, "counted", n=number)
    assert sorted(path.name for path in tmp_path.glob("n.log*")) == ["n.log", "n.log.1", "n.log.2", "n.log.lock"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.glob("n.log*"))
    assert lines(tmp_path / "n.log")[-1].endswith("n=99")


def test_several_writers_renew_one_file_and_lose_no_line(tmp_path: Path) -> None:
    writers = [SharedFile(tmp_path / "n.log", maxBytes=500, backupCount=50, encoding="utf-8") for _ in range(2)]
    for number in range(200):
        writers[number % 2].emit(logging.makeLogRecord({"msg": f"line {number}", "levelno": 20}))
    for writer in writers:
        writer.close()
    files = [path for path in tmp_path.glob("n.log*") if path.suffix != ".lock"]
    assert len(files) > 1
    assert sorted(int(line.split()[1]) for path in files for line in lines(path)) == list(range(200))


def test_the_journal_gets_its_marks_and_no_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    start_log("run")
    fact(logging.WARNING, "printer away", device="lobby")
    fact(logging.INFO, "below the level")
    err = capsys.readouterr().err
    assert err.startswith("<4>run[")
    assert err.endswith("] WARNING printer away, device=lobby\n")


def test_a_screen_writes_nothing_into_its_picture(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(logs.sys.stderr, "isatty", lambda: True)
    start_log("lobby", verbose=True, screen=True)
    fact(logging.ERROR, "unseen")
    assert capsys.readouterr() == ("", "")
    start_log("lobby", LogTable(file="n.log"), tmp_path, screen=True)
    fact(logging.INFO, "written")
    assert len(lines(tmp_path / "n.log")) == 1
    assert capsys.readouterr() == ("", "")


def test_a_file_that_cannot_be_opened_ends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_log("run", LogTable(file="no/such/folder/n.log"), tmp_path)
    fact(logging.INFO, "told elsewhere")
    assert "told elsewhere" in capsys.readouterr().err


# the night ------------------------------------------------------------------------------------------------------

EVENING = datetime.fromisoformat("2026-03-02T18:30:00+08:00")


def night_log(database: Database, folder: Path, level: str = "debug") -> NightLog:
    start_log("run", LogTable.read({"file": "n.log", "level": level}), folder)
    night = NightLog(database, threading.Event())
    night.look()
    return night


def test_each_event_is_one_line_with_its_ids(desk: Desk, store: Database, tmp_path: Path, nurse: By) -> None:
    before = desk.issue("er", now=EVENING, by=nurse)
    night = night_log(store, tmp_path)
    ticket = desk.issue("er", now=EVENING, by=nurse)
    desk.alarm(EventKind.HELP, now=EVENING, by=By.at_kiosk("lobby-1"))
    night.look()
    night.look()
    issued, alarm = lines(tmp_path / "n.log")
    assert f"INFO issue, event=2 ticket={ticket.id} number={ticket.number} clinic=er station=console" in issued
    assert "WARNING help, event=3" in alarm
    assert before.id not in issued + alarm


def test_a_device_is_told_of_when_it_changes(store: Database, hospital: Hospital, tmp_path: Path) -> None:
    night = night_log(store, tmp_path)
    reporter = DeviceReporter(DeviceKind.PRINTER, "lobby", store, hospital)
    for found in (Found(DeviceState.READY, ok=True), Found(DeviceState.STOPPED, cause="paper_out")):
        for _ in range(2):
            reporter.report(found, EVENING)
            night.look()
    reporter.report(Found(DeviceState.OFFLINE, cause="ValueError: 王 小明"), EVENING)
    night.look()
    assert [line.split("] ")[1] for line in lines(tmp_path / "n.log")] == [
        "INFO device state, kind=printer device=lobby state=ready",
        "WARNING device state, kind=printer device=lobby state=stopped cause=paper_out",
        "WARNING device state, kind=printer device=lobby state=offline cause=other",
    ]


def test_a_database_that_goes_and_comes_back_is_told_of_once(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    with open_database(f"sqlite:///{path}") as database:
        start_log("run", LogTable(file="n.log"), tmp_path)
        stop = threading.Event()
        thread = threading.Thread(target=NightLog(database, stop, again_seconds=0.02).run)
        thread.start()
        path.rename(tmp_path / "gone.db")
        until(lambda: (tmp_path / "n.log").exists() and "database away" in lines(tmp_path / "n.log")[-1])
        (tmp_path / "gone.db").rename(path)
        until(lambda: "database back" in lines(tmp_path / "n.log")[-1])
        stop.set()
        thread.join()
    assert len(lines(tmp_path / "n.log")) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text("王李张欧阳赵钱孙", min_size=3, max_size=8), reason=st.text("胸痛头晕出血", min_size=3, max_size=9))
def test_no_name_telephone_number_or_typed_text_is_ever_in_the_log(
    name: str, reason: str, desk: Desk, store: Database, tmp_path: Path
) -> None:
    night = night_log(store, tmp_path)
    who = By("护士周小红", "console")
    ticket, _ = desk.issue_and_tell("er", Applicant(name=name), now=EVENING, by=who)
    desk.hold(ticket.id, to=reason, now=EVENING, by=who)
    desk.return_(ticket.id, now=EVENING, by=who)
    desk.transfer(ticket.id, to="bone", reason=reason, now=EVENING, by=who)
    desk.suspend("service", notice=reason, now=EVENING, by=who)
    desk.expect("bone", name=name, phone="13912347777", now=EVENING, by=who)
    desk.cancel(ticket.id, reason=reason, now=EVENING, by=who)
    night.look()
    log = (tmp_path / "n.log").read_text(encoding="utf-8")
    assert ticket.id in log
    assert log.isascii()
    # the number of this process stands there, too, and it may be any
    assert "7777" not in log.replace(ticket.id, "").replace(f"run[{os.getpid()}]", "")


def test_services_that_start_fail_and_stop_are_told_of(store: Database, hospital: Hospital, tmp_path: Path) -> None:
    def fail() -> None:
        raise Fault("database_io", same("王小明"))

    start_log("run", LogTable(file="n.log"), tmp_path)
    services = Services(hospital, store, Clock(EVENING, 0.0), lambda *_: None)
    services.services = [Service("printer lobby", fail)]
    services.start()
    written = tmp_path / "n.log"
    until(lambda: written.exists() and "service failed" in written.read_text(encoding="utf-8"))
    services.stop()
    log = written.read_text(encoding="utf-8")
    assert 'INFO service started, service="printer lobby"' in log
    assert 'ERROR service failed, service="printer lobby" cause=database_io' in log
    assert 'INFO service stopped, service="printer lobby"' in log
    assert "王小明" not in log


def test_settings_open_the_log_of_the_configuration(tmp_path: Path) -> None:
    source = (Path(__file__).parents[1] / "data" / "config.example.toml").read_text(encoding="utf-8")
    (tmp_path / "config.toml").write_text(f'{source}\n[log]\nfile = "n.log"\nlevel = "error"\n', encoding="utf-8")
    Settings(tmp_path / "config.toml", verbose=True).start_log("console", screen=True)
    fact(logging.DEBUG, "screen started")
    assert lines(tmp_path / "n.log")[0].endswith("DEBUG screen started")
