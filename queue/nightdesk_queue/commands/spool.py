"""What a printer's worker writes about its slips: each move of the state machine, and why one ended.

Leases and changes of state carry the real time (`at`), whatever the hospital's clock says; events carry the hospital's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import SlipChanged
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import SlipJob, SlipState
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import slips
from nightdesk_queue.store.database import Value, Values
from nightdesk_queue.store.events import NewEvent


@command(Command.MOVE_SLIP)
def move_slip(work: Work, job: SlipJob, state: SlipState, at: datetime, changes: Values) -> SlipJob | None:
    """Move a slip on and write other columns with it; None when it is no longer where it was read."""
    return slips.move(work.tx, job, state, at, **changes)


@command(Command.MOVE_SLIP)
def end_slip(
    work: Work, job: SlipJob, kind: EventKind, at: datetime, *, why: str, note: str | None = None, settled: bool = False
) -> SlipJob | None:
    """Move a slip where it stays, and write down why; `note` says more in the event.

    `kind`: SLIP_DROPPED, SLIP_FAILED or SLIP_UNKNOWN. None when the slip is no longer where it was read.
    """
    changes: dict[str, Value] = {"settled": 1} if settled else {}
    moved = slips.move(work.tx, job, ENDS[kind], at, cause=why, lease_until=None, **changes)
    if moved:
        _note(work, kind, job, SlipChanged(job.id, why=note or why))
    return moved


ENDS: dict[EventKind, SlipState] = {
    EventKind.SLIP_DROPPED: SlipState.DROPPED,
    EventKind.SLIP_FAILED: SlipState.FAILED,
    EventKind.SLIP_UNKNOWN: SlipState.UNKNOWN,
}
"""The state in which a slip stays after each of these events."""


@command(Command.MOVE_SLIP)
def queue_copy(work: Work, job: SlipJob, at: datetime) -> SlipJob | None:
    """Queue a slip that may be half printed again, as the next marked copy."""
    copy = slips.next_copy(work.tx, job)
    return slips.move(work.tx, job, SlipState.QUEUED, at, cause=job.cause, copy=copy)


@command(Command.MOVE_SLIP)
def pass_on(work: Work, job: SlipJob, target: str, at: datetime) -> SlipJob | None:
    """Give a slip to another printer; one that has begun becomes a marked copy."""
    copy = slips.next_copy(work.tx, job) if job.state is SlipState.UNKNOWN else job.copy
    moved = slips.move(
        work.tx, job, SlipState.QUEUED, at, cause=job.cause, printer=target, copy=copy, worker=None, machine=None
    )
    if moved:
        data = SlipChanged(job.id, from_printer=job.printer, printer=target)
        _note(work, EventKind.SLIP_TO_BACKUP, job, data)
    return moved


@command(Command.MOVE_SLIP)
def renew_lease(work: Work, job: SlipJob, until: datetime) -> None:
    """Let a worker keep the slip it has in hand for longer."""
    slips.renew(work.tx, job, until)


@command(Command.MOVE_SLIP)
def note_cause(work: Work, printer: str, cause: str) -> None:
    """Write into every slip that waits for a printer the cause."""
    slips.note_cause(work.tx, printer, cause)


@command(Command.MOVE_SLIP)
def mark_forgotten(work: Work, jobs: Sequence[SlipJob], cause: str, at: datetime) -> None:
    """Mark slips that waited while nobody served their printer: some of them may no longer be needed."""
    for job in jobs:
        slips.move(work.tx, job, SlipState.QUEUED, at, cause=cause)


def _note(work: Work, kind: EventKind, job: SlipJob, data: SlipChanged) -> None:
    record(work, NewEvent(kind=kind, ticket=job.ticket, number=job.number, data=data))
