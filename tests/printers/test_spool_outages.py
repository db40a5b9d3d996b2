"""Printers that are away or break slips: who waits, who goes to the backup, and what is said of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from devices import Line, Running
from refusing import refused
from spool_evening import (
    Evening,
    agree,
    all_ended,
    copy_of,
    jobs,
    lobby_printer,
    printer_state,
    printer_status,
    told_of_slips,
    whole,
)
from virtually import BRISK, QUICK, serving, spooling
from waiting import until

from nightdesk_printers import slip_contents
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import DeviceFault, Outcome, Progress, Seen
from nightdesk_printers.layout import Slip
from nightdesk_printers.slip_contents import TicketFacts
from nightdesk_printers.spool import SpoolWorker
from nightdesk_printers.virtual import Breakage, Plan
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, slips
from nightdesk_queue.text.bilingual import same


def test_a_printer_out_of_paper_keeps_its_slips_tells_why_and_prints_them_unmarked(
    evening_desk: Evening, store: Database
) -> None:
    with serving() as server:
        server.break_(Breakage.PAPER_OUT)
        with evening_desk.spool(lobby_printer(server)):
            numbers = evening_desk.issue(2)
            until(lambda: {job.cause for job in jobs(store)} == {"paper_out"})
            status = printer_status(store)
            assert status is not None
            assert (status.state, status.cause, status.paper) == ("stopped", "paper_out", "out")
            assert [(job.state, job.attempts) for job in jobs(store)] == [(SlipState.QUEUED, 0)] * 2
            server.mend()
            found = all_ended(store)
            until(lambda: printer_state(store) == "ready")
    assert [slip.number for slip in whole(server)] == numbers
    assert [job.copy for job in found] == [0, 0]


def test_paper_near_its_end_is_reported_and_printed_on(evening_desk: Evening, store: Database) -> None:
    with serving() as server:
        server.break_(Breakage.NEAR_END)
        with evening_desk.spool(lobby_printer(server)):
            evening_desk.issue()
            all_ended(store)
            status = printer_status(store)
            assert status is not None
    assert (status.state, status.paper, status.capability) == ("low", "near_end", "print_complete")


def test_slips_go_to_the_backup_printer_when_theirs_stays_away(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with serving() as lobby, serving() as duty:
        lobby.break_(Breakage.PAPER_OUT)
        first, second = lobby_printer(lobby, backup="duty"), lobby_printer(duty, id="duty")
        rooms = hospital.changed(printer=[first, second], kiosk=[], clinic=plain(hospital))
        both = Evening(store, rooms, evening, nurse, backup_after_seconds=0)
        with both.spool(first), both.spool(second):
            numbers = both.issue(2)
            found = all_ended(store)
    assert [slip.number for slip in whole(duty)] == numbers
    assert whole(lobby) == []
    assert {(job.printer, job.home, job.copy, job.state) for job in found} == {("duty", "lobby", 0, SlipState.PRINTED)}
    moved = told_of_slips(store, EventKind.SLIP_TO_BACKUP)
    assert [(data.from_printer, data.printer) for _, data in moved] == [("lobby", "duty")] * 2


def test_a_slip_that_may_be_half_printed_goes_to_the_backup_as_a_marked_copy(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with serving() as lobby, serving() as duty:
        first, second = lobby_printer(lobby, backup="duty"), lobby_printer(duty, id="duty")
        rooms = hospital.changed(printer=[first, second], kiosk=[], clinic=plain(hospital))
        both = Evening(store, rooms, evening, nurse, backup_after_seconds=0)
        with both.spool(first), both.spool(second):
            until(lambda: printer_state(store) == printer_state(store, "duty") == "ready")
            lobby.plans = [Plan(lobby.printer.received + 200, Breakage.POWER)]
            (number,) = both.issue()
            (job,) = all_ended(store)
    assert (job.state, job.copy, job.printer) == (SlipState.PRINTED, 1, "duty")
    assert [(slip.number, copy_of(slip)) for slip in whole(duty)] == [(number, 1)]


def plain(hospital: Hospital) -> list[object]:
    return [clinic.changed(on_call=None) for clinic in hospital.clinic]


def test_a_serial_printer_that_is_unplugged_waits_for_its_return(
    evening_desk: Evening, store: Database, tmp_path: Path
) -> None:
    with Line(tmp_path / "tty") as line:
        line.pull_out()
        served = Printer(id="lobby", device=f"serial://{tmp_path}/tty", text="native", paper_mm_a_second=0)
        with spooling(store, evening_desk.hospital, served, evening_desk.clock, replace(QUICK, reply=0.05, probe=0.05)):
            (number,) = evening_desk.issue()
            until(lambda: jobs(store)[0].cause == "unreachable")
            line.plug_in()
            received = bytearray()
            until(lambda: received.extend(line.read()) or number.encode() in received)
            (job,) = all_ended(store)
    assert job.state is SlipState.SENT, "it never answered, so nobody says printed"


def test_a_slip_that_cannot_be_made_does_not_hold_up_the_others(
    evening_desk: Evening, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = slip_contents.ticket_slip

    def poisoned(facts: TicketFacts) -> Slip:
        if facts.ticket.number == "B001":
            raise ZeroDivisionError("poison")
        return make(facts)

    monkeypatch.setattr(slip_contents, "ticket_slip", poisoned)
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        numbers = evening_desk.issue(2)
        found = all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers[1:]
    assert (found[0].state, found[0].cause) == (SlipState.FAILED, "not_made")
    ((event, data),) = told_of_slips(store, EventKind.SLIP_FAILED)
    assert (event.number, data.job, data.why) == ("B001", 1, "ZeroDivisionError: poison")


def test_a_slip_that_breaks_off_again_and_again_ends_unknown_and_a_person_may_retry_it(
    evening_desk: Evening, store: Database, nurse: By, evening: datetime
) -> None:
    class Breaking:
        back_end = same("x")
        broken = True

        def look(self) -> Seen:
            return Seen(capability=Capability.COMPLETE)

        def print(self, slip: Slip, progress: Progress) -> Outcome:
            progress.sending()
            if self.broken:
                raise DeviceFault("broken_off", same("x"), begun=True)
            return Outcome.PRINTED

        def settle(self, *, last: bool) -> bool:
            return False

        def close(self) -> None:
            pass

    device = Breaking()
    evening_desk.issue()
    stop = threading.Event()
    served = Printer(id="lobby", device="tcp://h")
    worker = SpoolWorker(served, evening_desk.hospital, store, lambda _: device, evening_desk.clock, stop, BRISK)
    with Running(worker.run, stop):
        (job,) = all_ended(store)
        assert (job.state, job.settled, job.cause, job.attempts) == (SlipState.UNKNOWN, True, "broken_off", 6)
        device.broken = False
        again = evening_desk.desk.retry_slips(now=evening, by=nurse)
        assert [one.copy for one in again] == [job.copy + 1]
        (job,) = all_ended(store)
        assert job.state is SlipState.PRINTED


def test_a_printer_that_says_it_is_well_and_breaks_every_slip_loses_them_to_the_backup(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with serving() as lobby, serving() as duty:
        first, second = lobby_printer(lobby, backup="duty"), lobby_printer(duty, id="duty")
        rooms = hospital.changed(printer=[first, second], kiosk=[], clinic=plain(hospital))
        both = Evening(store, rooms, evening, nurse, backup_after_seconds=0)
        lobby.plans = [Plan(at, Breakage.RESET) for at in range(300, 60_000, 200)]
        with both.spool(first), both.spool(second):
            numbers = both.issue(4)
            found = all_ended(store, 30)
    assert {job.printer for job in found} == {"duty"}
    agree(found, whole(duty), set(numbers))


def test_a_slip_dropped_because_its_patient_was_called_comes_out_after_all_when_the_call_is_taken_back(
    evening_desk: Evening, store: Database, nurse: By
) -> None:
    with serving() as server:
        server.break_(Breakage.PAPER_OUT)
        with evening_desk.spool(lobby_printer(server)):
            (number,) = evening_desk.issue()
            until(lambda: jobs(store)[0].cause == "paper_out")
            evening_desk.desk.call("bone-1", now=evening_desk.now, by=nurse)
            server.mend()
            until(lambda: jobs(store)[0].state is SlipState.DROPPED)
            evening_desk.desk.undo(now=evening_desk.now, by=nurse)
            (job,) = all_ended(store)
    assert job.state is SlipState.PRINTED
    assert [slip.number for slip in whole(server)] == [number]


def test_a_slip_in_a_dead_workers_hand_can_be_moved_while_nobody_serves_its_printer(
    evening_desk: Evening, store: Database, nurse: By
) -> None:
    evening_desk.issue()
    (job,) = jobs(store)
    with store.transaction() as tx:
        slips.move(tx, job, SlipState.AWAITING, datetime.now(UTC), worker="1:a")
    lock = store.lock(DeviceKind.PRINTER, "lobby")
    assert lock.acquire()
    with lock, refused("being_printed"):
        evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    moved = evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    assert (moved.printer, moved.copy) == ("duty-room", 1)
