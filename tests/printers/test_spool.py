"""The spool: each slip ends printed once, as a marked copy, or failed, unknown or dropped with its cause."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Line, Running
from looking import known, look
from nightdesk_queue.store.process_lock import Ownership
from refusing import minutes, refused
from virtually import BRISK, QUICK, serving, spooling
from waiting import until

from nightdesk_printers.devices import Capability, Device, DeviceFault, Outcome, Progress, Seen, open_device
from nightdesk_printers.layout import Slip
from nightdesk_printers.slip_contents import TicketFacts
from nightdesk_printers.spool import LEASE, SpoolWorker
from nightdesk_printers.virtual import Breakage, Plan, PrintedSlip, PrinterServer
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipJob, SlipState
from nightdesk_queue.store import Database, events, slips
from nightdesk_queue.text.bilingual import same

FAULTY = replace(QUICK, reply=0.5, printed=0.3, stalled=0.5)


def jobs(store: Database) -> list[SlipJob]:
    return slips.newest(look(store), 2000)


def all_ended(store: Database, seconds: float = 15.0) -> list[SlipJob]:
    return until(lambda: list(jobs(store)) if not any(job.open for job in jobs(store)) else [], seconds)


def printer(server: PrinterServer, **settings: object) -> Printer:
    return Printer.model_validate({"id": "lobby", "device": server.address, "text": "native"} | settings)


def whole(server: PrinterServer) -> list[PrintedSlip]:
    with server.lock:
        return [slip for slip in server.printer.slips if slip.whole]


class Evening:
    """A desk at one moment, on a hospital whose printing rules the test sets."""

    def __init__(self, store: Database, hospital: Hospital, now: datetime, nurse: By, **rules: object) -> None:
        self.store = store
        self.now = now
        self.by = nurse
        self.hospital = hospital.altered(printing=hospital.printing.model_copy(update=rules))

    @property
    def desk(self) -> Desk:
        return Desk(self.store, self.hospital)

    def issue(self, count: int = 1) -> list[str]:
        return [self.desk.issue("bone", now=self.now, by=self.by).number for _ in range(count)]

    def clock(self) -> datetime:
        return self.now

    def spool(self, served: Printer) -> Running:
        return spooling(self.store, self.hospital, served, self.clock, FAULTY)


@pytest.fixture
def evening_desk(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> Evening:
    return Evening(store, hospital, evening, nurse)


def test_slips_come_out_in_order_once_each(evening_desk: Evening, store: Database) -> None:
    with serving() as server, evening_desk.spool(printer(server)):
        numbers = evening_desk.issue(5)
        found = all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers
    assert {(job.state, job.copy, job.attempts) for job in found} == {(SlipState.PRINTED, 0, 1)}


@pytest.mark.parametrize(
    "breakage", [Breakage.PAPER_OUT, Breakage.COVER, Breakage.CUTTER, Breakage.RESET, Breakage.CLOSE, Breakage.POWER]
)
@pytest.mark.parametrize("offset", [10, 30, 150, 330, 470])
def test_a_slip_that_breaks_off_comes_out_as_a_marked_copy(
    evening_desk: Evening, store: Database, breakage: Breakage, offset: int
) -> None:
    with serving() as server, evening_desk.spool(printer(server)):
        until(lambda: known(store, "lobby") == "ready")
        server.plans = [Plan(server.printer.received + offset, breakage)]
        (number,) = evening_desk.issue()
        until(lambda: not server.plans or not jobs(store)[0].open)
        until(lambda: not jobs(store)[0].open or known(store, "lobby") != "ready")
        server.mend()
        (job,) = all_ended(store)
    assert job.state is SlipState.PRINTED
    agree(jobs(store), whole(server), {number})


def known(store: Database, id_: str) -> str:
    found = known(look(store), DeviceKind.PRINTER).get(id_)
    return found.state if found else ""


def agree(found: list[SlipJob], papers: list[PrintedSlip], numbers: set[str]) -> None:
    """What the spool says of each slip is what the paper shows; nothing is on paper twice unmarked."""
    assert {job.number for job in found} == numbers
    originals = Counter(slip.number for slip in papers if "COPY" not in slip.text)
    copies = Counter((slip.number, copy_of(slip)) for slip in papers if "COPY" in slip.text)
    assert not [number for number, count in originals.items() if count > 1], "twice unmarked"
    assert not [copy for copy, count in copies.items() if count > 1], "a copy twice"
    for job in found:
        out = originals[job.number] if job.copy == 0 else copies[job.number, job.copy]
        if job.state is SlipState.PRINTED:
            assert out == 1, f"{job} is not on paper"
        else:
            assert job.state in (SlipState.UNKNOWN, SlipState.FAILED, SlipState.DROPPED)
            assert job.cause
    assert all(number in numbers for number in originals)


def copy_of(slip: PrintedSlip) -> int:
    line = next(line.text for line in slip.lines if "COPY" in line.text)
    return int(line.rpartition(" ")[2])


def test_a_thousand_slips_through_random_faults_agree_with_the_paper(evening_desk: Evening, store: Database) -> None:
    chance = random.Random(4)
    hospital, count = evening_desk.hospital, 1000
    kinds = [one for one in Breakage if one not in (Breakage.SLOW, Breakage.NEAR_END, Breakage.HOT)]
    with serving() as server, evening_desk.spool(printer(server)):
        desk = Desk(store, hospital)
        numbers: set[str] = set()
        while len(numbers) < count:
            numbers |= {desk.issue("bone", now=evening_desk.now, by=evening_desk.by).number for _ in range(40)}
            left = 40 * 430
            for _ in range(2):
                at = server.printer.received + chance.randrange(left)
                server.plans.append(Plan(at, chance.choice(kinds)))
            _mend_until_done(server, store)
        found = all_ended(store, 60)
    agree(found, whole(server), numbers)
    states = Counter((job.state, bool(job.copy)) for job in found)
    printed, copied = states[SlipState.PRINTED, False], states[SlipState.PRINTED, True]
    failed, unknown = states[SlipState.FAILED, False], sum(n for (s, _), n in states.items() if s is SlipState.UNKNOWN)
    assert printed + copied + failed + unknown == count
    assert copied >= 10, "the faults did hit slips"
    assert server.printer.unknown == []


def _mend_until_done(server: PrinterServer, store: Database) -> None:
    """Put right whatever breaks, as a nurse would, until every slip has ended."""

    def done() -> bool:
        with server.lock:
            hurt = bool(server.broken) or server.printer.offline
        if hurt and known(store, "lobby") != "ready":
            server.mend()
        return not slips.waiting_by_printer(look(store))

    until(done, 60)
    server.plans = []
    server.mend()


# a worker that dies ----------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone at this instant."""


class Dying:
    """A device during whose use the worker is killed."""

    back_end = same("x")

    def __init__(self, inner: Device, state: SlipState) -> None:
        self.inner = inner
        self.state = state

    def look(self) -> Seen:
        return self.inner.look()

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        def die_at(state: SlipState, step: Callable[[], None]) -> Callable[[], None]:
            def go() -> None:
                step()
                if state is self.state:
                    raise Killed

            return go

        if self.state is SlipState.CLAIMED:
            raise Killed
        sending = die_at(SlipState.SENDING, progress.sending)
        return self.inner.print(slip, Progress(sending, die_at(SlipState.AWAITING, progress.awaiting)))

    def settle(self, *, last: bool) -> bool:
        return self.inner.settle(last=last)

    def close(self) -> None:
        self.inner.close()


@pytest.mark.parametrize("state", [SlipState.CLAIMED, SlipState.SENDING, SlipState.AWAITING])
def test_what_a_dead_worker_had_in_hand_is_taken_up_once(
    evening_desk: Evening, store: Database, hospital: Hospital, state: SlipState
) -> None:
    numbers = evening_desk.issue(3)
    with serving() as server:
        served = printer(server)

        def make(capability: Capability | None) -> Device:
            return Dying(open_device(served, timing=FAULTY, capability=capability), state)

        worker = SpoolWorker(served, hospital, store, make, evening_desk.clock, threading.Event(), BRISK)
        with pytest.raises(Killed):
            worker.run()
        left = jobs(store)[0]
        assert (left.state, left.worker) == (state, worker.name)
        assert left.lease_until is not None
        with evening_desk.spool(served):
            found = all_ended(store)
    assert {job.state for job in found} == {SlipState.PRINTED}
    assert [job.copy for job in found] == [int(state is not SlipState.CLAIMED), 0, 0]
    agree(found, whole(server), set(numbers))


def test_a_slip_leased_to_a_worker_elsewhere_is_left_alone_until_its_lease_has_run_out(
    evening_desk: Evening, store: Database
) -> None:
    evening_desk.issue(2)
    first = jobs(store)[0]
    soon = datetime.now(UTC) + timedelta(seconds=0.6)
    with store.transaction() as tx:
        slips.move(
            connection,
            first,
            SlipState.SENDING,
            datetime.now(UTC),
            worker="elsewhere:1:a",
            lease_until=soon.isoformat(),
        )
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("nightdesk_printers.spool.LEASE", timedelta(seconds=0.3))
        with evening_desk.spool(printer(server)):
            until(lambda: jobs(store)[1].state is SlipState.PRINTED)
            found = all_ended(store)
    assert [(job.state, job.copy) for job in found] == [(SlipState.PRINTED, 1), (SlipState.PRINTED, 0)]
    assert datetime.now(UTC) >= soon
    assert timedelta(seconds=10) <= LEASE


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


# printers that are away ------------------------------------------------------------------------------------------


def test_a_printer_out_of_paper_keeps_its_slips_tells_why_and_prints_them_unmarked(
    evening_desk: Evening, store: Database
) -> None:
    with serving() as server:
        server.break_(Breakage.PAPER_OUT)
        with evening_desk.spool(printer(server)):
            numbers = evening_desk.issue(2)
            until(lambda: {job.cause for job in jobs(store)} == {"paper_out"})
            status = known(look(store), DeviceKind.PRINTER)["lobby"]
            assert (status.state, status.cause, status.paper) == ("stopped", "paper_out", "out")
            assert [(job.state, job.attempts) for job in jobs(store)] == [(SlipState.QUEUED, 0)] * 2
            server.mend()
            found = all_ended(store)
            until(lambda: known(store, "lobby") == "ready")
    assert [slip.number for slip in whole(server)] == numbers
    assert [job.copy for job in found] == [0, 0]


def test_paper_near_its_end_is_reported_and_printed_on(evening_desk: Evening, store: Database) -> None:
    with serving() as server:
        server.break_(Breakage.NEAR_END)
        with evening_desk.spool(printer(server)):
            evening_desk.issue()
            all_ended(store)
            status = known(look(store), DeviceKind.PRINTER)["lobby"]
    assert (status.state, status.paper, status.capability) == ("low", "near_end", "print_complete")


def test_slips_go_to_the_backup_printer_when_theirs_stays_away(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with serving() as lobby, serving() as duty:
        lobby.break_(Breakage.PAPER_OUT)
        first, second = printer(lobby, backup="duty"), printer(duty, id="duty")
        rooms = hospital.altered(printer=[first, second], kiosk=[], clinic=plain(hospital))
        both = Evening(store, rooms, evening, nurse, backup_after_seconds=0)
        with both.spool(first), both.spool(second):
            numbers = both.issue(2)
            found = all_ended(store)
    assert [slip.number for slip in whole(duty)] == numbers
    assert whole(lobby) == []
    assert {(job.printer, job.home, job.copy, job.state) for job in found} == {("duty", "lobby", 0, SlipState.PRINTED)}
    assert [event.kind for event in events.after(look(store), 0)].count("slip_to_backup") == 2


def test_a_slip_that_may_be_half_printed_goes_to_the_backup_as_a_marked_copy(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    with serving() as lobby, serving() as duty:
        first, second = printer(lobby, backup="duty"), printer(duty, id="duty")
        rooms = hospital.altered(printer=[first, second], kiosk=[], clinic=plain(hospital))
        both = Evening(store, rooms, evening, nurse, backup_after_seconds=0)
        with both.spool(first), both.spool(second):
            until(lambda: known(store, "lobby") == known(store, "duty") == "ready")
            lobby.plans = [Plan(lobby.printer.received + 200, Breakage.POWER)]
            (number,) = both.issue()
            (job,) = all_ended(store)
    assert (job.state, job.copy, job.printer) == (SlipState.PRINTED, 1, "duty")
    assert [(slip.number, copy_of(slip)) for slip in whole(duty)] == [(number, 1)]


def plain(hospital: Hospital) -> list[object]:
    return [clinic.model_copy(update={"on_call": None}) for clinic in hospital.clinic]


def test_a_serial_printer_that_is_unplugged_waits_for_its_return(
    evening_desk: Evening, store: Database, tmp_path: Path
) -> None:
    with Line(tmp_path / "tty") as line:
        line.pull_out()
        served = Printer(id="lobby", device=f"serial://{tmp_path}/tty", text="native")
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
    from nightdesk_printers import slip_contents as making

    make = making.ticket_slip

    def poisoned(facts: TicketFacts) -> Slip:
        if facts.ticket.number == "B001":
            raise ZeroDivisionError("poison")
        return make(facts)

    monkeypatch.setattr(making, "ticket_slip", poisoned)
    with serving() as server, evening_desk.spool(printer(server)):
        numbers = evening_desk.issue(2)
        found = all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers[1:]
    assert (found[0].state, found[0].cause) == (SlipState.FAILED, "not_made")
    notes = [event.reason for event in events.after(look(store), 0) if event.kind == "slip_failed"]
    assert notes == ["#1 ZeroDivisionError: poison"]


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
        first, second = printer(lobby, backup="duty"), printer(duty, id="duty")
        rooms = hospital.altered(printer=[first, second], kiosk=[], clinic=plain(hospital))
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
        with evening_desk.spool(printer(server)):
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
        slips.move(tx, job, SlipState.AWAITING, datetime.now(UTC), worker="x:1:a")
    lock = Ownership(store.path, "printer", "lobby")
    assert lock.take()
    with lock, refused("being_printed"):
        evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    moved = evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    assert (moved.printer, moved.copy) == ("duty-room", 1)


# slips nobody needs ----------------------------------------------------------------------------------------------


def test_slips_of_patients_who_were_called_are_not_printed_when_the_paper_comes_back(
    evening_desk: Evening, store: Database, nurse: By
) -> None:
    with serving() as server:
        server.break_(Breakage.PAPER_OUT)
        with evening_desk.spool(printer(server)):
            evening_desk.issue(2)
            until(lambda: {job.cause for job in jobs(store)} == {"paper_out"})
            evening_desk.desk.call("bone-1", now=evening_desk.now, by=nurse)
            server.mend()
            found = all_ended(store)
    assert [(job.state, job.cause) for job in found] == [(SlipState.DROPPED, "called"), (SlipState.PRINTED, None)]
    assert [slip.number for slip in whole(server)] == ["B002"]
    dropped = [event for event in events.after(look(store), 0) if event.kind == "slip_dropped"]
    assert [(event.number, event.reason) for event in dropped] == [("B001", "#1 called")]


def test_a_slip_older_than_the_set_time_is_not_printed(evening_desk: Evening, store: Database) -> None:
    evening_desk.issue()
    evening_desk.now += minutes(61)
    with serving() as server, evening_desk.spool(printer(server)):
        (job,) = all_ended(store)
    assert (job.state, job.cause) == (SlipState.DROPPED, "too_old")


def test_a_page_that_was_answered_meanwhile_wakes_nobody(store: Database, hospital: Hospital, nurse: By) -> None:
    night = datetime(2026, 3, 3, 2, 0, tzinfo=UTC).replace(tzinfo=hospital.zone)
    with serving() as server:
        server.break_(Breakage.COVER)
        late = Evening(store, hospital, night, nurse)
        with late.spool(printer(server, id="duty-room")):
            late.issue()
            until(lambda: [job.cause for job in jobs(store) if job.kind == "page"] == ["cover_open"])
            Desk(store, hospital).acknowledge_pages(None, now=night, by=nurse)
            server.mend()
            until(lambda: [job for job in jobs(store) if job.kind == "page" and not job.open])
    (job,) = [job for job in jobs(store) if job.kind == "page"]
    assert (job.state, job.cause) == (SlipState.DROPPED, "answered")


# people ----------------------------------------------------------------------------------------------------------


def test_a_reprint_is_marked_numbered_and_written_down(evening_desk: Evening, store: Database, nurse: By) -> None:
    with serving() as server, evening_desk.spool(printer(server)):
        (number,) = evening_desk.issue()
        all_ended(store)
        for copy in (1, 2):
            job = evening_desk.desk.reprint(number, now=evening_desk.now, by=nurse)
            assert (job.copy, job.asked_by, job.number) == (copy, "staff", number)
            all_ended(store)
    assert ["COPY" in slip.text for slip in whole(server)] == [False, True, True]
    assert {slip.number for slip in whole(server)} == {number}
    notes = [event for event in events.after(look(store), 0) if event.kind == "slip_reprint"]
    assert [(event.actor, event.reason) for event in notes] == [("nurse", "1"), ("nurse", "2")]


def test_a_patient_has_a_slip_again_only_so_often(evening_desk: Evening, store: Database, nurse: By) -> None:
    desk = evening_desk.desk
    (number,) = evening_desk.issue()
    with refused("slip_waiting"):
        desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
    with serving() as server, evening_desk.spool(printer(server)):
        for _ in range(2):
            all_ended(store)
            desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
        all_ended(store)
        with refused("too_many_copies"):
            desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
        assert desk.reprint(number, now=evening_desk.now, by=nurse).copy == 3, "staff may"
        all_ended(store)


def test_a_waiting_slip_can_be_sent_to_another_printer(evening_desk: Evening, store: Database, nurse: By) -> None:
    evening_desk.issue()
    (job,) = jobs(store)
    with refused("unknown_printer"):
        evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="nowhere")
    with refused("unknown_job"):
        evening_desk.desk.retry_slip(99, now=evening_desk.now, by=nurse)
    moved = evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    assert (moved.printer, moved.copy, moved.state) == ("duty-room", 0, SlipState.QUEUED)
    with serving() as server, evening_desk.spool(printer(server, id="duty-room")):
        all_ended(store)
        with refused("already_printed"):
            evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse)
    assert [slip.number for slip in whole(server)] == ["B001"]


def test_test_pages_and_lists_come_out_too(evening_desk: Evening, store: Database, nurse: By) -> None:
    evening_desk.issue(2)
    with serving() as server, evening_desk.spool(printer(server)):
        evening_desk.desk.test_page("lobby", now=evening_desk.now, by=nurse)
        evening_desk.desk.session_list("bone", now=evening_desk.now, by=nurse)
        all_ended(store)
    texts = [slip.text for slip in whole(server)]
    assert any("Test page" in text and "䶮" in text for text in texts)
    assert any("B001" in text and "B002" in text and "清单" in text for text in texts)


def test_a_faulty_layout_of_the_hospital_still_gives_a_slip(
    evening_desk: Evening, store: Database, tmp_path: Path
) -> None:
    (tmp_path / "ticket.toml").write_text("[[row]]\ntext = '{oops}'", encoding="utf-8")
    rules = evening_desk.hospital.printing.model_copy(update={"templates": str(tmp_path)})
    evening_desk.hospital = evening_desk.hospital.altered(printing=rules)
    with serving() as server, evening_desk.spool(printer(server)):
        numbers = evening_desk.issue()
        all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers
