"""The worker that owns one printer: takes its slips from the database in order and prints each.

A printer has one owner at a time, kept by a lock on a file beside the database that the system itself lets go when
the owner dies. Whoever becomes owner first looks for slips a dead one left: `claimed` means no byte had left, so the
slip simply waits again; `sending` means some may be on paper, so it comes out again marked as a copy.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from nightdesk_printers.devices import Device, DeviceFault
from nightdesk_printers.slips import TicketFacts, ticket_slip
from nightdesk_queue import view
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.store import Feed, Store, slips, tickets
from nightdesk_queue.store.slips import SlipJob, SlipState

POLL_SECONDS = 0.05
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds before a printer that failed is tried again; the pause doubles from one to the other."""

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Return the real time in UTC: devices live in it even when the hospital's clock is a demo's."""
    return datetime.now(UTC)


class SpoolWorker:
    """Prints one printer's slips until `stop` is set; the slip in hand is finished first.

    `clock` is the hospital's time, used for what slips say; retries and device states use the real one.
    """

    def __init__(
        self, printer: Printer, hospital: Hospital, store: Store, device: Device, clock: Clock, stop: Event
    ) -> None:
        self.printer = printer
        self.hospital = hospital
        self.device = device
        self.clock = clock
        self.stop = stop
        self._home = store
        self._log = DeviceLog("printer", printer.id)

    def run(self) -> None:
        """Own the printer and print until told to stop. Raises Fault when the database fails."""
        lock = Ownership(self._home.path, f"printer-{self.printer.id}")
        while not lock.take():
            if self.stop.wait(SHORTEST_PAUSE):
                return
        with lock, self._home.another() as store:
            take_over(store, self.printer.id)
            feed = Feed(store)
            try:
                self._work(store, feed)
            finally:
                feed.close()
            self._log.report(store, "offline", ok=False, now=wall_clock(), cause="stopped")

    def _work(self, store: Store, feed: Feed) -> None:
        pause = SHORTEST_PAUSE
        self._log.report(store, "ready", ok=False, now=wall_clock())
        while not self.stop.is_set():
            feed.changed()
            with store.reading() as connection:
                job = slips.next_queued(connection, self.printer.id)
            if job is None:
                while not (feed.changed() or self.stop.wait(POLL_SECONDS)):
                    self._log.alive(store, wall_clock())
                continue
            if self._print(store, job):
                pause = SHORTEST_PAUSE
            else:
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _print(self, store: Store, job: SlipJob) -> bool:
        job = _moved(store, job, SlipState.CLAIMED, attempts=job.attempts + 1)
        slip = ticket_slip(self._facts(store, job))
        begun = [job]
        try:
            outcome = self.device.print(slip, lambda: begun.append(_moved(store, job, SlipState.SENDING)))
        except DeviceFault as fault:
            self._put_back(store, begun[-1], fault)
            self._log.report(store, "offline", ok=False, now=wall_clock(), cause=fault.code)
            return False
        _moved(store, begun[-1], SlipState(outcome.value))
        self._log.report(store, "ready", ok=True, now=wall_clock())
        return True

    def _put_back(self, store: Store, job: SlipJob, fault: DeviceFault) -> None:
        half_printed = job.state is SlipState.SENDING
        _moved(store, job, SlipState.QUEUED, cause=fault.code, copy=job.copy + half_printed)

    def _facts(self, store: Store, job: SlipJob) -> TicketFacts:
        with store.reading() as connection:
            ticket = tickets.by_id(connection, job.ticket)
        assert ticket is not None, "a slip's ticket is kept by a foreign key"
        # where the number was issued is what the number's letters say; where the patient waits is on the slip
        clinic = self.hospital.clinics.get(ticket.clinic) or next(iter(self.hospital.clinics.values()))
        standing = view.standing(store, self.hospital, ticket, self.clock())
        return TicketFacts(ticket, clinic, self.hospital, standing, job.copy)


def take_over(store: Store, printer: str) -> int:
    """Put back what a dead worker of a printer left behind; return how many slips that were."""
    with store.unit() as connection:
        left = slips.left_behind(connection, printer)
        for job in left:
            copy = job.copy + (job.state is SlipState.SENDING)
            slips.move(connection, job, SlipState.QUEUED, wall_clock(), cause="worker_died", copy=copy)
    return len(left)


def _moved(
    store: Store,
    job: SlipJob,
    state: SlipState,
    *,
    cause: str | None = None,
    attempts: int | None = None,
    copy: int | None = None,
) -> SlipJob:
    with store.unit() as connection:
        slips.move(connection, job, state, wall_clock(), cause=cause, attempts=attempts, copy=copy)
        moved = slips.by_id(connection, job.id)
    assert moved is not None, "a slip just moved is there"
    return moved


class Ownership:
    """A lock that only one living process holds; use as a context manager after `take` said True."""

    def __init__(self, database: Path, name: str) -> None:
        self.path = database.with_name(f"{database.name}.{name}.lock")
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Try to become the owner; False while another process is."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def __enter__(self) -> Ownership:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
