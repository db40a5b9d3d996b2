"""Overtaking on a real database: in a lane the r-th is overtaken by at most N·r ordinary patients, and all get in.

Also on evenings on which some or all are overdue.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from engines import Engine, new_database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from looking import look
from places import EXAMPLE_FILE

from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, Ticket
from nightdesk_queue.queries import queue_view
from nightdesk_queue.store import open_database

EXAMPLE = load(EXAMPLE_FILE)
BY = By("anybody", "anywhere")


def hospital_with(every: dict[Lane, int], limit: int) -> Hospital:
    """The example with these lanes and limit of level IV at its ER triage, and nobody cooling down."""
    clinics = []
    for clinic in EXAMPLE.clinic:
        order = clinic.order.changed(insert_every=every, overdue_minutes={3: limit, 4: limit})
        missed = clinic.missed.changed(cool_down_seconds=0, lapse_after=20)
        clinics.append(clinic.changed(order=order, missed=missed))
    return EXAMPLE.changed(clinic=clinics)


class OvertakingMachine(RuleBasedStateMachine):
    engine = Engine.SQLITE

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self._closing = ExitStack()
        url = self._closing.enter_context(new_database(self.engine, Path(self.folder)))
        self.store = self._closing.enter_context(open_database(url))
        self.now = datetime.fromisoformat("2026-03-02T19:00:00+08:00")
        self.bound: dict[str, int] = {}
        self.overtaken: dict[str, int] = {}

    @initialize(every=st.lists(st.integers(1, 4), min_size=3, max_size=3), limit=st.sampled_from([10**6, 20, 1]))
    def open_the_clinic(self, every: list[int], limit: int) -> None:
        self.every = dict(zip(INSERTED_LANES, every, strict=True))
        self.desk = Desk(self.store, hospital_with(self.every, limit))

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            for _ in range(len(self.line()) + 1):
                self.call_next(stays=True)
            assert self.line() == [], "nobody starves"
        self._closing.close()
        shutil.rmtree(self.folder)

    def line(self) -> list[Ticket]:
        clinic = self.desk.hospital.clinics["er"]
        return [
            place.ticket
            for place, _ in queue_view.queue_view(look(self.store), self.desk.hospital, clinic, self.now).waiting
        ]

    def joined(self, ticket: Ticket) -> None:
        """Note a lane's newcomer: the r-th of the lane may be overtaken N·r times."""
        if ticket.lane in INSERTED_LANES:
            ahead = sum(other.lane is ticket.lane for other in self.line())
            # more returns than first visits make their turn come sooner, never later
            self.bound[ticket.id] = max(self.every[ticket.lane], 1) * ahead
            self.overtaken[ticket.id] = 0

    @rule(minutes=st.integers(-40, 90))
    def time_passes_or_a_clock_is_set_back(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(soldier=st.booleans())
    def arrive(self, soldier: bool) -> None:
        priority = ["veteran"] if soldier else []
        self.joined(self.desk.issue("er", now=self.now, by=BY, priority=priority))

    @rule(pick=st.integers(0, 100))
    def back_from_an_examination(self, pick: int) -> None:
        if line := self.line():
            ticket = line[pick % len(line)]
            self.desk.hold(ticket.id, now=self.now, by=BY)
            self.joined(self.desk.return_(ticket.id, now=self.now, by=BY))

    @rule(stays=st.booleans())
    def call_next(self, stays: bool) -> None:
        if not self.line():
            return
        called = self.desk.call("er-1", now=self.now, by=BY).ticket
        if called.lane not in INSERTED_LANES:
            for other in self.line():
                if other.lane in INSERTED_LANES:
                    self.overtaken[other.id] += 1
                    assert self.overtaken[other.id] <= self.bound[other.id]
        if stays:
            self.desk.start(called.id, now=self.now, by=BY)
            self.desk.finish(called.id, now=self.now, by=BY)
        else:
            self.desk.miss(called.id, now=self.now, by=BY)
            if called.missed < 18:
                self.joined(self.desk.rejoin(called.id, now=self.now, by=BY))


class ServerOvertakingMachine(OvertakingMachine):
    """The same on a server."""

    engine = Engine.POSTGRES


OvertakingMachine.TestCase.settings = ServerOvertakingMachine.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
TestOvertakingMachine = OvertakingMachine.TestCase
TestServerOvertakingMachine = pytest.mark.postgres(ServerOvertakingMachine.TestCase)
