"""One worker's session at its printer, from taking the lock to freeing it."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from nightdesk_ports.backoff import Backoff
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Device, DeviceFault, Progress, Seen
from nightdesk_printers.replies import Paper
from nightdesk_printers.slip_making import SlipMaker
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.commands.spool import (
    end_slip,
    mark_forgotten,
    move_slip,
    note_cause,
    pass_on,
    queue_copy,
    renew_lease,
)
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.devices import NOT_SERVED, STOPPED, DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipJob, SlipState
from nightdesk_queue.queries.device_health import printer_health
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.store import ChangeFeed, Database, slips
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.timestamps import stamp

MOST_ATTEMPTS = 6
"""A slip that has broken off so often is not tried again by itself; a person decides."""
STREAK = 2
"""After how many failed slips in a row a printer is not called ready until one comes out."""
NOT_SERVED_AFTER = timedelta(seconds=60)
"""A slip older than this when its worker starts has had to wait, so it may no longer be needed."""
AWAY = frozenset({"unreachable", "missing", "no_answer", "broken_off"})
"""Causes of a printer that cannot be reached at all."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks at an idle printer (one that says how it is, one that does not), the shortest and longest
    pause before a printer that failed is tried again, and how long a slip in hand is a worker's without word of it."""

    watch: float = 5.0
    watch_silent: float = 30.0
    shortest: float = 0.5
    longest: float = 5.0
    lease: float = 30.0


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works at which printer, on which machine, for whom, and at which pace."""

    name: str
    machine: str
    printer: Printer
    hospital: Hospital
    database: Database
    clock: Callable[[], datetime]
    stop: Event
    pace: Pace

    @contextmanager
    def working(self) -> Iterator[Work]:
        """Open a transaction of the spool."""
        by = By.service(f"spool:{self.printer.id}")
        with working(self.database, self.hospital, self.clock(), by) as work:
            yield work

    def lease_until(self) -> datetime:
        """Return until when a slip that is taken in hand now is this worker's."""
        return wall_clock() + timedelta(seconds=self.pace.lease)


def wall_clock() -> datetime:
    """Return the real time in UTC, by which devices work also where the hospital's clock is a demo's."""
    return datetime.now(UTC)


def machine_name() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


class PrinterSession:
    """Prints whatever is to be printed, from one connection to the printer after the other."""

    def __init__(self, worker: Worker, device: Device, feed: ChangeFeed) -> None:
        self.worker = worker
        self.printer = worker.printer
        self.device = device
        self.feed = feed
        self.pace = worker.pace
        self.maker = SlipMaker(worker.printer, worker.hospital, worker.clock, device.back_end)
        self._reporter = DeviceReporter(DeviceKind.PRINTER, worker.printer.id, worker.database, worker.hospital)
        self._works = True
        self._failed_at: float | None = None
        self._look_at = 0.0
        self._busy_at = time.monotonic()
        self._released = False
        self._take_over_at = 0.0
        self._failures = 0
        self._last: int | None = None
        self._paper: Paper | None = None
        self._capability: Capability | None = None

    def work(self) -> None:
        """Print whatever is to be printed until told to stop. Raises Fault when the database fails."""
        self._mark_forgotten()
        backoff = Backoff(self.pace.shortest, self.pace.longest)
        while not self.worker.stop.is_set():
            self.feed.changed()
            self._take_over()
            if self._do_something():
                backoff.reset()
                continue
            if self._works:
                self._wait_for_work()
                continue
            self._pass_on()
            self.worker.stop.wait(backoff.next_pause())
        self._report(DeviceState.OFFLINE, cause=STOPPED)

    def _do_something(self) -> bool:
        """Look at a printer that failed, or do the next job; False when there is nothing to do or it cannot be done."""
        if not self._works or time.monotonic() >= self._look_at:
            self._look()
        if not self._works:
            return False
        with self.worker.database.snapshot() as tx:
            job = slips.next_job(tx, self.printer.id)
        if job is None:
            # nothing is left to fail: whatever was wrong is over
            self._failed_at, self._failures = None, 0
            return False
        return self._settle(job) if job.state is SlipState.UNKNOWN else self._print(job)

    def _wait_for_work(self) -> None:
        """Sleep until a commit, until the printer is to be looked at, or until others' slips are."""
        release = self.printer.idle_release_seconds
        release_at = self._busy_at + release if release is not None and not self._released else math.inf
        until = min(self._look_at, self._take_over_at, release_at)
        self.feed.wait(max(until - time.monotonic(), 0.0), self.worker.stop)
        if time.monotonic() >= release_at:
            # others need its one connection; it is looked at again for the next slip
            self.device.close()
            self._released, self._look_at = True, math.inf

    # one slip --------------------------------------------------------------------------------------------------

    def _print(self, job: SlipJob) -> bool:
        with self.worker.database.snapshot() as tx:
            why = self.maker.unneeded(tx, job, delayed=job.cause is not None)
        if why:
            self._end(job, EventKind.SLIP_DROPPED, why)
            return True
        self._busy_at, self._released = time.monotonic(), False
        claimed = self._claim(job)
        if claimed is None:
            return True  # somebody has sent it to another printer meanwhile
        hand = LeasedJob(self.worker, claimed)
        self._last = job.id
        try:
            with self.worker.database.snapshot() as tx:
                slip = self.maker.slip(tx, job)
            outcome = self.device.print(slip, hand.progress)
        except DeviceFault as fault:
            self._went_wrong(hand.job, fault)
            return False
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001 - a slip that cannot be made must not stop all the others
            note = f"{type(error).__name__}: {error}"[:200]
            self._end(hand.job, EventKind.SLIP_FAILED, "not_made", note=note)
            return True
        self._move(hand.job, SlipState(outcome.value))
        self._failed_at, self._failures = None, 0
        self._look_at = time.monotonic() + self.pace.watch
        self._report_ok()
        return True

    def _claim(self, job: SlipJob) -> SlipJob | None:
        return self._move(
            job,
            SlipState.CLAIMED,
            cause=job.cause,
            attempts=job.attempts + 1,
            worker=self.worker.name,
            machine=self.worker.machine,
            lease_until=stamp(self.worker.lease_until()),
        )

    def _went_wrong(self, job: SlipJob, fault: DeviceFault) -> None:
        self._failures += 1
        begun = fault.begun or (job.state is not SlipState.CLAIMED and not fault.nothing_taken)
        self._move(job, SlipState.UNKNOWN if begun else SlipState.QUEUED, cause=fault.code, lease_until=None)
        self._failed(fault.code)

    def _settle(self, job: SlipJob) -> bool:
        """Find out what became of a slip that had begun; print it again as a marked copy if it did not come out."""
        try:
            came_out = self.device.settle(last=job.id == self._last)
        except DeviceFault as fault:
            self._failed(fault.code)
            return False
        if came_out:
            self._move(job, SlipState.PRINTED, cause=job.cause)
            return True
        with self.worker.database.snapshot() as tx:
            why = self.maker.unneeded(tx, job, delayed=True)
        if why:
            self._end(job, EventKind.SLIP_UNKNOWN, f"{job.cause} ({why})", settled=True)
        elif job.attempts >= MOST_ATTEMPTS:
            self._give_up(job)
        else:
            with self.worker.working() as work:
                queue_copy(work, job, wall_clock())
        return True

    def _give_up(self, job: SlipJob) -> None:
        """Give a slip that breaks off every time to a printer that works, else to a person."""
        with self.worker.database.snapshot() as tx:
            target = slip_rules.other_printer(self.printer, job, printer_health(tx, self.worker.hospital))
        if target is None:
            self._end(job, EventKind.SLIP_UNKNOWN, job.cause or "unknown", settled=True)
            return
        with self.worker.working() as work:
            pass_on(work, job, target, wall_clock())

    def _end(self, job: SlipJob, kind: EventKind, why: str, *, note: str | None = None, settled: bool = False) -> None:
        """Move a slip where it stays, and write down why; `note` says more in the event."""
        with self.worker.working() as work:
            end_slip(work, job, kind, wall_clock(), why=why, note=note, settled=settled)

    def _move(self, job: SlipJob, state: SlipState, **changes: Value) -> SlipJob | None:
        with self.worker.working() as work:
            return move_slip(work, job, state, wall_clock(), changes)

    # the printer -----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        try:
            seen = self.device.look()
        except DeviceFault as fault:
            self._failed(fault.code)
            return
        if seen.trouble:
            self._failed(seen.trouble, seen)
        else:
            self._report_ok(seen)
        silent = seen.capability in (None, Capability.NONE)
        self._look_at = time.monotonic() + (self.pace.watch_silent if silent else self.pace.watch)

    def _report_ok(self, seen: Seen | None = None) -> None:
        self._works = True
        if seen:
            self._paper, self._capability = seen.paper, seen.capability
        state = DeviceState.LOW if self._paper is Paper.NEAR_END else DeviceState.READY
        if self._failures < STREAK:
            self._report(state, ok=True)
        # else: it says that it is well and breaks every slip; only a slip that comes out ends that

    def _failed(self, cause: str, seen: Seen | None = None) -> None:
        """Remember and report that the printer does not print; every slip that waits for it says so."""
        self._works = False
        self._failed_at = self._failed_at or time.monotonic()
        self._paper = seen.paper if seen else Paper.OUT if cause == "paper_out" else self._paper
        self._report(DeviceState.OFFLINE if cause in AWAY else DeviceState.STOPPED, cause=cause)
        with self.worker.database.snapshot() as tx:
            unaware = any(job.cause != cause for job in slips.queued(tx, self.printer.id))
        if unaware:
            with self.worker.working() as work:
                note_cause(work, self.printer.id, cause)

    def _report(self, state: DeviceState, *, ok: bool = False, cause: str | None = None) -> None:
        found = Found(state, ok, cause, self._paper, self._capability, self.printer.device)
        self._reporter.report(found, wall_clock())

    # others' slips ---------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Take up what a worker that has ended left in hand: at once on this machine, else after its lease."""
        if time.monotonic() < self._take_over_at:
            return
        self._take_over_at = time.monotonic() + self.pace.lease / 3
        with self.worker.database.snapshot() as tx:
            found = slips.in_hand(tx, self.printer.id)
        for job in found:
            if self._is_dead(job, wall_clock()):
                begun = job.state is not SlipState.CLAIMED
                state = SlipState.UNKNOWN if begun else SlipState.QUEUED
                self._move(job, state, cause="worker_died", lease_until=None)

    def _is_dead(self, job: SlipJob, now: datetime) -> bool:
        """Whether the worker of a slip has ended. We hold the printer's lock, so no other of this machine runs."""
        here = job.machine in (None, "", self.worker.machine)
        return here or job.lease_until is None or job.lease_until < now

    def _mark_forgotten(self) -> None:
        """Mark the slips that waited while nobody served the printer: some of them may no longer be needed."""
        before = self.worker.clock() - NOT_SERVED_AFTER
        with self.worker.database.snapshot() as tx:
            queued = slips.queued(tx, self.printer.id)
        forgotten = [job for job in queued if job.cause is None and job.queued_at < before]
        if forgotten:
            with self.worker.working() as work:
                mark_forgotten(work, forgotten, NOT_SERVED, wall_clock())

    def _pass_on(self) -> None:
        """Give the slips to a printer that works, once this one has been out long enough.

        A slip of another printer goes back there, one of this printer goes to the backup. One that has begun becomes a
        marked copy.
        """
        patience = self.worker.hospital.printing.backup_after_seconds
        if self._failed_at is None or time.monotonic() - self._failed_at < patience:
            return
        with self.worker.database.snapshot() as tx:
            found = slips.queued(tx, self.printer.id)
            first = slips.next_job(tx, self.printer.id)
            health = printer_health(tx, self.worker.hospital)
        if first and first.state is SlipState.UNKNOWN:
            found.insert(0, first)
        for job in found:
            if target := slip_rules.other_printer(self.printer, job, health):
                with self.worker.working() as work:
                    pass_on(work, job, target, wall_clock())


class LeasedJob:
    """The slip a worker is printing: its newest row, and the lease that is renewed while it takes time."""

    def __init__(self, worker: Worker, job: SlipJob) -> None:
        self.worker = worker
        self.job = job
        self._renew_at = time.monotonic() + self.worker.pace.lease / 2
        self.progress = Progress(self._sending, self._awaiting, self._alive)

    def _sending(self) -> None:
        self._to(SlipState.SENDING)

    def _awaiting(self) -> None:
        self._to(SlipState.AWAITING)

    def _to(self, state: SlipState) -> None:
        with self.worker.working() as work:
            moved = move_slip(work, self.job, state, wall_clock(), {"cause": self.job.cause})
        assert moved is not None, "only its worker moves a slip in hand"
        self.job = moved

    def _alive(self) -> None:
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + self.worker.pace.lease / 2
            with self.worker.working() as work:
                renew_lease(work, self.job, self.worker.lease_until())
