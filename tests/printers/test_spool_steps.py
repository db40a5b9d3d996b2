"""Each step of a slip is written down before the next; what came out after all is not printed again."""

from __future__ import annotations

import threading

import pytest
from devices import Running
from spool_evening import Evening, all_ended, jobs, printer_state
from virtually import BRISK
from waiting import until

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Device, DeviceFault, Outcome, Progress, Seen
from nightdesk_printers.layout import Slip
from nightdesk_printers.spool import SpoolWorker
from nightdesk_queue.config import Printer
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import same


class Stepping:
    """A device that notes each state its slip has in the database while it is printed; it is asked what came out."""

    back_end = same("x")

    def __init__(self, store: Database, *, breaks: bool = False, came_out: bool = False) -> None:
        self.store = store
        self.breaks = breaks
        self.came_out = came_out
        self.seen: list[SlipState] = []
        self.printed = 0

    def look(self) -> Seen:
        return Seen(capability=Capability.COMPLETE)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        self.printed += 1
        self._note()
        for step in (progress.sending, progress.awaiting):
            step()
            self._note()
        if self.breaks:
            self.breaks = False
            raise DeviceFault("broken_off", same("x"), begun=True)
        return Outcome.PRINTED

    def settle(self, *, last: bool) -> bool:
        self._note()
        return self.came_out

    def close(self) -> None:
        pass

    def _note(self) -> None:
        self.seen += [job.state for job in jobs(self.store)]


def stepping(evening_desk: Evening, device: Stepping) -> Running:
    stop = threading.Event()
    served = Printer(id="lobby", device="tcp://h")
    worker = SpoolWorker(served, evening_desk.hospital, device.store, lambda _: device, evening_desk.clock, stop, BRISK)
    return Running(worker.run, stop)


def test_each_step_of_a_slip_is_in_the_database_before_the_next(evening_desk: Evening, store: Database) -> None:
    device = Stepping(store)
    evening_desk.issue()
    with stepping(evening_desk, device):
        (job,) = all_ended(store)
    assert device.seen == [SlipState.CLAIMED, SlipState.SENDING, SlipState.AWAITING]
    assert (job.state, job.copy) == (SlipState.PRINTED, 0)


@pytest.mark.parametrize(("came_out", "copy", "printed"), [(True, 0, 1), (False, 1, 2)])
def test_a_slip_that_broke_off_is_printed_again_only_where_it_did_not_come_out_after_all(
    evening_desk: Evening, store: Database, came_out: bool, copy: int, printed: int
) -> None:
    device = Stepping(store, breaks=True, came_out=came_out)
    evening_desk.issue()
    with stepping(evening_desk, device):
        (job,) = all_ended(store)
    assert device.seen[3] is SlipState.UNKNOWN
    assert (job.state, job.copy, job.cause) == (SlipState.PRINTED, copy, "broken_off" if came_out else None)
    assert device.printed == printed


def test_what_was_found_out_about_a_printer_is_kept_across_restarts_but_for_another_address(
    evening_desk: Evening, store: Database
) -> None:
    told: list[Capability | None] = []

    def served_once(address: str) -> None:
        stop = threading.Event()

        def make(capability: Capability | None) -> Device:
            told.append(capability)
            return Stepping(store)

        served = Printer(id="lobby", device=address)
        worker = SpoolWorker(served, evening_desk.hospital, store, make, evening_desk.clock, stop, BRISK)
        with Running(worker.run, stop):
            until(lambda: printer_state(store) == "ready")

    for address in ("tcp://h", "tcp://h", "tcp://other"):
        served_once(address)
    assert told == [None, Capability.COMPLETE, None]


class Single(Stepping):
    """A device that takes one connection at a time and notes when it is let go."""

    def __init__(self, store: Database) -> None:
        super().__init__(store)
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


def test_a_printer_that_others_share_is_let_go_when_nothing_is_to_print(evening_desk: Evening, store: Database) -> None:
    device, stop = Single(store), threading.Event()
    served = Printer(id="lobby", device="tcp://h", idle_release_seconds=1)
    worker = SpoolWorker(served, evening_desk.hospital, store, lambda _: device, evening_desk.clock, stop, BRISK)
    evening_desk.issue()
    with Running(worker.run, stop):
        all_ended(store)
        until(device.closed.is_set, what="the connection is let go")
        device.closed.clear()
        evening_desk.issue()
        until(lambda: device.printed == 2, what="the next slip takes the connection again")
        until(device.closed.is_set, what="and it is let go again")
