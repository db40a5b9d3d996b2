"""Undo takes back one act, by new events, unless somebody went on."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes, refused
from serving import line, serve

from nightdesk_queue.commands.undo import whom
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.events import UNDOABLE, EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.wait_forecasts import prospects
from nightdesk_queue.rules.waits import VisitType
from nightdesk_queue.store import Database, events
from nightdesk_queue.text.bilingual import same


class TestUndo:
    STEPS = (
        "call",
        "recall",
        "start",
        "finish",
        "hold",
        "return_",
        "miss",
        "rejoin",
        "cancel",
        "transfer",
        "set_level",
    )

    @pytest.mark.parametrize("step", STEPS)
    def test_every_step_is_taken_back_to_what_was_before_by_a_new_event(
        self, desk: Desk, evening: datetime, nurse: By, step: str
    ) -> None:
        by = By("nurse", "console:1")
        desk.issue("er", now=evening, by=nurse)
        before_it: dict[str, list[str]] = {
            "recall": ["call"],
            "start": ["call"],
            "finish": ["call", "start"],
            "miss": ["call"],
            "return_": ["hold"],
            "rejoin": ["call", "miss"],
        }
        for earlier in before_it.get(step, []):
            self.do(desk, earlier, evening, nurse)
        before = dict(bare(desk.database).execute("SELECT * FROM tickets").fetchone())
        self.do(desk, step, evening + minutes(1), by)
        undone = desk.undo(now=evening + minutes(2), by=by)
        assert dict(bare(desk.database).execute("SELECT * FROM tickets").fetchone()) == before
        last = events.after(look(desk.database), 0)[-1]
        assert (last.kind, last.undoes, last.data) == ("undo", undone.event.seq, event_data.Undid(undone.event.kind))
        with refused("nothing_to_undo"):
            desk.undo(now=evening + minutes(2), by=by)

    def do(self, desk: Desk, step: str, now: datetime, by: By) -> None:
        if step == "call":
            desk.call("er-1", now=now, by=by)
        elif step == "transfer":
            desk.transfer("E001", to="tcm-night", now=now, by=by)
        elif step == "set_level":
            desk.set_level("E001", 3, now=now, by=by)
        else:
            getattr(desk, step)("E001", now=now, by=by)

    def test_a_lapse_is_taken_back_together_with_its_miss(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        for attempt in range(3):
            desk.call("bone-1", ticket="B001", now=evening + minutes(2 * attempt), by=nurse)
            missed = desk.miss("B001", now=evening + minutes(2 * attempt), by=nurse)
            if attempt < 2:
                desk.rejoin("B001", now=evening + minutes(2 * attempt), by=nurse)
        assert missed.state is State.LAPSED
        restored = desk.undo(now=evening + minutes(9), by=nurse).ticket
        assert (restored.state, restored.missed, restored.room) == (State.CALLED, 2, "bone-1")

    def test_a_number_just_issued_becomes_void(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        assert desk.undo(now=evening, by=nurse).ticket.state is State.CANCELLED
        assert desk.issue("bone", now=evening, by=nurse).number == "B002", "a void number is not given again"

    def test_refused_once_somebody_else_went_on_with_the_patient(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.transfer("E001", to="tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=By("doctor", "console:tcm-1"))
        with refused("moved_on"):
            desk.undo(now=evening, by=nurse)

    def test_refused_once_the_room_has_another_patient(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.issue("bone", now=evening, by=nurse)
        serve(desk, "bone-1", evening, nurse)
        desk.call("bone-1", now=evening, by=By("doctor", "console:bone-1"))
        with refused("moved_on"):
            desk.undo(now=evening, by=nurse)

    def test_each_station_takes_back_its_own_last_step_and_the_one_before(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        one, two = By("a", "console:1"), By("b", "console:2")
        for _ in range(2):
            desk.issue("er", now=evening, by=nurse)
        desk.call("er-1", now=evening, by=one)
        desk.call("er-2", now=evening, by=two)
        desk.start("E001", now=evening, by=one)
        assert desk.undo(now=evening, by=one).event.kind == "start"
        assert desk.undo(now=evening, by=one).event.kind == "call"
        assert line(desk, "er", evening) == ["E001"]

    def test_what_was_learned_from_a_consultation_is_forgotten_with_it(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        serve(desk, "bone-1", evening, nurse, lasts=60)
        with desk.database.snapshot() as tx:
            assert prospects(tx, desk.hospital, "bone", evening).learned.means[VisitType.FIRST] > 20
        desk.undo(now=evening, by=nurse)
        with desk.database.snapshot() as tx:
            assert prospects(tx, desk.hospital, "bone", evening).learned.means[VisitType.FIRST] == 20

    @pytest.mark.parametrize("step", ["suspend", "resume", "move"])
    def test_what_was_done_with_a_whole_clinic_is_taken_back_too(
        self, desk: Desk, evening: datetime, nurse: By, step: str
    ) -> None:
        by = By("nurse", "console:1")
        desk.move("bone", ["tcm-2"], now=evening, by=nurse, notice="flood")
        if step == "resume":
            desk.suspend("bone", now=evening, by=nurse, notice="typhoon")
        before = tuple(look(desk.database).row("SELECT suspended, notice, rooms, move_notice FROM clinics") or ())
        later = evening + minutes(1)
        if step == "move":
            desk.move("bone", [], now=later, by=by)
        else:
            getattr(desk, step)("bone", now=later, by=by)
        assert desk.undo(now=later, by=by).ticket is None
        after = tuple(look(desk.database).row("SELECT suspended, notice, rooms, move_notice FROM clinics") or ())
        assert after == before
        if step == "suspend":
            desk.suspend("bone", now=later, by=by)
            desk.suspend("bone", now=later, by=nurse, notice="other")
            with refused("moved_on"):
                desk.undo(now=later, by=by)

    def test_every_undo_of_a_clinics_steps_is_an_event_and_the_one_before_can_be_taken_back_next(
        self, desk: Desk, evening: datetime
    ) -> None:
        by = By("nurse", "console:1")
        desk.suspend("bone", now=evening, by=by, notice="typhoon")
        desk.move("er", ["er-1"], now=evening, by=by)
        suspended, moved = events.after(look(desk.database), 0)
        assert [desk.undo(now=evening, by=by).event for _ in range(2)] == [moved, suspended]
        log = events.after(look(desk.database), moved.seq)
        assert [(one.kind, one.clinic, one.undoes, one.data) for one in log] == [
            ("undo", "er", moved.seq, event_data.Undid(EventKind.MOVE)),
            ("undo", "bone", suspended.seq, event_data.Undid(EventKind.SUSPEND)),
        ]
        assert [(one.before, one.after) for one in log] == [
            (moved.after, moved.before),
            (suspended.after, suspended.before),
        ]
        with refused("nothing_to_undo"):
            desk.undo(now=evening, by=by)

    def test_a_refused_undo_writes_nothing(self, desk: Desk, evening: datetime) -> None:
        one, two = By("a", "console:1"), By("b", "console:2")
        desk.issue("er", now=evening, by=one)
        desk.cancel("E001", now=evening, by=two)
        before = bare(desk.database).dump()
        with refused("moved_on"):
            desk.undo(now=evening, by=one)
        with refused("nothing_to_undo"):
            desk.undo(now=evening, by=two, expected=1)
        assert bare(desk.database).dump() == before

    def test_refused_into_a_room_the_clinic_has_left(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.call("er-2", now=evening, by=nurse)
        desk.miss("E001", now=evening, by=nurse)
        desk.move("service", ["er-2"], now=evening, by=By("b", "console:2"))
        with refused("moved_on"):
            desk.undo(now=evening, by=nurse)

    def test_refused_once_the_number_is_somebody_elses(self, desk: Desk, evening: datetime, nurse: By) -> None:
        night = evening.replace(hour=7, minute=0)
        desk.issue("bone", now=night, by=nurse)
        desk.cancel("B001", now=night, by=nurse)
        again = desk.issue("bone", now=night + minutes(60), by=By("b", "console:2"))
        assert again.number == "B001", "a new service day has begun"
        with refused("moved_on"):
            desk.undo(now=night + minutes(61), by=nurse)
        desk.cancel(again.id, now=night + minutes(61), by=By("b", "console:2"))
        assert desk.undo(now=night + minutes(62), by=nurse).ticket

    def test_refused_after_half_a_day(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("moved_on"):
            desk.undo(now=evening + minutes(12 * 60 + 1), by=nurse)
        assert desk.undo(now=evening + minutes(12 * 60), by=nurse).ticket

    def test_one_persons_steps_at_a_shared_station(self, desk: Desk, evening: datetime) -> None:
        for _ in range(2):
            desk.issue("er", now=evening, by=By("desk", "other"))
        desk.call("er-1", now=evening, by=By("li", "cli"))
        desk.call("er-2", now=evening, by=By("wang", "cli"))
        undone = desk.undo(now=evening, by=By("li", "cli"), actor="li").ticket
        assert undone
        assert undone.number == "E001"

    def test_a_number_taken_back_gives_its_place_and_its_key_back(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        clinics = [
            clinic.changed(sessions=[one.changed(quota=1) for one in clinic.sessions]) for clinic in hospital.clinic
        ]
        desk = Desk(store, hospital.changed(clinic=clinics))
        desk.issue("tcm-night", now=evening, by=nurse, key="k")
        desk.undo(now=evening, by=nurse)
        again = desk.issue("tcm-night", now=evening, by=nurse, key="k")
        assert (again.number, again.state) == ("N002", State.WAITING)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)

    def test_a_call_taken_back_leaves_the_outcome_of_an_earlier_call_alone(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.tell(desk.issue("bone", now=evening, by=nurse), now=evening, by=nurse)
        desk.call("bone-1", now=evening + minutes(5), by=nurse)
        desk.miss("B001", now=evening + minutes(6), by=nurse)
        desk.rejoin("B001", now=evening + minutes(7), by=nurse)
        desk.call("bone-1", now=evening + minutes(9), by=nurse)
        desk.undo(now=evening + minutes(9), by=nurse)
        assert [row[0] for row in bare(desk.database).execute("SELECT waited FROM forecasts")] == [5.0]


def test_a_step_names_its_patient_or_the_clinic_it_was_about(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    desk.suspend("bone", now=evening, by=nurse, notice="typhoon")
    named = {event.kind: whom(event, hospital) for event in events.after(look(store), 0) if event.kind in UNDOABLE}
    assert named == {EventKind.ISSUE: same("B001"), EventKind.SUSPEND: hospital.clinic_name("bone")}
