"""The worker that owns one printer: takes its slips from the database in order and prints each.

A printer has one owner at a time, kept by a lock on a file beside the database that the system itself lets go when
the owner dies. Whoever becomes owner first looks for slips a dead one left: `claimed` means no byte had left, so the
slip simply waits again; `sending` means some may be on paper, so it comes out again marked as a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from nightdesk_printers.devices import Device, DeviceFault
from nightdesk_printers.layout import Slip
from nightdesk_printers.slips import PageFacts, TicketFacts, page_slip, ticket_slip
from nightdesk_queue import paging, view
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.errors import Fault
from nightdesk_queue.store import Feed, Store, pages, slips, tickets
from nightdesk_queue.store.ownership import Ownership
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
        lock = Ownership(self._home.path, "printer", self.printer.id)
        while not lock.take():
            if self.stop.wait(SHORTEST_PAUSE):
                return
        with lock, self._home.another() as store:
            take_over(store, self.printer.id)
            with Feed(store) as feed:
                self._work(store, feed)
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
                    continue
                continue
            if self._print(store, job):
                pause = SHORTEST_PAUSE
            else:
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _print(self, store: Store, job: SlipJob) -> bool:
        job = _moved(store, job, SlipState.CLAIMED, cause=job.cause, attempts=job.attempts + 1)
        begun = [job]

        def sending() -> None:
            begun.append(_moved(store, job, SlipState.SENDING, cause=job.cause))

        try:
            outcome = self.device.print(self._slip(store, job), sending)
        except DeviceFault as fault:
            self._put_back(store, begun[-1], fault)
            self._log.report(store, "offline", ok=False, now=wall_clock(), cause=fault.code)
            return False
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001 - a slip that cannot be made must not hold up all the others
            _moved(store, begun[-1], SlipState.FAILED, cause=f"{type(error).__name__}: {error}"[:200])
            return True
        _moved(store, begun[-1], SlipState(outcome.value))
        self._log.report(store, "ready", ok=True, now=wall_clock())
        return True

    def _put_back(self, store: Store, job: SlipJob, fault: DeviceFault) -> None:
        half_printed = job.state is SlipState.SENDING
        _moved(store, job, SlipState.QUEUED, cause=fault.code, copy=job.copy + half_printed)

    def _slip(self, store: Store, job: SlipJob) -> Slip:
        with store.reading() as connection:
            ticket = tickets.by_id(connection, job.ticket)
            page = pages.newest_of_ticket(connection, job.ticket) if job.kind == paging.SLIP else None
        assert ticket is not None, "a slip's ticket is kept by a foreign key"
        if page:
            return page_slip(PageFacts(ticket, self.hospital, page, job.copy))
        standing = view.standing(store, self.hospital, ticket, self.clock())
        return ticket_slip(TicketFacts(ticket, self.hospital, standing, job.copy))


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
