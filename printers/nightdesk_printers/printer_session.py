"""One worker's session at its printer, from taking the lock to freeing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from nightdesk_ports.backoff import Backoff
from nightdesk_printers.devices.base import Device, DeviceFault, Progress
from nightdesk_printers.slip_making import SlipMaker
from nightdesk_printers.spool_machine import SpoolMachine, SpoolRules, SpoolState, is_left
from nightdesk_printers.spool_steps import (
    Action,
    Awaiting,
    Broke,
    CameOut,
    CameOutAfterAll,
    Claim,
    End,
    Happened,
    Look,
    Looked,
    Missing,
    Move,
    NoteCause,
    NothingLeft,
    NotLooked,
    NotMade,
    NotSettled,
    OutTooLong,
    PassOn,
    Print,
    QueueCopy,
    Release,
    Released,
    Report,
    Rest,
    Rested,
    Sending,
    Settle,
    Sleep,
    Step,
    Taken,
    TakenOver,
    TakeOver,
    Unneeded,
    WorkerGone,
)
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
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipJob, SlipState
from nightdesk_queue.queries.device_health import printer_health
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.store import ChangeFeed, Database, ProcessLock, slips
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.timestamps import stamp

NOT_SERVED_AFTER = timedelta(seconds=60)
"""A slip older than this when its worker starts has had to wait, so it may no longer be needed."""


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
    """Who works at which printer, on which machine, for whom, and at which pace.

    `cut_off`: on the file of a kiosk that cannot reach the server.
    """

    name: str
    machine: str
    printer: Printer
    hospital: Hospital
    database: Database
    clock: Callable[[], datetime]
    stop: Event
    pace: Pace
    cut_off: bool = False

    @contextmanager
    def working(self) -> Iterator[Work]:
        """Open a transaction of the spool."""
        by = By.service(f"spool:{self.printer.id}")
        with working(self.database, self.hospital, self.clock(), by) as work:
            yield work

    @property
    def rules(self) -> SpoolRules:
        """The times after which the spool does what it does."""
        return SpoolRules(
            watch=self.pace.watch,
            watch_silent=self.pace.watch_silent,
            take_over=self.pace.lease / 3,
            patience=self.hospital.printing.backup_after_seconds,
            release=self.printer.idle_release_seconds,
        )

    def lease_until(self) -> datetime:
        """Return until when a slip that is taken in hand now is this worker's."""
        return wall_clock() + timedelta(seconds=self.pace.lease)


def wall_clock() -> datetime:
    """Return the real time in UTC, by which devices work also where the hospital's clock is a demo's."""
    return datetime.now(UTC)


class PrinterSession:
    """Does what the spool's state machine names, at one printer; tells it what happened, and writes what it answers."""

    def __init__(self, worker: Worker, device: Device, feed: ChangeFeed) -> None:
        self.worker = worker
        self.printer = worker.printer
        self.device = device
        self.feed = feed
        self.maker = SlipMaker(worker.printer, worker.hospital, worker.clock, device.back_end, cut_off=worker.cut_off)
        self._machine = SpoolMachine(worker.printer.id, worker.rules, SpoolState(busy_at=time.monotonic()))
        self._backoff = Backoff(worker.pace.shortest, worker.pace.longest)
        self._reporter = DeviceReporter(DeviceKind.PRINTER, worker.printer.id, worker.database, worker.hospital)

    def work(self, lock: ProcessLock) -> None:
        """Print whatever is to be printed until told to stop, or until another process has the printer.

        Raises Fault when the database fails.
        """
        self._mark_forgotten()
        while lock.held and not self.worker.stop.is_set():
            self.feed.changed()
            self._do(self._machine.due(time.monotonic()) or self._next())
        if lock.held:
            self._write(Report(DeviceState.OFFLINE, cause=STOPPED))

    def _next(self) -> Step:
        with self.worker.database.snapshot() as tx:
            job = slips.next_job(tx, self.printer.id)
        return self._machine.next_of(job, time.monotonic())

    def _hear(self, event: Happened) -> SlipJob | None:
        """Let the state machine hear an event and write its answer; return the slip as it is then, where one moved."""
        moved = None
        for action in self._machine.hear(event, time.monotonic()):
            moved = self._write(action) or moved
        return moved

    # steps -----------------------------------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        match step:
            case TakeOver():
                self._take_over()
            case Look():
                self._look()
            case Print(job):
                self._print(job)
            case Settle(job, last):
                self._settle(job, last=last)
            case Rest(offers):
                self._rest(offers=offers)
            case Release():
                self.device.close()
                self._hear(Released())
            case Sleep(until):
                self.feed.wait(max(until - time.monotonic(), 0.0), self.worker.stop)
                self._hear(NothingLeft())
        if isinstance(step, Print | Settle) and self._machine.state.works:
            self._backoff.reset()

    def _take_over(self) -> None:
        """Take up what a worker that has ended left in hand: at once on this machine, else after its lease."""
        with self.worker.database.snapshot() as tx:
            found = slips.in_hand(tx, self.printer.id)
        for job in found:
            if is_left(job, self.worker.machine, wall_clock()):
                self._hear(WorkerGone(job))
        self._hear(TakenOver())

    def _look(self) -> None:
        try:
            seen = self.device.look()
        except DeviceFault as fault:
            self._hear(NotLooked(fault.code))
            return
        self._hear(Looked(seen))

    def _print(self, job: SlipJob) -> None:
        with self.worker.database.snapshot() as tx:
            why = self.maker.unneeded(tx, job, delayed=job.cause is not None)
        if why:
            self._hear(Unneeded(job, why))
            return
        claimed = self._hear(Taken(job))
        if claimed is None:
            return  # somebody has sent it to another printer meanwhile
        hand = LeasedJob(self.worker, claimed, self._hear)
        self._hear(self._printed(hand))

    def _printed(self, hand: LeasedJob) -> CameOut | Broke | NotMade:
        try:
            with self.worker.database.snapshot() as tx:
                slip = self.maker.slip(tx, hand.job)
            outcome = self.device.print(slip, hand.progress)
        except DeviceFault as fault:
            return Broke(hand.job, fault.code, fault.begun, fault.nothing_taken)
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001 - a slip that cannot be made must not stop all the others
            return NotMade(hand.job, f"{type(error).__name__}: {error}"[:200])
        return CameOut(hand.job, outcome)

    def _settle(self, job: SlipJob, *, last: bool) -> None:
        try:
            came_out = self.device.settle(last=last)
        except DeviceFault as fault:
            self._hear(NotSettled(fault.code))
            return
        if came_out:
            self._hear(CameOutAfterAll(job))
            return
        with self.worker.database.snapshot() as tx:
            why = self.maker.unneeded(tx, job, delayed=True)
            other = slip_rules.other_printer(self.printer, job, printer_health(tx, self.worker.hospital))
        self._hear(Missing(job, why, other))

    def _rest(self, *, offers: bool) -> None:
        if offers:
            self._offer()
        self.worker.stop.wait(self._backoff.next_pause())
        self._hear(Rested())

    def _offer(self) -> None:
        """Offer the slips to a printer that works: another one's go back there, this one's go to the backup."""
        with self.worker.database.snapshot() as tx:
            found = slips.queued(tx, self.printer.id)
            first = slips.next_job(tx, self.printer.id)
            health = printer_health(tx, self.worker.hospital)
        if first and first.state is SlipState.UNKNOWN:
            found.insert(0, first)
        for job in found:
            if target := slip_rules.other_printer(self.printer, job, health):
                self._hear(OutTooLong(job, target))

    def _mark_forgotten(self) -> None:
        """Mark the slips that waited while nobody served the printer: some of them may no longer be needed."""
        before = self.worker.clock() - NOT_SERVED_AFTER
        with self.worker.database.snapshot() as tx:
            queued = slips.queued(tx, self.printer.id)
        forgotten = [job for job in queued if job.cause is None and job.queued_at < before]
        if forgotten:
            with self.worker.working() as work:
                mark_forgotten(work, forgotten, NOT_SERVED, wall_clock())

    # actions ---------------------------------------------------------------------------------------------------

    def _write(self, action: Action) -> SlipJob | None:
        match action:
            case Report(state, ok, cause):
                known = self._machine.state
                found = Found(state, ok, cause, known.paper, known.capability, self.printer.device)
                self._reporter.report(found, wall_clock())
                return None
            case NoteCause(cause):
                self._note(cause)
                return None
        with self.worker.working() as work:
            return self._moved(work, action)

    def _moved(self, work: Work, action: Claim | Move | End | QueueCopy | PassOn) -> SlipJob | None:
        now = wall_clock()
        match action:
            case Claim(job, attempts):
                return move_slip(work, job, SlipState.CLAIMED, now, self._claim(job, attempts))
            case Move(job, state, cause, leave):
                changes: dict[str, Value] = {"cause": cause}
                if leave:
                    changes["lease_until"] = None
                return move_slip(work, job, state, now, changes)
            case End(job, kind, why, note, settled):
                return end_slip(work, job, kind, now, why=why, note=note, settled=settled)
            case QueueCopy(job):
                return queue_copy(work, job, now)
            case PassOn(job, target):
                return pass_on(work, job, target, now)

    def _claim(self, job: SlipJob, attempts: int) -> dict[str, Value]:
        return {
            "cause": job.cause,
            "attempts": attempts,
            "worker": self.worker.name,
            "machine": self.worker.machine,
            "lease_until": stamp(self.worker.lease_until()),
        }

    def _note(self, cause: str) -> None:
        with self.worker.database.snapshot() as tx:
            unaware = any(job.cause != cause for job in slips.queued(tx, self.printer.id))
        if unaware:
            with self.worker.working() as work:
                note_cause(work, self.printer.id, cause)


class LeasedJob:
    """The slip a worker is printing: its newest row, and the lease that is renewed while it takes time."""

    def __init__(self, worker: Worker, job: SlipJob, hear: Callable[[Happened], SlipJob | None]) -> None:
        self.worker = worker
        self.job = job
        self._hear = hear
        self._renew_at = time.monotonic() + self.worker.pace.lease / 2
        self.progress = Progress(
            sending=lambda: self._moved(Sending(self.job)),
            awaiting=lambda: self._moved(Awaiting(self.job)),
            alive=self._alive,
        )

    def _moved(self, event: Sending | Awaiting) -> None:
        moved = self._hear(event)
        assert moved is not None, "only its worker moves a slip in hand"
        self.job = moved

    def _alive(self) -> None:
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + self.worker.pace.lease / 2
            with self.worker.working() as work:
                renew_lease(work, self.job, self.worker.lease_until())
