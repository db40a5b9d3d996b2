"""A spool worker that is killed: what it had in hand is taken up once, by whoever serves the printer next."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from spool_evening import (
    FAULTY,
    Evening,
    agree,
    all_ended,
    jobs,
    lobby_printer,
    whole,
)
from virtually import BRISK, serving
from waiting import until

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Device, Outcome, Progress, Seen, open_device
from nightdesk_printers.layout import Slip
from nightdesk_printers.spool import SpoolWorker
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, slips
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import same


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
        served = lobby_printer(server)

        def make(capability: Capability | None) -> Device:
            return Dying(open_device(served, timing=FAULTY, capability=capability), state)

        worker = SpoolWorker(served, hospital, store, make, evening_desk.clock, threading.Event(), BRISK)
        with pytest.raises(Killed):
            worker.run()
        left = jobs(store)[0]
        assert left.state is state
        assert left.worker
        assert left.worker.startswith(f"{os.getpid()}:")
        assert left.machine == socket.gethostname()
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
            tx, first, SlipState.SENDING, datetime.now(UTC), worker="1:a", machine="elsewhere", lease_until=stamp(soon)
        )
    with serving() as server, evening_desk.spool(lobby_printer(server), replace(BRISK, lease=0.3)):
        until(lambda: jobs(store)[1].state is SlipState.PRINTED)
        found = all_ended(store)
    assert [(job.state, job.copy) for job in found] == [(SlipState.PRINTED, 1), (SlipState.PRINTED, 0)]
    assert datetime.now(UTC) >= soon


def test_a_slip_in_hand_is_leased_for_longer_than_it_takes_to_look_after_it(
    evening_desk: Evening, store: Database
) -> None:
    """A worker on another machine reads the lease: one that has run out the moment it is given gives the slip away."""
    evening_desk.issue()
    with serving() as server:
        served = lobby_printer(server)

        def make(capability: Capability | None) -> Device:
            return Dying(open_device(served, timing=FAULTY, capability=capability), SlipState.CLAIMED)

        before = datetime.now(UTC)
        worker = SpoolWorker(served, evening_desk.hospital, store, make, evening_desk.clock, threading.Event())
        with pytest.raises(Killed):
            worker.run()
        (left,) = jobs(store)
    assert left.lease_until is not None
    assert timedelta(seconds=30) <= left.lease_until - before <= timedelta(seconds=60)


def test_a_printer_has_one_worker_and_the_next_takes_over_when_it_is_gone(
    evening_desk: Evening, store: Database
) -> None:
    first, second = (store.lock(DeviceKind.PRINTER, "lobby") for _ in range(2))
    assert first.acquire()
    assert not second.acquire()
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        evening_desk.issue()
        with first:
            pass
        all_ended(store)
        assert not second.acquire(), "the worker has it now"
    assert second.acquire()
    second.release()
