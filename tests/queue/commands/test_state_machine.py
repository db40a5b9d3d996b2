"""The desk as a state machine on a real database: whatever people do in whatever order, the promises hold."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from engines import Engine, new_database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from looking import bare, look
from places import EXAMPLE_FILE
from replaying import assert_events_replay_to_the_tickets

from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import Reason
from nightdesk_queue.queries import queue_view
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.store import open_database, pages
from nightdesk_queue.store.timestamps import stamp


def hospital_of_many_rules() -> Hospital:
    """The example hospital, with another rule of order, of missed patients and of transfers in each clinic."""
    example = load(EXAMPLE_FILE)
    changes: dict[str, dict[str, dict[str, object]]] = {
        "bone": {"missed": {"places": [1, 2]}, "order": {"booked": "first"}},
        "er": {"order": {"rule": "accumulate", "rates": {"veteran": 3.0}}, "missed": {"rejoin": "end"}},
        "service": {"order": {"insert_every": {}, "overdue_minutes": {3: 10, 4: 20}}, "transfer": {"way_back": True}},
        "tcm-night": {"transfer": {"quota": 3}, "missed": {"cool_down_seconds": 0}},
    }
    clinics = []
    for clinic in example.clinic:
        tables = {name: getattr(clinic, name).changed(**update) for name, update in changes.get(clinic.id, {}).items()}
        clinics.append(clinic.changed(**tables))
    return example.changed(clinic=clinics)


HOSPITAL = hospital_of_many_rules()
CLINICS = ["bone", "tcm-night", "er", "service"]
ROOMS = ["bone-1", "tcm-1", "tcm-2", "er-1", "counter-1", "pp-1"]
STEPS = ["recall", "start", "finish", "hold", "return_", "miss", "rejoin", "cancel", "check_in", "keep"]
BY = By("anybody", "anywhere")
ADMISSION = {"closed", "full", "suspended"}


class DeskMachine(RuleBasedStateMachine):
    engine = Engine.SQLITE

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self._closing = ExitStack()
        url = self._closing.enter_context(new_database(self.engine, Path(self.folder)))
        self.store = self._closing.enter_context(open_database(url))
        self.desk = Desk(self.store, HOSPITAL)
        self.now = datetime.fromisoformat("2026-03-02T19:00:00+08:00")
        self.ids: list[str] = []

    def teardown(self) -> None:
        self._closing.close()
        shutil.rmtree(self.folder)

    def picked(self, pick: int) -> str | None:
        return self.ids[pick % len(self.ids)] if self.ids else None

    def allow(self, codes: set[str], step: Callable[[], object]) -> object:
        """Take a step; a refusal by rule must be one of these, and must have changed nothing."""
        before = self.rows()
        try:
            return step()
        except Refused as refused:
            assert refused.code in codes, refused.code
            assert self.rows() == before
            return None

    def rows(self) -> dict[str, tuple[object, ...]]:
        return {row["id"]: tuple(row) for row in bare(self.store).execute("SELECT * FROM tickets")}

    @rule(minutes=st.integers(-30, 90))
    def time_passes_or_a_clock_is_set_back(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        clinic=st.sampled_from(CLINICS),
        level=st.sampled_from([None, 3, 4]),
        priority=st.sampled_from([[], [], ["veteran"], ["elderly", "disabled"]]),
        extra=st.booleans(),
    )
    def issue(self, clinic: str, level: int | None, priority: list[str], extra: bool) -> None:
        def give() -> None:
            ticket = self.desk.issue(clinic, now=self.now, by=BY, level=level, priority=priority, extra=extra)
            self.ids.append(ticket.id)

        self.allow(ADMISSION, give)

    @rule(clinic=st.sampled_from(CLINICS), minutes=st.none() | st.integers(-20, 3000))
    def expect(self, clinic: str, minutes: int | None) -> None:
        def keep_a_number() -> None:
            slot = None if minutes is None else self.now + timedelta(minutes=minutes)
            self.ids.append(self.desk.expect(clinic, now=self.now, by=BY, slot_at=slot, phone="13812345678").id)

        self.allow(ADMISSION, keep_a_number)

    @rule(room=st.sampled_from(ROOMS))
    def call_next(self, room: str) -> None:
        with self.store.snapshot() as tx:
            clinic = tonight(tx, HOSPITAL).clinic_of_room.get(room)
        if clinic is None:
            self.allow({"unknown_room"}, lambda: self.desk.call(room, now=self.now, by=BY))
            return
        shown = queue_view.queue_view(look(self.store), HOSPITAL, clinic, self.now).waiting
        try:
            call = self.desk.call(room, now=self.now, by=BY)
        except Refused as refused:
            assert refused.code in {"room_busy", "nobody_waiting"}
            if refused.code == "nobody_waiting":
                assert all(place.reason is Reason.COOL_DOWN for place, _ in shown)
        else:
            assert call.ticket.id == shown[0][0].ticket.id, "the preview is the truth"
            assert call.reason is shown[0][0].reason

    @rule(step=st.sampled_from(STEPS), pick=st.integers(0, 1000))
    def step(self, step: str, pick: int) -> None:
        if id_ := self.picked(pick):
            codes = {"wrong_state"} | (ADMISSION | {"too_early"} if step == "check_in" else set())
            self.allow(codes, lambda: getattr(self.desk, step)(id_, now=self.now, by=BY))

    @rule(pick=st.integers(0, 1000), level=st.sampled_from([2, 3, 4]))
    def set_level(self, pick: int, level: int) -> None:
        if id_ := self.picked(pick):
            codes = {"wrong_state", "same_level", "red_flag"}
            self.allow(codes, lambda: self.desk.set_level(id_, level, now=self.now, by=BY))

    @rule(to=st.sampled_from(CLINICS), pick=st.integers(0, 1000), way_back=st.sampled_from([None, True]))
    def transfer(self, to: str, pick: int, way_back: bool | None) -> None:
        if id_ := self.picked(pick):
            codes = ADMISSION | {"wrong_state", "same_clinic", "not_accepted"}
            self.allow(codes, lambda: self.desk.transfer(id_, to=to, now=self.now, by=BY, way_back=way_back))

    @rule(clinic=st.sampled_from(CLINICS), step=st.sampled_from(["suspend", "resume"]))
    def suspend_or_resume(self, clinic: str, step: str) -> None:
        self.allow({"not_suspended"}, lambda: getattr(self.desk, step)(clinic, now=self.now, by=BY))

    @rule(clinic=st.sampled_from(CLINICS), rooms=st.lists(st.sampled_from(ROOMS), max_size=2))
    def move(self, clinic: str, rooms: list[str]) -> None:
        self.allow({"room_taken"}, lambda: self.desk.move(clinic, rooms, now=self.now, by=BY))

    @rule()
    def undo(self) -> None:
        self.allow({"nothing_to_undo", "moved_on"}, lambda: self.desk.undo(now=self.now, by=BY))

    @rule(room=st.sampled_from(ROOMS), step=st.sampled_from(STEPS), pick=st.integers(0, 1000))
    def undo_restores(self, room: str, step: str, pick: int) -> None:
        """A step at a station of its own, taken back at once, leaves every ticket as it was."""
        before, by = self.rows(), By("somebody", f"desk-{len(self.ids)}")
        try:
            if id_ := self.picked(pick):
                getattr(self.desk, step)(id_, now=self.now, by=by)
            else:
                self.desk.call(room, now=self.now, by=by)
        except Refused:
            return
        self.desk.undo(now=self.now, by=by)
        assert self.rows() == before

    @rule()
    def timers_run(self) -> None:
        self.desk.mark_no_shows(now=self.now, by=BY)
        Desk(self.store, HOSPITAL).escalate(self.now)

    @invariant()
    def living_numbers_differ(self) -> None:
        ended = tuple(state.value for state in ENDED)
        marks = ",".join("?" * len(ended))
        numbers = [
            row["number"]
            for row in bare(self.store).execute(f"SELECT number FROM tickets WHERE state NOT IN ({marks})", ended)
        ]
        assert len(numbers) == len(set(numbers))
        days = [tuple(row) for row in bare(self.store).execute("SELECT prefix, service_day, n FROM tickets")]
        assert len(days) == len(set(days))

    @invariant()
    def nobody_is_in_two_places_and_no_room_has_two(self) -> None:
        seen: list[str] = []
        for clinic in HOSPITAL.clinic:
            queue = queue_view.queue_view(look(self.store), HOSPITAL, clinic, self.now)
            listed = [place.ticket for place, _ in queue.waiting]
            listed += queue.called + queue.serving + queue.held + queue.missed + queue.expected
            seen += [ticket.id for ticket in listed]
            rooms = [ticket.room for ticket in queue.called + queue.serving]
            assert len(rooms) == len(set(rooms))
        assert len(seen) == len(set(seen))

    @invariant()
    def events_replay_to_exactly_the_tickets(self) -> None:
        assert_events_replay_to_the_tickets(self.store)

    @invariant()
    def whoever_has_arrived_has_a_slip_and_nobody_two_by_one_arrival(self) -> None:
        arrivals = "SELECT count(*) FROM events WHERE kind IN ('issue', 'check_in')"
        slips = "SELECT count(*) FROM slips WHERE kind = 'ticket'"
        assert bare(self.store).execute(f"SELECT ({arrivals}) - ({slips})").fetchone()[0] == 0

    @invariant()
    def a_page_belongs_to_somebody_nobody_has_come_for(self) -> None:
        for page in pages.open_pages(look(self.store)):
            state = bare(self.store).execute("SELECT state FROM tickets WHERE id = ?", (page.ticket,)).fetchone()
            assert state[0] not in ("called", "serving", "cancelled", "lapsed"), state[0]


class ServerDeskMachine(DeskMachine):
    """The same on a server."""

    engine = Engine.POSTGRES


DeskMachine.TestCase.settings = ServerDeskMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
TestDeskMachine = DeskMachine.TestCase
TestServerDeskMachine = pytest.mark.postgres(ServerDeskMachine.TestCase)


def test_stamps_sort_as_time_does() -> None:
    zone = HOSPITAL.zone
    moments = [datetime(2026, 3, 2, hour, tzinfo=zone) + timedelta(microseconds=hour) for hour in range(24)]
    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]
    assert json.dumps(stamp(moments[0])) == '"2026-03-01T16:00:00.000000+00:00"'
