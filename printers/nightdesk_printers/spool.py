"""The worker that owns one printer: takes its slips from the database in order and sees each through to its end.

A printer has one owner at a time, kept by a lock on a file beside the database that the system itself lets go when the
owner dies; each slip in hand is leased besides, for workers whose death no lock on this machine tells. What a dead
worker left `claimed` had not begun and simply waits again; what it left `sending` or `awaiting` is `unknown`.

A slip that has not begun waits for its printer or goes to the backup. One that has begun is never printed a second time
unmarked: the printer is asked, and only then it comes out again as a marked copy with the same number.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from nightdesk_ports.backoff import Backoff
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Device, DeviceFault, Progress, Seen
from nightdesk_printers.replies import Paper
from nightdesk_printers.slip_making import SlipMaker
from nightdesk_queue.commands.device_status import DeviceLog
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.rules.slip_rules import PrintEvent
from nightdesk_queue.store import Feed, Store, devices, events, slips
from nightdesk_queue.store.process_lock import Ownership
from nightdesk_queue.store.slips import SlipJob, SlipKind, SlipState, Value
from nightdesk_queue.store.timestamps import stamp

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 6
"""A slip that has broken off so often is not tried again by itself; a person decides."""
STREAK = 2
"""A printer that has broken so many slips in a row is not called ready until one comes out."""
NOT_SERVED_AFTER = timedelta(seconds=60)
"""A slip older than this when its worker starts has had to wait, so it may no longer be needed."""
SPOOL = "spool"

Clock = Callable[[], datetime]
Make = Callable[["Capability | None"], Device]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks at the database, at an idle printer (one that says how it is, one that does not), and the
    shortest and longest pause before a printer that failed is tried again."""

    poll: float = 0.02
    watch: float = 5.0
    watch_silent: float = 30.0
    shortest: float = 0.5
    longest: float = 5.0


def wall_clock() -> datetime:
    """Return the real time in UTC: devices live in it even when the hospital's clock is a demo's."""
    return datetime.now(UTC)


class SpoolWorker:
    """Prints one printer's slips until `stop` is set; the slip in hand is finished first.

    `make` gives the device, told what was found out about it before. `clock` is the hospital's time, used for what
    slips say and how old they are; leases, retries and device states use the real one.
    """

    def __init__(
        self,
        printer: Printer,
        hospital: Hospital,
        store: Store,
        make: Make,
        clock: Clock,
        stop: Event,
        pace: Pace | None = None,
    ) -> None:
        self.printer = printer
        self.hospital = hospital
        self.clock = clock
        self.stop = stop
        self.pace = pace or Pace()
        self.name = f"{_here()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._make = make
        self._home = store

    def run(self) -> None:
        """Own the printer and print until told to stop. Raises Fault when the database fails."""
        lock = Ownership(self._home.path, "printer", self.printer.id)
        while not lock.take():
            if self.stop.wait(self.pace.shortest):
                return
        with lock, self._home.another() as store:
            device = self._make(_kept_capability(store, self.printer))
            try:
                with Feed(store) as feed:
                    Shift(self, store, device, feed).work()
            finally:
                device.close()


class Shift:
    """One worker's time at its printer, from taking it over to letting it go."""

    def __init__(self, worker: SpoolWorker, store: Store, device: Device, feed: Feed) -> None:
        self.worker = worker
        self.printer = worker.printer
        self.store = store
        self.device = device
        self.feed = feed
        self.pace = worker.pace
        self.maker = SlipMaker(worker.printer, worker.hospital, worker.clock, device.back_end)
        self._log = DeviceLog("printer", worker.printer.id)
        self._works = True
        self._failed_at: float | None = None
        self._look_at = 0.0
        self._take_over_at = 0.0
        self._failures = 0
        self._last: int | None = None
        self._paper: Paper | None = None
        self._capability: Capability | None = None

    def work(self) -> None:
        """Print whatever is to be printed until told to stop. Raises Fault when the database fails."""
        self._blame_forgotten()
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
        self._log.report(self.store, "offline", ok=False, now=wall_clock(), cause="stopped", **self._kept())

    def _do_something(self) -> bool:
        """Look at a printer that failed, or do the next job; False when there is nothing to do or it cannot be done."""
        if not self._works or time.monotonic() >= self._look_at:
            self._look()
        if not self._works:
            return False
        with self.store.reading() as connection:
            job = slips.next_job(connection, self.printer.id)
        if job is None:
            # nothing is left to fail: whatever was wrong is over
            self._failed_at, self._failures = None, 0
            return False
        return self._settle(job) if job.state is SlipState.UNKNOWN else self._print(job)

    def _wait_for_work(self) -> None:
        while not (self.feed.changed() or time.monotonic() >= self._look_at or self.worker.stop.wait(self.pace.poll)):
            continue

    # one slip --------------------------------------------------------------------------------------------------

    def _print(self, job: SlipJob) -> bool:
        if why := self.maker.unneeded(self.store, job, delayed=job.cause is not None):
            self._end(job, SlipState.DROPPED, PrintEvent.DROPPED, why)
            return True
        lease = stamp(wall_clock() + LEASE)
        claimed = self._move(
            job,
            SlipState.CLAIMED,
            cause=job.cause,
            attempts=job.attempts + 1,
            worker=self.worker.name,
            lease_until=lease,
        )
        if claimed is None:
            return True  # sent elsewhere by somebody just now
        hand = _InHand(self, claimed)
        self._last = job.id
        try:
            outcome = self.device.print(self.maker.slip(self.store, job), hand.progress)
        except DeviceFault as fault:
            self._went_wrong(hand.job, fault)
            return False
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001 - a slip that cannot be made must not hold up all the others
            why = f"{type(error).__name__}: {error}"[:200]
            self._end(hand.job, SlipState.FAILED, PrintEvent.FAILED, "not_made", note=why)
            return True
        self._move(hand.job, SlipState(outcome.value))
        self._failed_at, self._failures = None, 0
        self._look_at = time.monotonic() + self.pace.watch
        self._report_ok()
        return True

    def _went_wrong(self, job: SlipJob, fault: DeviceFault) -> None:
        self._failures += 1
        begun = fault.begun or job.state is not SlipState.CLAIMED
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
        elif why := self.maker.unneeded(self.store, job, delayed=True):
            self._end(job, SlipState.UNKNOWN, PrintEvent.UNKNOWN, f"{job.cause} ({why})", settled=1)
        elif job.attempts >= MOST_ATTEMPTS:
            self._end(job, SlipState.UNKNOWN, PrintEvent.UNKNOWN, job.cause or "unknown", settled=1)
        else:
            with self.store.reading() as connection:
                copy = slips.next_copy(connection, job)
            self._move(job, SlipState.QUEUED, cause=job.cause, copy=copy)
        return True

    def _end(
        self, job: SlipJob, state: SlipState, event: PrintEvent, why: str, note: str | None = None, **changes: Value
    ) -> None:
        """Move a slip where it stays, and write down why; `note` says more in the event."""
        with self.store.unit() as connection:
            if slips.move(connection, job, state, wall_clock(), cause=why, lease_until=None, **changes):
                self._note(connection, event, job, note or why)

    def _move(self, job: SlipJob, state: SlipState, **changes: Value) -> SlipJob | None:
        with self.store.unit() as connection:
            return slips.move(connection, job, state, wall_clock(), **changes)

    def _note(self, connection: sqlite3.Connection, event: PrintEvent, job: SlipJob, why: str) -> None:
        by = By("nightdesk", f"{SPOOL}:{self.printer.id}")
        at = stamp(self.worker.clock())
        events.append(connection, at, by, event, ticket=job.ticket, number=job.number, reason=f"#{job.id} {why}")

    def hold(self, job: SlipJob) -> None:
        """Keep the slip in hand for longer."""
        with self.store.unit() as connection:
            slips.renew(connection, job, wall_clock() + LEASE)

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
        paper = seen.paper if seen else self._paper
        self._paper = paper
        state = "low" if paper is Paper.NEAR_END else "ready"
        if seen:
            self._capability = seen.capability
        if self._failures < STREAK:
            self._log.report(self.store, state, ok=True, now=wall_clock(), **self._kept())
        # else: it says that it is well and breaks every slip; only a slip that comes out ends that

    def _failed(self, cause: str, seen: Seen | None = None) -> None:
        """Remember and report that the printer does not print; every slip that waits for it says so."""
        self._works = False
        self._failed_at = self._failed_at or time.monotonic()
        self._paper = seen.paper if seen else Paper.OUT if cause == "paper_out" else self._paper
        state = "offline" if cause in ("unreachable", "missing", "no_answer", "broken_off") else "stopped"
        self._log.report(self.store, state, ok=False, now=wall_clock(), cause=cause, **self._kept())
        with self.store.reading() as connection:
            unaware = any(job.cause != cause for job in slips.queued(connection, self.printer.id))
        if unaware:
            with self.store.unit() as connection:
                slips.blame(connection, self.printer.id, cause)

    def _kept(self) -> dict[str, str | None]:
        return {"paper": self._paper, "capability": self._capability, "address": self.printer.device}

    # others' slips ---------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Take up what a dead worker left in hand: at once where its lock tells, else when its lease has run out."""
        if time.monotonic() < self._take_over_at:
            return
        self._take_over_at = time.monotonic() + LEASE.total_seconds() / 3
        with self.store.reading() as connection:
            left = [job for job in slips.left_behind(connection, self.printer.id) if _is_dead(job, wall_clock())]
        for job in left:
            begun = job.state is not SlipState.CLAIMED
            self._move(job, SlipState.UNKNOWN if begun else SlipState.QUEUED, cause="worker_died", lease_until=None)

    def _blame_forgotten(self) -> None:
        """Mark the slips that waited while nobody served the printer: some of them may no longer be needed."""
        before = self.worker.clock() - NOT_SERVED_AFTER
        with self.store.unit() as connection:
            for job in slips.queued(connection, self.printer.id):
                if job.cause is None and job.queued_at < before:
                    slips.move(connection, job, SlipState.QUEUED, wall_clock(), cause="not_served")

    def _pass_on(self) -> None:
        """Give the slips to a printer that works, once this one has been out long enough.

        A slip that is here as a guest goes home, one at home goes to the backup. One that has begun becomes a marked
        copy.
        """
        patience = self.worker.hospital.printing.backup_after_seconds
        if self._failed_at is None or time.monotonic() - self._failed_at < patience:
            return
        with self.store.reading() as connection:
            found = slips.queued(connection, self.printer.id)
            first = slips.next_job(connection, self.printer.id)
            states = slip_rules.states_of(connection, self.store.path, self.worker.hospital)
        if first and first.state is SlipState.UNKNOWN:
            found.insert(0, first)
        for job in found:
            target = job.home if job.home != self.printer.id else self.printer.backup
            if target and target in states and slip_rules.works(states[target]) and job.kind != SlipKind.TEST:
                self._give(job, target)

    def _give(self, job: SlipJob, target: str) -> None:
        with self.store.unit() as connection:
            copy = slips.next_copy(connection, job) if job.state is SlipState.UNKNOWN else job.copy
            if slips.move(
                connection, job, SlipState.QUEUED, wall_clock(), cause=job.cause, printer=target, copy=copy, worker=None
            ):
                self._note(connection, PrintEvent.BACKUP, job, f"{self.printer.id} → {target}")


class _InHand:
    """The slip a worker is printing: its newest row, and the lease that is renewed while it takes time."""

    def __init__(self, shift: Shift, job: SlipJob) -> None:
        self.shift = shift
        self.job = job
        self._renew_at = time.monotonic() + LEASE.total_seconds() / 2
        self.progress = Progress(self._sending, self._awaiting, self._alive)

    def _sending(self) -> None:
        self._to(SlipState.SENDING)

    def _awaiting(self) -> None:
        self._to(SlipState.AWAITING)

    def _to(self, state: SlipState) -> None:
        moved = self.shift._move(self.job, state, cause=self.job.cause)
        assert moved is not None, "only its worker moves a slip in hand"
        self.job = moved

    def _alive(self) -> None:
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + LEASE.total_seconds() / 2
            self.shift.hold(self.job)


def _is_dead(job: SlipJob, now: datetime) -> bool:
    """Whether the worker of a slip is gone. We hold the printer's lock, so no other worker of this machine lives."""
    here = (job.worker or "").partition(":")[0] in ("", _here())
    return here or job.lease_until is None or job.lease_until < now


def _here() -> str:
    return socket.gethostname()


def _kept_capability(store: Store, printer: Printer) -> Capability | None:
    """Return what was found out about a printer at this address before; one that confirmed nothing is asked anew."""
    with store.reading() as connection:
        status = devices.all_of(connection, "printer").get(printer.id)
    if status is None or status.address != printer.device:
        return None
    confirms = status.capability in (Capability.COMPLETE, Capability.ANSWER)
    return Capability(status.capability) if confirms and status.capability else None
