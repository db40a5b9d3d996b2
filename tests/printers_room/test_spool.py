"""The spool: a slip waits until its printer has taken all of it, and comes out twice only as a marked copy."""

from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from devices import FakePrinter, Line, Running
from paper import read_paper
from waiting import until

from nightdesk_printers.devices import DeviceFault, Outcome, open_device
from nightdesk_printers.layout import Line as TextLine
from nightdesk_printers.layout import Slip
from nightdesk_printers.slips import TicketFacts
from nightdesk_printers.spool import SpoolWorker, take_over
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.desk import Desk
from nightdesk_queue.model import By
from nightdesk_queue.store import Store, devices, slips
from nightdesk_queue.store.ownership import Ownership
from nightdesk_queue.store.slips import SlipJob, SlipState

SLIP: Slip = (TextLine("一"),)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests wait as little as they can."""
    monkeypatch.setattr("nightdesk_printers.spool.SHORTEST_PAUSE", 0.02)
    monkeypatch.setattr("nightdesk_printers.spool.LONGEST_PAUSE", 0.1)
    monkeypatch.setattr("nightdesk_printers.devices.tcp.ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("nightdesk_printers.devices.tcp.CLOSE_SECONDS", 0.1)
    monkeypatch.setattr("nightdesk_printers.devices.serial_line.ANSWER_SECONDS", 0.1)


def spooling(store: Store, hospital: Hospital, printer: Printer) -> Running:
    stop = threading.Event()
    worker = SpoolWorker(printer, hospital, store, open_device(printer), lambda: datetime.now(UTC), stop)
    return Running(worker.run, stop)


def jobs(store: Store) -> list[SlipJob]:
    return slips.newest(store.connection, 1000)


def all_out(store: Store) -> list[SlipJob]:
    return until(lambda: list(jobs(store)) if all(j.state in ("sent", "printed") for j in jobs(store)) else [])


def issue(desk: Desk, evening: datetime, nurse: By, count: int = 1) -> list[str]:
    return [desk.issue("bone", now=evening, by=nurse).number for _ in range(count)]


def numbers_on(papers: list[bytes]) -> list[str]:
    return [next(line.strip() for line, _, height in read_paper(paper).lines if height >= 4) for paper in papers]


def test_slips_come_out_in_order_once_each(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with FakePrinter() as printer, spooling(store, hospital, Printer(id="lobby", device=printer.address)):
        numbers = issue(desk, evening, nurse, 5)
        found = all_out(store)
    assert numbers_on(printer.papers) == numbers
    assert {(job.state, job.copy, job.attempts) for job in found} == {(SlipState.SENT, 0, 1)}


def test_a_printer_that_answers_behind_the_slip_has_printed_it(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    automatic_status_then_answer = b"\x14\x00\x00\x0f\x00"
    with (
        FakePrinter(answer=automatic_status_then_answer) as printer,
        spooling(store, hospital, Printer(id="lobby", device=printer.address)),
    ):
        issue(desk, evening, nurse)
        assert all_out(store)[0].state is SlipState.PRINTED


@pytest.mark.parametrize("taken", [1, 20, 200])
def test_a_printer_that_breaks_off_inside_a_slip_gets_it_again_as_a_copy(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By, taken: int
) -> None:
    with (
        FakePrinter([taken, taken]) as printer,
        spooling(store, hospital, Printer(id="lobby", device=printer.address)),
    ):
        (number,) = issue(desk, evening, nurse)
        (job,) = all_out(store)
    assert numbers_on(printer.papers) == [number]
    assert job.copy == 2
    assert "COPY 2" in read_paper(printer.papers[0]).text


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.2])
def test_a_printer_that_closes_first_and_then_throws_the_rest_away_has_not_taken_the_slip(
    delay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk_printers.devices.tcp.CLOSE_SECONDS", 5.0)
    server = socket.create_server(("127.0.0.1", 0))

    def half_close() -> None:
        connection, _ = server.accept()
        connection.recv(10)
        connection.shutdown(socket.SHUT_WR)
        threading.Event().wait(delay)  # the delay is what is tested
        connection.close()

    thread = threading.Thread(target=half_close)
    thread.start()
    with server, pytest.raises(DeviceFault) as fault:
        open_device(Printer(id="p", device=f"tcp://127.0.0.1:{server.getsockname()[1]}")).print(SLIP, lambda: None)
    thread.join()
    assert fault.value.code == "broken_off"


def test_a_slip_that_cannot_be_made_does_not_hold_up_the_others(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightdesk_printers import spool

    make = spool.ticket_slip

    def poisoned(facts: TicketFacts) -> Slip:
        if facts.ticket.number == "B001":
            raise ZeroDivisionError("poison")
        return make(facts)

    monkeypatch.setattr(spool, "ticket_slip", poisoned)
    with FakePrinter() as printer, spooling(store, hospital, Printer(id="lobby", device=printer.address)):
        numbers = issue(desk, evening, nurse, 2)
        until(lambda: [job.state for job in jobs(store)] == ["failed", "sent"])
    assert numbers_on(printer.papers) == numbers[1:]
    assert jobs(store)[0].cause == "ZeroDivisionError: poison"


def test_a_printer_that_is_not_there_gets_its_slips_unmarked_when_it_is_back(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    printer = FakePrinter()
    with spooling(store, hospital, Printer(id="lobby", device=printer.address)):
        numbers = issue(desk, evening, nurse, 2)
        until(lambda: jobs(store)[0].attempts >= 2)
        assert jobs(store)[0].cause == "unreachable"
        status = until(lambda: devices.all_of(store.connection, "printer").get("lobby"))
        assert (status.state, status.cause) == ("offline", "unreachable")
        with printer:
            found = all_out(store)
            until(lambda: devices.all_of(store.connection, "printer")["lobby"].state == "ready")
    assert numbers_on(printer.papers) == numbers
    assert [job.copy for job in found] == [0, 0]


def test_what_a_dead_worker_left_is_taken_up_once(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    numbers = issue(desk, evening, nurse, 3)
    first, second, _ = jobs(store)
    with store.unit() as connection:
        slips.move(connection, first, SlipState.CLAIMED, datetime.now(UTC), attempts=1)
        slips.move(connection, second, SlipState.SENDING, datetime.now(UTC), attempts=1)
    with FakePrinter() as printer, spooling(store, hospital, Printer(id="lobby", device=printer.address)):
        found = all_out(store)
    assert numbers_on(printer.papers) == numbers
    assert [job.copy for job in found] == [0, 1, 0]
    assert take_over(store, "lobby") == 0


def test_a_printer_has_one_owner_and_the_next_takes_over_when_it_is_gone(tmp_path: Path) -> None:
    first, second = (Ownership(tmp_path / "n.db", "printer", "lobby") for _ in range(2))
    assert first.take()
    assert not second.take()
    assert second.taken()
    with first:
        pass
    assert not second.taken()
    assert second.take()
    with second:
        pass


def test_a_serial_printer_gets_the_same_bytes(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By, tmp_path: Path
) -> None:
    with Line(tmp_path / "ttyUSB0") as line:
        device = f"serial://{tmp_path}/ttyUSB0?baud=19200"
        with spooling(store, hospital, Printer(id="lobby", device=device)):
            (number,) = issue(desk, evening, nurse)
            received = bytearray()
            until(lambda: received.extend(line.read()) or received.endswith(b"\x1dr\x01"))
            assert numbers_on([bytes(received)]) == [number]
            all_out(store)


def test_a_serial_printer_that_is_unplugged_waits_for_its_return(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By, tmp_path: Path
) -> None:
    with Line(tmp_path / "tty") as line:
        line.pull_out()
        with spooling(store, hospital, Printer(id="lobby", device=f"serial://{tmp_path}/tty")):
            (number,) = issue(desk, evening, nurse)
            until(lambda: jobs(store)[0].cause == "unreachable")
            line.plug_in()
            received = bytearray()
            until(lambda: received.extend(line.read()) or received.endswith(b"\x1dr\x01"))
            assert numbers_on([bytes(received)]) == [number]


def test_a_file_printer_appends_whole_slips(
    desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By, tmp_path: Path
) -> None:
    path = tmp_path / "paper.bin"
    with spooling(store, hospital, Printer(id="lobby", device=f"file://{path}")):
        numbers = issue(desk, evening, nurse, 2)
        all_out(store)
    paper = read_paper(path.read_bytes())
    assert [line.strip() for line, _, height in paper.lines if height >= 4] == numbers
    assert paper.cuts == 2


def test_a_missing_device_node_is_a_fault_and_never_a_new_file() -> None:
    device = open_device(Printer(id="p", device="file:///dev/nightdesk-lp9"))
    with pytest.raises(DeviceFault) as fault:
        device.print(SLIP, lambda: None)
    assert fault.value.code == "missing"
    assert not Path("/dev/nightdesk-lp9").exists()


def test_the_screen_shows_the_slip_and_the_terminal_is_the_paper(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_device(Printer(id="p", device="screen:")).print(SLIP, lambda: None) is Outcome.PRINTED
    assert "一" in capsys.readouterr().out


def test_a_device_that_takes_no_byte_is_a_fault_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightdesk_printers.devices.device_file.WRITE_SECONDS", 0.1)
    pipe = tmp_path / "stuck"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    with pytest.raises(DeviceFault) as fault:
        open_device(Printer(id="p", device=f"file:{pipe}")).print(SLIP, lambda: None)
    assert fault.value.code == "broken_off"
    os.close(reader)
    os.close(writer)
