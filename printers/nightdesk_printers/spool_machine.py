"""The spool's decisions: what a printer's worker does next, and what becomes of a slip after whatever happens.

A state machine without IO and without a clock, as h11 is for HTTP: the worker does the steps this names, tells what
happened, and writes what this answers. A slip that has begun comes out again only as a marked copy, and only after the
printer was asked; each slip is tried so often at its own printer and as often at the backup, then a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Seen
from nightdesk_printers.replies import Paper
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
from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import SlipJob, SlipState

MOST_ATTEMPTS = 6
"""A slip that has broken off so often at its own printer, and so often again at the backup, is a person's to decide."""
STREAK = 2
"""After how many failed slips in a row a printer is not called ready until one comes out."""
AWAY = frozenset({"unreachable", "missing", "no_answer", "broken_off"})
"""Causes of a printer that cannot be reached at all."""


@dataclass(frozen=True, slots=True)
class SpoolRules:
    """Seconds: between looks at an idle printer (one that says how it is, one that does not), between looks for slips
    of workers that ended, until slips of a printer that does not print go to the backup, and until a connection that
    others need is let go (None: never). `most_attempts`: of a slip at its own printer, and again at the backup."""

    watch: float
    watch_silent: float
    take_over: float
    patience: float
    release: float | None = None
    most_attempts: int = MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What a worker knows of its printer. `failed_at`: since when it does not print. `failures`: slips in a row that it
    did not print. `last`: the slip it printed last. `resting`: it has just failed and is let be."""

    works: bool = True
    resting: bool = False
    failed_at: float | None = None
    failures: int = 0
    last: int | None = None
    look_at: float = -math.inf
    take_over_at: float = -math.inf
    busy_at: float = 0.0
    released: bool = False
    paper: Paper | None = None
    capability: Capability | None = None


class SpoolMachine:
    """Decides for one printer. `state` is replaced as a whole, never changed."""

    def __init__(self, printer: str, rules: SpoolRules, state: SpoolState | None = None) -> None:
        self.printer = printer
        self.rules = rules
        self.state = state or SpoolState()

    def due(self, now: float) -> Step | None:
        """Return what comes before any slip; None where the next slip's turn has come."""
        state = self.state
        if now >= state.take_over_at:
            return TakeOver()
        if state.resting:
            return Rest(offers=state.failed_at is not None and now - state.failed_at >= self.rules.patience)
        if not state.works or now >= state.look_at:
            return Look()
        return None

    def next_of(self, job: SlipJob | None, now: float) -> Step:
        """Return what to do about the next slip, None where there is none."""
        state = self.state
        if job is not None:
            return Settle(job, last=job.id == state.last) if job.state is SlipState.UNKNOWN else Print(job)
        release_at = math.inf
        if self.rules.release is not None and not state.released:
            release_at = state.busy_at + self.rules.release
        if now >= release_at:
            return Release()
        return Sleep(min(state.look_at, state.take_over_at, release_at))

    def hear(self, event: Happened, now: float) -> tuple[Action, ...]:
        """Take note of what happened; return what is to be written, in this order."""
        return tuple(self._answers(event, now))

    def _answers(self, event: Happened, now: float) -> Iterator[Action]:
        match event:
            case CameOut():
                yield from self._came_out(event, now)
            case Broke():
                yield from self._broke(event, now)
            case Looked(seen):
                yield from self._looked(seen, now)
            case NotLooked(cause) | NotSettled(cause):
                yield from self._failed(cause, now)
            case Missing():
                yield self._missing(event)
            case OutTooLong(job, other):
                yield self._given_up(job) if self._is_hopeless(job) else PassOn(job, other)
            case TakenOver() | Rested() | Released() | NothingLeft():
                self._noted(event, now)
            case _:
                yield from self._moved(event, now)

    # one slip --------------------------------------------------------------------------------------------------

    def _moved(
        self,
        event: Taken | Sending | Awaiting | Unneeded | NotMade | WorkerGone | CameOutAfterAll,
        now: float,
    ) -> Iterator[Action]:
        match event:
            case Taken(job):
                self.state = replace(self.state, last=job.id, busy_at=now, released=False)
                yield Claim(job, job.attempts + 1)
            case Sending(job):
                yield Move(job, SlipState.SENDING, job.cause)
            case Awaiting(job):
                yield Move(job, SlipState.AWAITING, job.cause)
            case Unneeded(job, why):
                yield End(job, EventKind.SLIP_DROPPED, why)
            case NotMade(job, note):
                yield End(job, EventKind.SLIP_FAILED, "not_made", note=note)
            case WorkerGone(job):
                begun = job.state is not SlipState.CLAIMED
                yield Move(job, SlipState.UNKNOWN if begun else SlipState.QUEUED, "worker_died", leave=True)
            case CameOutAfterAll(job):
                yield Move(job, SlipState.PRINTED, job.cause)

    def _came_out(self, event: CameOut, now: float) -> Iterator[Action]:
        self.state = replace(self.state, failed_at=None, failures=0, look_at=now + self.rules.watch)
        yield Move(event.job, SlipState(event.outcome.value))
        yield from self._works()

    def _broke(self, event: Broke, now: float) -> Iterator[Action]:
        job = event.job
        begun = event.begun or (job.state is not SlipState.CLAIMED and not event.nothing_taken)
        self.state = replace(self.state, failures=self.state.failures + 1)
        yield Move(job, SlipState.UNKNOWN if begun else SlipState.QUEUED, event.cause, leave=True)
        yield from self._failed(event.cause, now)

    def _missing(self, event: Missing) -> Action:
        """Print a slip again as a marked copy, while it is needed and there is hope."""
        job = event.job
        if event.unneeded:
            return End(job, EventKind.SLIP_UNKNOWN, f"{job.cause} ({event.unneeded})", settled=True)
        if self._is_hopeless(job):
            return self._given_up(job)
        if job.home == self.printer and job.attempts >= self.rules.most_attempts:
            return PassOn(job, event.other) if event.other else self._given_up(job)
        return QueueCopy(job)

    def _is_hopeless(self, job: SlipJob) -> bool:
        """Whether both printers had their turns: two that break every slip would pass it on for ever."""
        return job.state is SlipState.UNKNOWN and job.attempts >= 2 * self.rules.most_attempts

    def _given_up(self, job: SlipJob) -> End:
        return End(job, EventKind.SLIP_UNKNOWN, job.cause or "unknown", settled=True)

    # the printer -----------------------------------------------------------------------------------------------

    def _looked(self, seen: Seen, now: float) -> Iterator[Action]:
        silent = seen.capability in (None, Capability.NONE)
        look_at = now + (self.rules.watch_silent if silent else self.rules.watch)
        if seen.trouble:
            yield from self._failed(seen.trouble, now, seen)
            self.state = replace(self.state, look_at=look_at)
            return
        self.state = replace(self.state, paper=seen.paper, capability=seen.capability, look_at=look_at)
        yield from self._works()

    def _works(self) -> Iterator[Action]:
        self.state = replace(self.state, works=True, resting=False)
        # one that says it is well and breaks every slip is not called ready: only a slip that comes out ends that
        if self.state.failures < STREAK:
            yield Report(DeviceState.LOW if self.state.paper is Paper.NEAR_END else DeviceState.READY, ok=True)

    def _failed(self, cause: str, now: float, seen: Seen | None = None) -> Iterator[Action]:
        """Remember and tell that the printer does not print; every slip that waits for it says so."""
        state = self.state
        paper = seen.paper if seen else Paper.OUT if cause == "paper_out" else state.paper
        failed_at = now if state.failed_at is None else state.failed_at
        self.state = replace(state, works=False, resting=True, failed_at=failed_at, paper=paper)
        yield Report(DeviceState.OFFLINE if cause in AWAY else DeviceState.STOPPED, cause=cause)
        yield NoteCause(cause)

    def _noted(self, event: TakenOver | Rested | Released | NothingLeft, now: float) -> None:
        match event:
            case TakenOver():
                self.state = replace(self.state, take_over_at=now + self.rules.take_over)
            case Rested():
                self.state = replace(self.state, resting=False)
            case Released():
                # it is looked at again for the next slip
                self.state = replace(self.state, released=True, look_at=math.inf)
            case NothingLeft():
                # nothing is left to fail: whatever was wrong is over
                self.state = replace(self.state, failed_at=None, failures=0)


def is_left(job: SlipJob, machine: str, now: datetime) -> bool:
    """Whether the worker of a slip in hand has ended, for who holds the printer's lock on a machine.

    No other worker of this machine runs then; one of another machine has ended once its lease has.
    """
    return job.machine in (None, "", machine) or job.lease_until is None or job.lease_until < now
