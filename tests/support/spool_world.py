"""A world around the spool's state machine: one slip, two printers, a worker each that may end at any instant.

What a device may answer is what its contract allows, and nothing else: "printed" only for a slip that lies on the
paper. Everything else may happen at any time, in any order, any number of times.

So that every world can be visited, a world holds only what matters: of the printer that does not have the slip whether
it is said to work, of the paper what lies there of the copy that is being printed. An idle worker may know whatever a
worker can know, and what is due is due at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Outcome
from nightdesk_printers.devices.base import Seen
from nightdesk_printers.replies import Trouble
from nightdesk_printers.spool_machine import SpoolMachine, SpoolRules, SpoolState
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
    Report,
    Rest,
    Rested,
    Sending,
    Settle,
    Sleep,
    Taken,
    TakenOver,
    TakeOver,
    Unneeded,
    WorkerGone,
)
from nightdesk_queue.commands.spool import ENDS
from nightdesk_queue.config import Printer
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind, DeviceState
from nightdesk_queue.domain.slips import BEGUN, SlipJob, SlipKind, SlipState
from nightdesk_queue.rules import slip_rules

PRINTERS = (Printer(id="lobby", device="tcp://a", backup="desk"), Printer(id="desk", device="tcp://b"))
"""The slip's own printer, and its backup."""
SOON, LATE = 0.5, 1e6
"""Moments before anything is due again, and after everything is."""
RULES = SpoolRules(watch=1.0, watch_silent=1.0, take_over=1.0, patience=100.0)
NIGHT = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
SLIP = SlipJob(
    id=1, ticket="T", number="N001", kind=SlipKind.TICKET, clinic=None, service_day=None, event=None, printer="lobby",
    home="lobby", state=SlipState.QUEUED, settled=False, cause=None, attempts=0, copy=0, asked_by=None, worker=None,
    machine=None, lease_until=None, queued_at=NIGHT, changed_at=NIGHT,
)  # fmt: skip
LAST_TURN = 2 * RULES.most_attempts
NOTHING, PART, WHOLE = range(3)
"""How much of the copy that is being printed lies on the paper."""


def _known(*, works: bool, resting: bool, failed: bool, failures: int, last: bool) -> SpoolState:
    return SpoolState(
        works=works,
        resting=resting,
        failed_at=0.0 if failed else None,
        failures=failures,
        last=SLIP.id if last else None,
        look_at=1.0,
        take_over_at=1.0,
    )


FRESH = _known(works=True, resting=False, failed=False, failures=0, last=False)
IDLE = {
    told: [
        _known(works=works, resting=resting, failed=failed or not works, failures=failures, last=last)
        for works, resting, failed, failures, last in product(
            (True,) if told else (False, True), (False, True), (False, True), range(2 if told else 3), (False, True)
        )
        if not (works and resting)
    ]
    for told in (False, True)
}
"""What a worker without a slip may know, by whether its printer is said to work."""


@dataclass(frozen=True, slots=True)
class World:
    """The slip and the printer that has it. `at`: which. `told`, `other_told`: whether it, and the other one, is said
    to work. `twice`: something came out a second time without a mark of its own."""

    at: int = 0
    state: SlipState = SlipState.QUEUED
    settled: bool = False
    cause: bool = False
    attempts: int = 0
    paper: int = NOTHING
    worker: SpoolState = FRESH
    told: bool = True
    other_told: bool = True
    twice: bool = False

    @property
    def job(self) -> SlipJob:
        """The slip's row."""
        cause = "a cause" if self.cause else None
        state, attempts, printer = self.state, self.attempts, PRINTERS[self.at].id
        return replace(
            SLIP, printer=printer, state=state, settled=self.settled, cause=cause, attempts=attempts
        )  # fmt: skip

    @property
    def ended(self) -> bool:
        """Whether nothing more becomes of the slip by itself."""
        return not self.job.open

    @property
    def other(self) -> str | None:
        """The printer that would take the slip from this one."""
        health = {
            PRINTERS[self.at].id: self._health(self.told),
            PRINTERS[1 - self.at].id: self._health(self.other_told),
        }
        return slip_rules.other_printer(PRINTERS[self.at], self.job, health)

    def _health(self, works: bool) -> DeviceHealth:
        state = DeviceState.READY if works else DeviceState.STOPPED
        return DeviceHealth(DeviceKind.PRINTER, "any", state, None, served=True)


def following(world: World, *, helped: bool = True) -> Iterator[World]:
    """Every world that may come next; unless `helped` without those that an end from outside leads to.

    From outside: a worker ends and begins anew, the other printer comes back, nobody needs the slip any more.
    """
    if helped:
        yield replace(world, worker=FRESH)
        yield replace(world, other_told=not world.other_told)
    for now, take_over_at in product((SOON, LATE), (SOON, LATE * 2)):
        at_hand = replace(world, worker=replace(world.worker, take_over_at=take_over_at))
        yield from _steps(at_hand, now, helped=helped)


def _steps(world: World, now: float, *, helped: bool) -> Iterator[World]:
    machine = SpoolMachine(PRINTERS[world.at].id, RULES, world.worker)
    job = world.job
    waits = job if job.state in (SlipState.QUEUED, SlipState.UNKNOWN) else None
    match machine.due(now) or machine.next_of(waits, now):
        case TakeOver():
            yield from _heard(world, now, *([WorkerGone(job)] if job.state in BEGUN else []), TakenOver())
        case Print():
            yield from _printing(world, now, job, helped=helped)
        case Settle(last=last):
            yield from _settling(world, now, job, last=last, helped=helped)
        case Rest(offers):
            offered = [OutTooLong(job, world.other)] if offers and waits and world.other else []
            yield from _heard(world, now, *offered, Rested())
        case Sleep():
            yield from _heard(world, now, NothingLeft())
        case Look():
            yield from _looking(world, now)


def _looking(world: World, now: float) -> Iterator[World]:
    yield from _heard(world, now, Looked(Seen(capability=Capability.COMPLETE)))
    yield from _heard(world, now, Looked(Seen(Trouble.PAPER_OUT)))
    yield from _heard(world, now, NotLooked("unreachable"))


def _printing(world: World, now: float, job: SlipJob, *, helped: bool) -> Iterator[World]:
    [taken] = _heard(world, now, Taken(job))
    if helped:
        yield from _heard(world, now, Unneeded(job, "called"))
        yield replace(taken, worker=FRESH)
    yield from _heard(taken, now, NotMade(taken.job, "x"))
    yield from _heard(taken, now, Broke(taken.job, "broken_off", begun=False, nothing_taken=False))
    [sending] = _heard(taken, now, Sending(taken.job))
    yield from _heard(sending, now, Broke(sending.job, "rejects", begun=False, nothing_taken=True))
    for paper, begun in product((NOTHING, PART), (False, True)):
        broken = _printed(sending, paper)
        if helped:
            yield replace(broken, worker=FRESH)
        yield from _heard(broken, now, Broke(broken.job, "broken_off", begun=begun, nothing_taken=False))
    [awaiting] = _heard(sending, now, Awaiting(sending.job))
    for paper in (NOTHING, PART, WHOLE):
        yield from _sent(_printed(awaiting, paper), now, helped=helped)


def _sent(world: World, now: float, *, helped: bool) -> Iterator[World]:
    if helped:
        yield replace(world, worker=FRESH)
    yield from _heard(world, now, Broke(world.job, "no_answer", begun=True, nothing_taken=False))
    yield from _heard(world, now, CameOut(world.job, Outcome.SENT))
    if world.paper == WHOLE:
        yield from _heard(world, now, CameOut(world.job, Outcome.PRINTED))


def _settling(world: World, now: float, job: SlipJob, *, last: bool, helped: bool) -> Iterator[World]:
    yield from _heard(world, now, NotSettled("no_answer"))
    others_answer = last and world.worker.last is None  # one to another slip may pass for one to this
    if (last and world.paper == WHOLE) or others_answer:
        yield from _heard(world, now, CameOutAfterAll(job))
    for why in (None, "called") if helped else (None,):
        yield from _heard(world, now, Missing(job, why, world.other))


def _printed(world: World, paper: int) -> World:
    """Let so much of the slip come out."""
    return replace(world, paper=paper, twice=world.twice or world.paper != NOTHING) if paper else world


def _heard(world: World, now: float, *events: Happened) -> list[World]:
    """Let the state machine hear what happened and write its answers; one world, or one for each idle worker."""
    machine = SpoolMachine(PRINTERS[world.at].id, RULES, world.worker)
    at = world.at
    for event in events:
        for action in machine.hear(event, now):
            world = _written(world, action)
    if world.at == at:
        return [replace(world, worker=_forgetful(machine.state))]
    world = replace(world, told=world.other_told, other_told=world.told)
    return [replace(world, worker=idle) for idle in IDLE[world.told]]


def _forgetful(state: SpoolState) -> SpoolState:
    """What a worker knows, but for when exactly."""
    return _known(
        works=state.works,
        resting=state.resting,
        failed=state.failed_at is not None,
        failures=min(state.failures, 2),
        last=state.last is not None,
    )


def _written(world: World, action: Action) -> World:
    return replace(world, **_changes(world, action))


def _changes(world: World, action: Action) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    match action:
        case Report(ok=ok):
            changes = {"told": ok}
        case NoteCause():
            changes = {"cause": world.cause or world.state is SlipState.QUEUED}
        case Claim(attempts=attempts):
            # more turns than both printers have make no difference
            changes = {"state": SlipState.CLAIMED, "attempts": min(attempts, LAST_TURN)}
        case Move(state=state, cause=cause):
            changes = {"state": state, "cause": bool(cause)}
        case End(kind=kind, why=why, settled=settled):
            changes = {"state": ENDS[kind], "cause": bool(why), "settled": settled}
        case QueueCopy():
            changes = {"state": SlipState.QUEUED, "paper": NOTHING}
        case PassOn():
            paper = NOTHING if world.state is SlipState.UNKNOWN else world.paper
            changes = {"state": SlipState.QUEUED, "at": 1 - world.at, "paper": paper}
    return changes
