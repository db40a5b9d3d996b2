"""The desk as a state machine on a real database: whatever people do in whatever order, the promises hold."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nightdesk_queue import view
from nightdesk_queue.config import load
from nightdesk_queue.desk import Desk
from nightdesk_queue.errors import Refused
from nightdesk_queue.model import By
from nightdesk_queue.states import ENDED
from nightdesk_queue.store import Store, events
from nightdesk_queue.store.stamps import stamp

HOSPITAL = load(Path(__file__).parents[1] / "data" / "config.example.toml")
CLINICS = ["bone", "tcm-night", "er", "service"]
ROOMS = ["bone-1", "tcm-1", "tcm-2", "er-1", "counter-1"]
STEPS = ["recall", "start", "finish", "hold", "return_", "miss", "rejoin", "cancel"]
BY = By("anybody", "anywhere")


class DeskMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.store = Store.open(f"sqlite:///{self.folder}/night.db")
        self.desk = Desk(self.store, HOSPITAL)
        self.now = datetime.fromisoformat("2026-03-02T19:00:00+08:00")
        self.ids: list[str] = []

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(minutes=st.integers(-30, 90))
    def time_passes_or_a_clock_is_set_back(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(clinic=st.sampled_from(CLINICS), level=st.sampled_from([None, 3, 4]))
    def issue(self, clinic: str, level: int | None) -> None:
        try:
            self.ids.append(self.desk.issue(clinic, now=self.now, by=BY, level=level).id)
        except Refused as refused:
            assert refused.code in {"closed", "full"}

    @rule(room=st.sampled_from(ROOMS))
    def call_next(self, room: str) -> None:
        clinic = HOSPITAL.clinic_of_room[room]
        shown = view.queue_view(self.store, HOSPITAL, clinic, self.now).waiting
        try:
            call = self.desk.call(room, now=self.now, by=BY)
        except Refused as refused:
            assert refused.code in {"room_busy", "nobody_waiting"}
        else:
            assert call.ticket.id == shown[0][0].ticket.id, "the preview is the truth"

    @rule(step=st.sampled_from(STEPS), pick=st.integers(0, 1000))
    def step(self, step: str, pick: int) -> None:
        if self.ids:
            try:
                getattr(self.desk, step)(self.ids[pick % len(self.ids)], now=self.now, by=BY)
            except Refused as refused:
                assert refused.code == "wrong_state"

    @rule(to=st.sampled_from(CLINICS), pick=st.integers(0, 1000))
    def transfer(self, to: str, pick: int) -> None:
        if self.ids:
            try:
                self.desk.transfer(self.ids[pick % len(self.ids)], to=to, now=self.now, by=BY)
            except Refused as refused:
                assert refused.code in {"wrong_state", "same_clinic", "not_accepted", "closed"}

    @invariant()
    def living_numbers_differ(self) -> None:
        ended = tuple(state.value for state in ENDED)
        marks = ",".join("?" * len(ended))
        numbers = [
            row["number"]
            for row in self.store.connection.execute(f"SELECT number FROM tickets WHERE state NOT IN ({marks})", ended)
        ]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def nobody_is_in_two_places_and_no_room_has_two(self) -> None:
        seen: list[str] = []
        for clinic in HOSPITAL.clinic:
            queue = view.queue_view(self.store, HOSPITAL, clinic, self.now)
            listed = [place.ticket for place, _ in queue.waiting]
            listed += queue.called + queue.serving + queue.held + queue.missed
            seen += [ticket.id for ticket in listed]
            rooms = [ticket.room for ticket in queue.called + queue.serving]
            assert len(rooms) == len(set(rooms))
        assert len(seen) == len(set(seen))

    @invariant()
    def events_replay_to_exactly_the_tickets(self) -> None:
        replayed: dict[str, dict[str, object]] = {}
        for event in events.after(self.store.connection, 0, 10_000):
            assert event.ticket is not None
            assert event.after is not None
            ticket = replayed.setdefault(event.ticket, {})
            for column, value in (event.before or {}).items():
                assert ticket.get(column) == value, f"{event.kind}: {column} was not {value!r}"
            ticket.update(event.after)
        for row in self.store.connection.execute("SELECT * FROM tickets"):
            stored = {key: row[key] for key in row.keys() if key != "seq"}  # noqa: SIM118 - sqlite3.Row
            assert stored == {key: replayed[row["id"]].get(key) for key in stored}

    @invariant()
    def every_issued_ticket_has_one_slip(self) -> None:
        row = self.store.connection.execute(
            "SELECT (SELECT count(*) FROM tickets), (SELECT count(DISTINCT ticket) FROM slips), "
            "(SELECT count(*) FROM slips)"
        ).fetchone()
        assert row[0] == row[1] == row[2]


DeskMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDeskMachine = DeskMachine.TestCase


def test_stamps_sort_as_time_does() -> None:
    zone = HOSPITAL.zone
    moments = [datetime(2026, 3, 2, hour, tzinfo=zone) + timedelta(microseconds=hour) for hour in range(24)]
    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]
    assert json.dumps(stamp(moments[0])) == '"2026-03-01T16:00:00.000000+00:00"'
