"""The queue in full, on a real database: levels, misses, returns, transfers, undo, hours, suspension, leftovers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes, refused

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, Reason, State, Ticket
from nightdesk_queue.queries import leftovers, queue_view, reports
from nightdesk_queue.queries.wait_forecasts import prospects
from nightdesk_queue.rules.waits import VisitType
from nightdesk_queue.store import Database, events

KIOSK = By("patient", "kiosk:lobby-1")


def changed(hospital: Hospital, clinic_id: str, **tables: dict[str, object]) -> Hospital:
    clinics = []
    for clinic in hospital.clinic:
        if clinic.id == clinic_id:
            update: dict[str, object] = {}
            for name, keys in tables.items():
                table = getattr(clinic, name)
                update[name] = type(table).model_validate({**table.model_dump(by_alias=True), **keys})
            clinic = clinic.model_copy(update=update)  # noqa: PLW2901
        clinics.append(clinic)
    return hospital.altered(clinic=clinics)


def line(desk: Desk, clinic: str, now: datetime) -> list[str]:
    found = queue_view.queue_view(look(desk.database), desk.hospital, desk.hospital.clinics[clinic], now).waiting
    return [place.ticket.number for place, _ in found]


def serve(desk: Desk, room: str, now: datetime, by: By, lasts: float = 10) -> Ticket:
    called = desk.call(room, now=now, by=by).ticket
    desk.start(called.id, now=now, by=by)
    return desk.finish(called.id, now=now + minutes(lasts), by=by)


class TestLevels:
    def test_only_staff_set_a_level_and_it_is_an_event(self, desk: Desk, evening: datetime, nurse: By) -> None:
        first, second = (desk.issue("bone", now=evening, by=nurse) for _ in range(2))
        desk.set_level(second.id, 3, now=evening, by=nurse)
        assert line(desk, "bone", evening) == [second.number, first.number]
        last = events.after(look(desk.database), 0)[-1]
        assert (last.kind, last.before, last.after) == (
            "level",
            {"level": 4, "lane": "first", "lane_since": None, "state": "waiting"},
            {"level": 3, "lane": "first", "lane_since": None, "state": "waiting"},
        )

    @pytest.mark.parametrize(
        ("level", "code"), [(1, "red_flag"), (2, "red_flag"), (4, "same_level"), (7, "unknown_level")]
    )
    def test_urgent_levels_go_to_the_er_and_the_same_one_is_no_change(
        self, desk: Desk, evening: datetime, nurse: By, level: int, code: str
    ) -> None:
        ticket = desk.issue("bone", now=evening, by=nurse)
        with refused(code):
            desk.set_level(ticket.id, level, now=evening, by=nurse)

    def test_a_kiosk_sets_no_level_and_gives_no_extra_number(self, desk: Desk, evening: datetime) -> None:
        with refused("staff_only"):
            desk.issue("bone", now=evening, by=KIOSK, kiosk="lobby-1", level=3)
        with refused("staff_only"):
            desk.issue("bone", now=evening, by=KIOSK, kiosk="lobby-1", extra=True)
        with refused("red_flag"):
            desk.issue("bone", now=evening, by=KIOSK, kiosk="lobby-1", level=1)

    def test_past_the_limit_a_ticket_is_overdue_and_the_call_says_so(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for place in range(3):
            desk.issue("bone", now=evening + minutes(place), by=nurse)
        urgent = desk.issue("bone", now=evening + minutes(20), by=nurse, level=3)
        now = evening + minutes(61.5)
        queue = queue_view.queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["bone"], now)
        assert [ticket.number for ticket in queue.overdue] == [urgent.number, "B001", "B002"]
        call = desk.call("bone-1", now=now, by=nurse)
        assert (call.ticket.id, call.reason) == (urgent.id, Reason.OVERDUE)
        assert events.after(look(desk.database), 0)[-1].data == event_data.Called(Reason.OVERDUE)


class TestLanes:
    def test_the_hospitals_example_with_calls_on_a_database(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        """Number 2 comes back while 13 is with the doctor; two others come back after it."""
        desk = Desk(store, changed(hospital, "er", order={"overdue_minutes": {"IV": 1440}}))
        for _ in range(13):
            desk.issue("er", now=evening, by=nurse)
        for _ in range(13):
            ticket = desk.call("er-1", now=evening, by=nurse).ticket
            desk.start(ticket.id, now=evening, by=nurse)
            if ticket.number in ("E002", "E005", "E007"):
                desk.hold(ticket.id, now=evening, by=nurse)
            elif ticket.number != "E013":
                desk.finish(ticket.id, now=evening, by=nurse)
        for _ in range(6):
            desk.issue("er", now=evening + minutes(1), by=nurse)
        for number in ("E002", "E005", "E007"):
            desk.return_(number, now=evening + minutes(2), by=nurse)
        desk.finish("E013", now=evening + minutes(3), by=nurse)
        wanted = ["E014", "E015", "E002", "E016", "E017", "E005", "E018", "E019", "E007"]
        assert line(desk, "er", evening + minutes(3)) == wanted
        called = [serve(desk, "er-1", evening + minutes(3), nurse).number for _ in wanted]
        assert called == wanted

    def test_a_staff_choice_resets_its_lane_and_is_recorded_as_such(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening, by=nurse)
        soldier, other = (desk.issue("er", now=evening + minutes(1), by=nurse, priority=["veteran"]) for _ in range(2))
        for _ in range(3):
            desk.issue("er", now=evening + minutes(2), by=nurse)
        chosen = desk.call("er-1", ticket=soldier.id, now=evening + minutes(3), by=nurse)
        assert chosen.reason is Reason.STAFF
        assert line(desk, "er", evening + minutes(3)) == ["E001", other.number, "E004", "E005", "E006"]

    def test_the_lane_counts_survive_an_undo(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for _ in range(4):
            desk.issue("er", now=evening, by=nurse)
        desk.hold("E001", now=evening, by=nurse)
        desk.return_("E001", now=evening + minutes(1), by=nurse)
        now = evening + minutes(2)
        before = line(desk, "er", now)
        assert before == ["E002", "E003", "E001", "E004"]
        desk.call("er-1", now=now, by=nurse)
        assert line(desk, "er", now) == ["E003", "E001", "E004"]
        desk.undo(now=now, by=nurse)
        assert line(desk, "er", now) == before


class TestMissed:
    def miss(self, desk: Desk, number: str, now: datetime, nurse: By) -> Ticket:
        desk.call("bone-1", ticket=number, now=now, by=nurse)
        return desk.miss(number, now=now, by=nurse)

    def test_recalls_and_the_time_of_the_last_call_are_counted(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        again = desk.recall("B001", now=evening + minutes(2), by=nurse).ticket
        assert (again.calls, again.called_at) == (2, evening + minutes(2))

    def test_some_places_back_the_first_time_more_the_second_then_the_end(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        rules = {"places": [2, 3], "cool_down_seconds": 0, "lapse_after": 9}
        desk = Desk(store, changed(hospital, "bone", missed=rules))
        for _ in range(6):
            desk.issue("bone", now=evening, by=nurse)
        for place in (2, 3, 5, 5):
            self.miss(desk, "B001", evening, nurse)
            desk.rejoin("B001", now=evening, by=nurse)
            assert line(desk, "bone", evening).index("B001") == place
        newcomer = desk.issue("bone", now=evening + minutes(1), by=nurse)
        assert line(desk, "bone", evening + minutes(1))[-1] == newcomer.number

    def test_at_the_end_where_the_clinic_says_so(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, changed(hospital, "bone", missed={"rejoin": "end", "cool_down_seconds": 0}))
        for _ in range(5):
            desk.issue("bone", now=evening, by=nurse)
        self.miss(desk, "B001", evening, nurse)
        desk.rejoin("B001", now=evening, by=nurse)
        assert line(desk, "bone", evening)[-1] == "B001"

    def test_who_reported_again_is_not_called_in_the_same_minute(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        self.miss(desk, "B001", evening, nurse)
        desk.rejoin("B001", now=evening, by=nurse)
        with refused("nobody_waiting"):
            desk.call("bone-1", now=evening + timedelta(seconds=59), by=nurse)
        assert desk.call("bone-1", now=evening + timedelta(seconds=60), by=nurse).ticket.number == "B001"

    def test_staff_may_call_them_by_number_at_once(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        self.miss(desk, "B001", evening, nurse)
        desk.rejoin("B001", now=evening, by=nurse)
        assert desk.call("bone-1", ticket="B001", now=evening, by=nurse).reason is Reason.STAFF

    def test_a_patient_reports_again_at_the_kiosk(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        self.miss(desk, "B001", evening, nurse)
        back = desk.report("b001", now=evening + minutes(1), by=KIOSK, kiosk="lobby-1")
        assert (back.state, back.lane) == (State.WAITING, Lane.MISSED)
        assert desk.report("B001", now=evening + minutes(1), by=KIOSK) == back, "asking again changes nothing"
        desk.call("bone-1", now=evening + minutes(9), by=nurse)
        with refused("called_already"):
            desk.report("B001", now=evening + minutes(9), by=KIOSK)
        desk.start("B001", now=evening + minutes(9), by=nurse)
        with refused("ask_desk"):
            desk.report("B001", now=evening + minutes(9), by=KIOSK)

    @pytest.mark.parametrize(
        ("booked", "line_of"),
        [
            ("equal", ["first", "first", *["veteran"] * 6]),
            ("equal", ["veteran"] * 8),
            ("first", ["booked", *["first"] * 10]),
            ("equal", ["first", "veteran", "first", "first", "veteran", "first", "first", "first"]),
        ],
    )
    def test_five_places_back_are_five_whoever_stands_in_line(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By, booked: str, line_of: list[str]
    ) -> None:
        rules = {"places": [5, 10], "cool_down_seconds": 0}
        desk = Desk(store, changed(hospital, "bone", missed=rules, order={"booked": booked}))
        missed = desk.issue("bone", now=evening, by=nurse)
        for place, kind in enumerate(line_of):
            now = evening + minutes(1 + place)
            if kind == "booked":
                slot = evening + minutes(30)
                desk.check_in(desk.expect("bone", now=now, by=nurse, slot_at=slot).id, now=now, by=nurse)
            else:
                desk.issue("bone", now=now, by=nurse, priority=["veteran"] if kind == "veteran" else [])
        now = evening + minutes(40)
        self.miss(desk, missed.number, now, nurse)
        desk.rejoin(missed.id, now=now, by=nurse)
        assert line(desk, "bone", now).index(missed.number) == 5


class TestReturns:
    def test_a_held_patient_is_listed_with_where_to_and_not_forgotten(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        held = desk.hold("B001", now=evening, by=nurse, to="X-ray\x1b")
        assert (held.held_to, held.held_at) == ("X-ray", evening)
        bone = desk.hospital.clinics["bone"]
        soon = queue_view.queue_view(look(desk.database), desk.hospital, bone, evening + minutes(44))
        late = queue_view.queue_view(look(desk.database), desk.hospital, bone, evening + minutes(45))
        assert (soon.held, soon.away_too_long) == ([held], [])
        assert late.away_too_long == [held]
        back = desk.return_("B001", now=evening + minutes(50), by=nurse)
        assert (back.held_to, back.held_at, back.lane) == (None, None, Lane.RETURN)


class TestTransfers:
    def test_the_way_back_after_finishing(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.transfer("E001", to="tcm-night", now=evening, by=nurse, way_back=True)
        back = serve(desk, "tcm-1", evening + minutes(1), nurse)
        assert (back.clinic, back.state, back.lane, back.origin, back.ways_back) == (
            "er",
            State.WAITING,
            Lane.RETURN,
            "tcm-night",
            (),
        )
        assert serve(desk, "er-1", evening + minutes(20), nurse).state is State.DONE

    def test_without_a_way_back_the_patient_is_done(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.transfer("E001", to="tcm-night", now=evening, by=nurse)
        assert serve(desk, "tcm-1", evening, nurse).state is State.DONE

    def test_a_way_back_to_a_suspended_clinic_ends_the_visit(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.transfer("E001", to="tcm-night", now=evening, by=nurse, way_back=True)
        desk.suspend("er", now=evening, by=nurse)
        assert serve(desk, "tcm-1", evening, nurse).state is State.DONE
        assert events.after(look(desk.database), 0)[-1].data == event_data.Ended(no_way_back=True)

    @pytest.mark.parametrize("why", ["suspended", "full", "closed", "not_accepted"])
    def test_refused_and_nothing_has_changed(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By, why: str
    ) -> None:
        desk = Desk(store, changed(hospital, "tcm-night", transfer={"quota": 1}))
        desk.issue("er", now=evening, by=nurse)
        desk.issue("bone", now=evening, by=nurse)
        if why == "suspended":
            desk.suspend("tcm-night", now=evening, by=nurse)
        elif why == "full":
            desk.transfer(desk.issue("er", now=evening, by=nurse).id, to="tcm-night", now=evening, by=nurse)
        now = evening + minutes(8 * 60 if why == "closed" else 0)
        before = [tuple(row) for row in bare(store).execute("SELECT * FROM tickets")]
        with refused(why):
            desk.transfer("B001" if why == "not_accepted" else "E001", to="tcm-night", now=now, by=nurse)
        assert [tuple(row) for row in bare(store).execute("SELECT * FROM tickets")] == before

    def test_ways_back_are_a_chain_that_is_gone_step_by_step(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.transfer("E001", to="bone", now=evening, by=nurse, way_back=True)
        onward = desk.transfer("E001", to="service", now=evening, by=nurse, way_back=True)
        assert onward.ways_back == ("bone", "er")
        clinics = []
        for room, wait in (("counter-1", 1), ("bone-1", 20), ("er-1", 40)):
            clinics.append(serve(desk, room, evening + minutes(wait), nurse).clinic)
        assert clinics == ["bone", "er", "er"]
        assert bare(desk.database).execute("SELECT state FROM tickets").fetchone()[0] == "done"

    def test_an_onward_transfer_keeps_the_way_back_unless_told_otherwise(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for number, way_back, wanted in ((1, None, ("er",)), (2, False, ()), (3, True, ("bone", "er"))):
            desk.issue("er", now=evening, by=nurse)
            desk.transfer(f"E00{number}", to="bone", now=evening, by=nurse, way_back=True)
            moved = desk.transfer(f"E00{number}", to="service", now=evening, by=nurse, way_back=way_back)
            assert moved.ways_back == wanted
        home = desk.transfer("E001", to="er", now=evening, by=nurse)
        assert home.ways_back == (), "who is sent where they would return to has arrived"

    def test_the_quota_counts_transfers_taken_wherever_they_are_now(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, changed(hospital, "service", transfer={"quota": 1}))
        desk.issue("service", now=evening, by=nurse)
        desk.transfer("S001", to="bone", now=evening, by=nurse, way_back=True)
        serve(desk, "bone-1", evening, nurse)
        first = desk.transfer(desk.issue("er", now=evening, by=nurse).id, to="service", now=evening, by=nurse)
        desk.transfer(first.id, to="bone", now=evening, by=nurse)
        with refused("full"):
            desk.transfer(desk.issue("er", now=evening, by=nurse).id, to="service", now=evening, by=nurse)

    def test_the_badge_counts_in_every_queue_it_meets(self, desk: Desk, evening: datetime, nurse: By) -> None:
        soldier = desk.issue("er", now=evening, by=nurse, priority=["veteran"])
        moved = desk.transfer(soldier.id, to="tcm-night", now=evening, by=nurse)
        assert (moved.lane, moved.priority) == (Lane.PRIORITY, ("veteran",))


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

    def test_refused_into_a_room_the_clinic_has_left(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.call("er-2", now=evening, by=nurse)
        desk.miss("E001", now=evening, by=nurse)
        desk.move("service", ["er-2"], now=evening, by=By("b", "console:2"))
        with refused("moved_on"):
            desk.undo(now=evening, by=nurse)

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
            clinic.model_copy(update={"sessions": [one.model_copy(update={"quota": 1}) for one in clinic.sessions]})
            for clinic in hospital.clinic
        ]
        desk = Desk(store, hospital.altered(clinic=clinics))
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


class TestHours:
    def test_no_number_when_the_forecast_passes_closing_unless_staff_say_so(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        given = 0
        with refused("full"):
            while True:
                desk.issue("tcm-night", now=evening, by=nurse)
                given += 1
        assert 10 < given < 20, "150 minutes, two rooms, 15 minutes each"
        extra = desk.issue("tcm-night", now=evening, by=nurse, extra=True)
        assert events.after(look(desk.database), 0)[-1].data == event_data.Issued(extra=True)
        assert line(desk, "tcm-night", evening)[-1] == extra.number
        lobby = queue_view.glances(look(desk.database), desk.hospital, [desk.hospital.clinics["tcm-night"]], evening)
        assert lobby[0].refusal
        assert lobby[0].refusal.code == "full"

    def test_after_the_last_ticket_staff_may_still_give_one_until_closing(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        late = evening.replace(hour=20, minute=45)
        with refused("closed"):
            desk.issue("tcm-night", now=late, by=nurse)
        assert desk.issue("tcm-night", now=late, by=nurse, extra=True).number == "N001"
        with refused("closed"):
            desk.issue("tcm-night", now=evening.replace(hour=21), by=nurse, extra=True)

    def test_those_left_over_from_yesterday_do_not_use_up_this_evening(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(12):
            desk.issue("tcm-night", now=evening, by=nurse)
        assert desk.issue("tcm-night", now=evening + minutes(24 * 60), by=nurse).number == "N013"

    def test_living_tickets_are_carried_over_the_change_of_the_service_day(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(3):
            desk.issue("bone", now=evening, by=nurse)
        serve(desk, "bone-1", evening, nurse)
        morning = evening + minutes(14 * 60)
        assert desk.issue("bone", now=morning, by=nurse).number == "B001"
        assert desk.issue("bone", now=morning, by=nurse).number == "B004", "2 and 3 are still in use"
        assert line(desk, "bone", morning) == ["B002", "B003", "B001", "B004"]

    def test_suspend_and_resume(self, desk: Desk, evening: datetime, nurse: By) -> None:
        waiting = desk.issue("bone", now=evening, by=nurse)
        desk.suspend("bone", now=evening, by=nurse, notice="typhoon")
        with pytest.raises(Refused) as refusal:
            desk.issue("bone", now=evening, by=nurse, extra=True)
        assert refusal.value.code == "suspended"
        assert "typhoon" in refusal.value.text.en
        assert desk.call("bone-1", now=evening, by=nurse).ticket.id == waiting.id, "who waits is still called"
        desk.resume("bone", now=evening, by=nurse)
        assert desk.issue("bone", now=evening, by=nurse).number == "B002"
        with refused("not_suspended"):
            desk.resume("bone", now=evening, by=nurse)

    def test_a_moved_clinic_is_called_in_its_new_room(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("room_taken"):
            desk.move("bone", ["pp-1"], now=evening, by=nurse)
        desk.move("bone", ["tcm-2"], now=evening, by=nurse)
        with refused("unknown_room"):
            desk.call("bone-1", now=evening, by=nurse)
        assert desk.call("tcm-2", now=evening, by=nurse).ticket.number == "B001"
        seen = queue_view.queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["tcm-night"], evening)
        assert seen.clinic.rooms == ["tcm-1"], "the room taken is gone there"
        desk.move("bone", [], now=evening, by=nurse)
        seen = queue_view.queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["tcm-night"], evening)
        assert seen.clinic.rooms == ["tcm-1", "tcm-2"]

    def test_at_the_end_of_a_session_each_leftover_is_served_moved_or_released(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(4):
            desk.issue("tcm-night", now=evening, by=nurse)
        night = evening + minutes(4 * 60)
        clinics = list(desk.hospital.clinics)
        assert leftovers.leftovers(look(desk.database), desk.hospital, clinics, evening) == []
        left = leftovers.leftovers(look(desk.database), desk.hospital, clinics, night)
        assert [(one.ticket.number, one.kept) for one in left] == [(f"N00{n}", False) for n in range(1, 5)]
        desk.keep("N001", now=night, by=nurse)
        desk.transfer("N002", to="service", now=night, by=nurse)
        desk.cancel("N003", now=night, by=nurse, reason="released")
        left = leftovers.leftovers(look(desk.database), desk.hospital, clinics, night)
        assert [(one.ticket.number, one.kept) for one in left] == [("N001", True), ("N004", False)]
        assert desk.call("tcm-1", now=night, by=nurse).ticket.number == "N001"

    def test_leftovers_stay_on_the_list_when_the_next_session_has_begun(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        tomorrow = evening + minutes(24 * 60)
        desk.issue("tcm-night", now=tomorrow, by=nurse)
        left = leftovers.leftovers(look(desk.database), desk.hospital, ["tcm-night"], tomorrow)
        assert [one.ticket.number for one in left] == ["N001"]

    @pytest.mark.parametrize("place", ["waiting", "called", "serving", "held", "missed"])
    def test_a_leftover_is_released_wherever_they_are(
        self, desk: Desk, evening: datetime, nurse: By, place: str
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        if place == "held":
            desk.hold("N001", now=evening, by=nurse)
        if place in ("called", "serving", "missed"):
            desk.call("tcm-1", now=evening, by=nurse)
        if place == "serving":
            desk.start("N001", now=evening, by=nurse)
        if place == "missed":
            desk.miss("N001", now=evening, by=nurse)
        ended = desk.release("N001", now=evening + minutes(240), by=nurse)
        assert ended.state is (State.DONE if place == "serving" else State.CANCELLED)

    def test_only_leftovers_can_be_decided_about(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("not_left_over"):
            leftovers.left_over(look(desk.database), desk.hospital, ["B001"], evening)

    def test_a_room_belongs_to_the_clinic_that_moved_in_last(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.move("service", ["tcm-1", "counter-1"], now=evening, by=nurse)
        desk.move("bone", ["counter-1"], now=evening + minutes(1), by=nurse)
        desk.suspend("service", now=evening + minutes(2), by=nurse)
        desk.resume("service", now=evening + minutes(3), by=nurse)
        desk.issue("bone", now=evening, by=nurse)
        assert desk.call("counter-1", now=evening, by=nurse).ticket.number == "B001"
        with refused("room_taken"):
            desk.move("er", ["counter-1"], now=evening, by=nurse)
        service = desk.hospital.clinics["service"]
        assert queue_view.queue_view(look(desk.database), desk.hospital, service, evening).clinic.rooms == ["tcm-1"]

    def test_a_notice_of_a_move_outlives_a_suspension(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.move("bone", ["tcm-2"], now=evening, by=nurse, notice="flood")
        assert desk.suspend("bone", now=evening, by=nurse, notice="typhoon").words == "typhoon"
        assert desk.resume("bone", now=evening, by=nurse).words == "flood"
        assert desk.move("bone", [], now=evening, by=nurse).words is None


class TestTelling:
    def test_the_means_are_learned_from_finished_visits_by_visit_type(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for place in range(8):
            desk.issue("bone", now=evening, by=nurse)
            serve(desk, "bone-1", evening + minutes(40 * place), nurse, lasts=40)
        with desk.database.snapshot() as tx:
            learned = prospects(tx, desk.hospital, "bone", evening).learned
        # (8·20 + 8·40)/16 = 30 over all nights, then (8·30 + 8·40)/16 today
        assert learned.means == {VisitType.FIRST: 35, VisitType.RETURN: 8}

    def test_a_room_where_nothing_happens_is_not_counted_while_the_other_works(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        with desk.database.snapshot() as tx:
            assert len(prospects(tx, desk.hospital, "er", evening).busy) == 2
        desk.issue("er", now=evening, by=nurse)
        serve(desk, "er-1", evening, nurse)
        with desk.database.snapshot() as tx:
            assert len(prospects(tx, desk.hospital, "er", evening + minutes(15)).busy) == 1
            assert len(prospects(tx, desk.hospital, "er", evening + minutes(200)).busy) == 2

    def test_what_was_told_is_held_against_the_wait(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for _ in range(3):
            desk.tell(desk.issue("bone", now=evening, by=nurse), now=evening, by=nurse)
        for place in range(3):
            serve(desk, "bone-1", evening + minutes(20 * place), nurse, lasts=19)
        day = evening - minutes(600), evening + minutes(600)
        (quality,) = reports.forecast_quality(look(desk.database), desk.hospital, *day)
        assert (quality.clinic, quality.told, quality.coverage) == ("bone", 3, 1.0)
        assert quality.mae == pytest.approx(0.0)
        assert reports.forecast_quality(look(desk.database), desk.hospital, evening + minutes(600), evening) == []

    def test_a_call_taken_back_leaves_the_forecast_open(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.tell(desk.issue("bone", now=evening, by=nurse), now=evening, by=nurse)
        desk.call("bone-1", now=evening + minutes(5), by=nurse)
        desk.undo(now=evening + minutes(5), by=nurse)
        desk.call("bone-1", now=evening + minutes(30), by=nurse)
        rows = bare(desk.database).execute("SELECT waited FROM forecasts").fetchall()
        assert [row[0] for row in rows] == [30.0]

    @pytest.mark.parametrize("step", ["set_level", "transfer", "hold_and_return"])
    def test_what_was_told_after_a_step_that_is_taken_back_is_forgotten(
        self, desk: Desk, evening: datetime, nurse: By, step: str
    ) -> None:
        desk.tell(desk.issue("er", now=evening, by=nurse), now=evening, by=nurse)
        before = [tuple(row) for row in bare(desk.database).execute("SELECT * FROM forecasts")]
        by, later = By("nurse", "console:1"), evening + minutes(3)
        if step == "set_level":
            told = desk.set_level("E001", 3, now=later, by=by)
        elif step == "transfer":
            told = desk.transfer("E001", to="bone", now=later, by=by)
        else:
            desk.hold("E001", now=evening + minutes(1), by=nurse)
            told = desk.return_("E001", now=later, by=by)
        desk.tell(told, now=later, by=nurse)
        desk.undo(now=later, by=by)
        assert [tuple(row) for row in bare(desk.database).execute("SELECT * FROM forecasts")] == before

    def test_who_has_just_reported_again_is_told_the_place_after_the_cool_down(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(5):
            desk.issue("er", now=evening, by=nurse)
        desk.call("er-1", now=evening, by=nurse)
        desk.miss("E001", now=evening, by=nurse)
        back = desk.rejoin("E001", now=evening + minutes(1), by=nurse)
        told = desk.tell(back, now=evening + minutes(1), by=nurse)
        assert told
        assert told.ahead == 2
        assert replace(told, ahead=0).wait_minutes[1] > 0
