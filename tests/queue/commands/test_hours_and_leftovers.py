"""Closing time, suspensions, moves, leftovers."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused
from serving import line, serve

from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries import leftovers, queue_view
from nightdesk_queue.store import events


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

    def test_a_decision_to_serve_that_was_taken_back_is_still_to_be_made(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(2):
            desk.issue("tcm-night", now=evening, by=nurse)
        night = evening + minutes(4 * 60)
        desk.keep("N001", now=night, by=nurse)
        desk.keep("N002", now=night, by=nurse)
        desk.undo(now=night, by=nurse)
        left = leftovers.leftovers(look(desk.database), desk.hospital, ["tcm-night"], night)
        assert [(one.ticket.number, one.kept) for one in left] == [("N001", True), ("N002", False)]

    def test_wherever_they_are_patients_of_the_session_that_is_over_are_listed(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(6):
            desk.issue("tcm-night", now=evening, by=nurse)
        desk.hold("N001", now=evening, by=nurse)
        desk.call("tcm-1", ticket="N002", now=evening, by=nurse)
        desk.miss("N002", now=evening, by=nurse)
        desk.call("tcm-1", ticket="N003", now=evening, by=nurse)
        desk.start("N003", now=evening, by=nurse)
        desk.call("tcm-2", ticket="N004", now=evening, by=nurse)
        desk.cancel("N006", now=evening, by=nurse)
        left = leftovers.leftovers(look(desk.database), desk.hospital, ["tcm-night"], evening + minutes(4 * 60))
        assert {one.ticket.number: one.ticket.state for one in left} == {
            "N001": State.HELD,
            "N002": State.MISSED,
            "N003": State.SERVING,
            "N004": State.CALLED,
            "N005": State.WAITING,
        }

    def test_who_is_done_or_has_not_come_is_no_leftover_to_decide_about(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        serve(desk, "tcm-1", evening, nurse)
        desk.expect("tcm-night", now=evening, by=nurse)
        night = evening + minutes(4 * 60)
        for number in ("N001", "N002"):
            with refused("not_left_over"):
                leftovers.left_over(look(desk.database), desk.hospital, [number], night)

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

    @pytest.mark.parametrize(
        ("room", "hour", "minute", "free"),
        [
            ("er-1", 3, 0, True),
            ("bone-1", 3, 0, False),
            ("pp-1", 17, 29, True),
            ("pp-1", 17, 30, False),
            ("pp-1", 20, 45, False),
            ("pp-1", 21, 0, True),
        ],
    )
    def test_a_clinics_last_room_is_taken_from_it_only_while_nobody_works_there(
        self, desk: Desk, evening: datetime, nurse: By, room: str, hour: int, minute: int, free: bool
    ) -> None:
        now = evening.replace(hour=hour, minute=minute)
        if free:
            assert desk.move("service", [room], now=now, by=nurse).rooms == (room,)
            return
        with refused("room_taken"):
            desk.move("service", [room], now=now, by=nurse)
        assert events.after(look(desk.database), 0) == []

    def test_a_notice_of_a_move_outlives_a_suspension(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.move("bone", ["tcm-2"], now=evening, by=nurse, notice="flood")
        assert desk.suspend("bone", now=evening, by=nurse, notice="typhoon").words == "typhoon"
        assert desk.resume("bone", now=evening, by=nurse).words == "flood"
        assert desk.move("bone", [], now=evening, by=nurse).words is None
