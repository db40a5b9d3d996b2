"""Who misses a call, and who comes back from an examination."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused
from serving import changed, line

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, Reason, State, Ticket
from nightdesk_queue.queries import queue_view
from nightdesk_queue.store import Database

KIOSK = By("patient", "kiosk:lobby-1")


class TestMissed:
    def miss(self, desk: Desk, number: str, now: datetime, nurse: By) -> Ticket:
        desk.call("bone-1", ticket=number, now=now, by=nurse)
        return desk.miss(number, now=now, by=nurse)

    def test_recalls_and_the_time_of_the_last_call_are_counted(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        again = desk.recall("B001", now=evening + minutes(2), by=nurse).ticket
        assert (again.calls, again.called_at) == (2, evening + minutes(2))

    @pytest.mark.parametrize("calls", [1, 2])
    def test_a_miss_before_enough_calls_is_refused_unless_it_is_meant(
        self, desk: Desk, evening: datetime, nurse: By, calls: int
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        for _ in range(calls - 1):
            desk.recall("B001", now=evening, by=nurse)
        with pytest.raises(Refused, match=f"{calls} of 3") as refusal:
            desk.miss("B001", now=evening, by=nurse, at_once=False)
        assert refusal.value.code == "not_called_enough"
        assert f"{calls} 次，应叫 3 次" in refusal.value.text.zh
        assert desk.miss("B001", now=evening, by=nurse, at_once=True).state is State.MISSED

    def test_called_as_often_as_the_clinic_says_a_miss_needs_no_more_words(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        for recalls in (1, 3):
            desk = Desk(store, changed(hospital, "bone", missed={"recalls": recalls}))
            number = desk.issue("bone", now=evening, by=nurse).number
            desk.call("bone-1", now=evening, by=nurse)
            for _ in range(recalls - 1):
                desk.recall(number, now=evening, by=nurse)
            assert desk.miss(number, now=evening, by=nurse, at_once=False).state is State.MISSED

    def test_the_calls_of_a_miss_before_do_not_count_for_the_next(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        for _ in range(2):
            desk.recall("B001", now=evening, by=nurse)
        desk.miss("B001", now=evening, by=nurse, at_once=False)
        desk.rejoin("B001", now=evening, by=nurse)
        desk.call("bone-1", ticket="B001", now=evening + minutes(2), by=nurse)
        with refused("not_called_enough"):
            desk.miss("B001", now=evening + minutes(2), by=nurse, at_once=False)

    def test_who_was_not_called_at_all_is_told_the_state_and_not_the_calls(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("wrong_state"):
            desk.miss("B001", now=evening, by=nurse, at_once=False)

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
