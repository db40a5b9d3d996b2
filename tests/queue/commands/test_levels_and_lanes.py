"""Levels of triage and lanes, on a database."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused
from serving import changed, line, serve

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Reason
from nightdesk_queue.queries import queue_view
from nightdesk_queue.store import Database, events

KIOSK = By("patient", "kiosk:lobby-1")


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
