"""What people do at the desk, on a real database file."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes, refused

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.domain.tickets import Lane, Reason, State, Ticket
from nightdesk_queue.queries import queue_view, wait_forecasts
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.store import Database, events, slips, tickets


def everything(store: Database) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for table in ("tickets", "events", "slips"):
        rows += [tuple(row) for row in bare(store).execute(f"SELECT * FROM {table}").fetchall()]
    return rows


class TestIssuing:
    def test_numbers_count_up_from_one_under_the_clinics_letter(self, desk: Desk, evening: datetime, nurse: By) -> None:
        numbers = [desk.issue("tcm-night", now=evening, by=nurse).number for _ in range(3)]
        assert numbers == ["N001", "N002", "N003"]

    def test_ticket_event_and_slip_are_written_together(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        ticket = desk.issue("bone", now=evening, by=nurse, name="张\x1bp三", priority=["pregnant"], kiosk="lobby-1")
        assert (ticket.name, ticket.lane, ticket.priority) == ("张 p三", Lane.PRIORITY, ("pregnant",))
        (event,) = events.after(look(store), 0)
        assert (event.kind, event.ticket, event.before) == ("issue", ticket.id, None)
        assert event.after is not None
        assert event.after["number"] == "B001"
        job = slips.of_ticket(look(store), ticket.id)
        assert job is not None
        assert (job.state, job.printer, job.copy) == (SlipState.QUEUED, "lobby", 0)

    def test_the_same_key_gives_the_same_ticket_even_after_closing(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        first = desk.issue("tcm-night", now=evening, by=nurse, key="k")
        again = desk.issue("tcm-night", now=evening + minutes(300), by=nurse, key="k")
        assert again == first
        assert len(events.after(look(store), 0)) == 1
        with refused("key_in_use"):
            desk.issue("bone", now=evening, by=nurse, key="k")

    def test_a_closed_clinic_refuses_with_its_opening_time(self, desk: Desk, evening: datetime, nurse: By) -> None:
        with pytest.raises(Refused) as refusal:
            desk.issue("tcm-night", now=evening - minutes(61), by=nurse)
        assert refusal.value.code == "closed"
        assert "2026-03-02 17:30" in refusal.value.text.en
        assert "2026-03-02 17:30" in refusal.value.text.zh

    def test_a_full_session_refuses(self, store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
        clinics = [clinic.changed(stop_by_forecast=False) for clinic in hospital.clinic]
        desk = Desk(store, hospital.changed(clinic=clinics))
        for _ in range(40):
            desk.issue("tcm-night", now=evening, by=nurse)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)
        # tomorrow there is room again; the numbers of those who still hold a ticket are passed over
        assert desk.issue("tcm-night", now=evening + minutes(24 * 60), by=nurse).number == "N041"

    @pytest.mark.parametrize("level", [1, 2])
    def test_levels_one_and_two_are_sent_to_the_er(
        self, desk: Desk, store: Database, evening: datetime, nurse: By, level: int
    ) -> None:
        with pytest.raises(Refused) as refusal:
            desk.issue("bone", now=evening, by=nurse, level=level)
        assert refusal.value.code == "red_flag"
        assert "red line" in refusal.value.text.en
        assert everything(store) == []

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ({"clinic": "bones"}, "unknown_clinic"),
            ({"clinic": "bone", "priority": ["vip"]}, "unknown_priority"),
            ({"clinic": "bone", "kiosk": "lobby-9"}, "unknown_kiosk"),
            ({"clinic": "er", "kiosk": "lobby-1"}, "not_offered"),
        ],
    )
    def test_what_is_not_configured_is_refused(
        self, desk: Desk, store: Database, evening: datetime, nurse: By, arguments: dict[str, object], code: str
    ) -> None:
        with refused(code):
            desk.issue(now=evening, by=nurse, **arguments)  # type: ignore[arg-type]
        assert everything(store) == []

    def test_a_living_number_of_an_earlier_day_is_passed_over(self, desk: Desk, evening: datetime, nurse: By) -> None:
        carried = desk.issue("bone", now=evening, by=nurse)
        tomorrow = evening + minutes(24 * 60)
        assert desk.issue("bone", now=tomorrow, by=nurse).number == "B002"
        desk.cancel(carried.id, now=tomorrow, by=nurse)
        day_after = desk.issue("bone", now=tomorrow + minutes(24 * 60), by=nurse)
        assert day_after.number == "B001"

    def test_a_clock_set_back_neither_reorders_the_queue_nor_reuses_a_number(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        first = desk.issue("bone", now=evening, by=nurse)
        second = desk.issue("bone", now=evening - minutes(45), by=nurse)
        assert [first.number, second.number] == ["B001", "B002"]
        line = queue_view.queue_view(look(store), hospital, hospital.clinics["bone"], evening).waiting
        assert [place.ticket.number for place, _ in line] == ["B001", "B002"]

    def test_a_clock_set_back_over_the_change_of_day_reuses_no_number(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        cut = evening.replace(hour=8, minute=0)
        first = desk.issue("bone", now=cut + minutes(0.1), by=nurse)
        desk.cancel(first.id, now=cut + minutes(0.1), by=nurse)
        second = desk.issue("bone", now=cut - minutes(0.1), by=nurse)
        assert (second.number, second.service_day) == ("B002", first.service_day)

    def test_somebody_playing_an_earlier_day_goes_on_with_that_days_numbers(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for day in (0, 30, 0, 30):
            ticket = desk.issue("bone", now=evening + minutes(day * 24 * 60), by=nurse)
            desk.cancel(ticket.id, now=evening, by=nurse)
        assert ticket.number == "B002"

    @pytest.mark.parametrize("way_back", ["return", "rejoin", "transfer"])
    def test_after_a_clock_set_back_who_joins_last_is_called_last(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By, way_back: str
    ) -> None:
        clinics = [clinic.changed(transfer=clinic.transfer.changed(credit="none")) for clinic in hospital.clinic]
        desk = Desk(store, hospital.changed(clinic=clinics))
        earlier = evening - minutes(30)
        first = desk.issue("er" if way_back == "transfer" else "bone", now=evening, by=nurse)
        if way_back == "rejoin":
            desk.call("bone-1", now=evening, by=nurse)
            desk.miss(first.id, now=evening, by=nurse)
        elif way_back == "return":
            desk.hold(first.id, now=evening, by=nurse)
        others = [desk.issue("bone", now=evening + minutes(10), by=nurse), desk.issue("bone", now=earlier, by=nurse)]
        if way_back == "rejoin":
            desk.rejoin(first.id, now=earlier, by=nurse)
        elif way_back == "return":
            desk.return_(first.id, now=earlier, by=nurse)
        else:
            desk.transfer(first.id, to="bone", now=earlier, by=nurse)
        last = desk.issue("bone", now=earlier, by=nurse)
        cooled = earlier + minutes(2)
        line = queue_view.queue_view(look(store), desk.hospital, desk.hospital.clinics["bone"], cooled).waiting
        assert [place.ticket.id for place, _ in line] == [*(other.id for other in others), first.id, last.id]


class TestCalling:
    def test_next_takes_the_first_in_line_and_says_why(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        urgent = desk.issue("tcm-night", now=evening + minutes(5), by=nurse, level=3)
        call = desk.call("tcm-1", now=evening + minutes(6), by=nurse)
        assert (call.ticket.id, call.room, call.reason) == (urgent.id, "tcm-1", Reason.LEVEL)
        assert (call.ticket.state, call.ticket.calls) == (State.CALLED, 1)

    def test_staff_may_call_one_particular_patient_and_that_is_recorded(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.issue("tcm-night", now=evening, by=nurse)
        call = desk.call("tcm-1", ticket="n002", now=evening, by=nurse)
        assert (call.ticket.number, call.reason) == ("N002", Reason.STAFF)
        assert events.after(look(store), 0)[-1].data == event_data.Called(Reason.STAFF)

    def test_a_room_has_one_patient_at_a_time(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for _ in range(2):
            desk.issue("tcm-night", now=evening, by=nurse)
        first = desk.call("tcm-1", now=evening, by=nurse).ticket
        with refused("room_busy"):
            desk.call("tcm-1", now=evening, by=nurse)
        desk.start(first.id, now=evening, by=nurse)
        with refused("room_busy"):
            desk.call("tcm-1", now=evening, by=nurse)
        desk.finish(first.id, now=evening, by=nurse)
        assert desk.call("tcm-1", now=evening, by=nurse).ticket.number == "N002"

    def test_an_empty_queue_an_unknown_room_and_another_clinics_room_refuse(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        with refused("nobody_waiting"):
            desk.call("tcm-1", now=evening, by=nurse)
        with refused("unknown_room"):
            desk.call("tcm-9", now=evening, by=nurse)
        desk.issue("bone", now=evening, by=nurse)
        with refused("wrong_room"):
            desk.call("tcm-1", ticket="B001", now=evening, by=nurse)
        with refused("unknown_ticket"):
            desk.call("tcm-1", ticket="B007", now=evening, by=nurse)

    def test_recall_counts_and_keeps_the_room(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        again = desk.recall("B001", now=evening + minutes(1), by=nurse)
        assert (again.ticket.calls, again.room) == (2, "bone-1")


class TestTheWayThrough:
    def test_hold_and_return_wait_again_from_the_moment_of_coming_back(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        ticket = desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        desk.start(ticket.id, now=evening, by=nurse)
        held = desk.hold(ticket.id, now=evening + minutes(5), by=nurse)
        assert (held.state, held.room) == (State.HELD, None)
        back = desk.return_(ticket.id, now=evening + minutes(30), by=nurse)
        assert (back.state, back.lane, back.queued_at) == (State.WAITING, Lane.RETURN, evening + minutes(30))
        assert back.arrived_at == ticket.arrived_at

    def test_missed_rejoined_and_lapsed_after_the_third_time(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        for time in (1, 2, 3):
            desk.call("tcm-1", now=evening + minutes(time), by=nurse)
            missed = desk.miss(ticket.id, now=evening + minutes(time), by=nurse)
            assert missed.missed == time
            if time < 3:
                assert missed.state is State.MISSED
                rejoined = desk.rejoin(ticket.id, now=evening + minutes(time), by=nurse)
                assert (rejoined.state, rejoined.lane) == (State.WAITING, Lane.MISSED)
        assert missed.state is State.LAPSED
        with refused("wrong_state"):
            desk.rejoin(ticket.id, now=evening, by=nurse)

    def test_every_change_is_an_event_with_before_and_after(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        desk.start("B001", now=evening, by=nurse)
        desk.finish("B001", now=evening, by=nurse)
        log = events.after(look(store), 0)
        assert [event.kind for event in log] == ["issue", "call", "start", "finish"]
        for event in log[1:]:
            assert event.before is not None
            assert event.after is not None
            assert event.before.keys() == event.after.keys()
            assert event.before["state"] != event.after["state"]
            assert (event.actor, event.station) == ("nurse", "console")

    def test_a_refused_step_writes_nothing(self, desk: Desk, store: Database, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        before = everything(store)
        for step in (desk.start, desk.finish, desk.miss, desk.rejoin, desk.return_, desk.recall):
            with refused("wrong_state"):
                step("B001", now=evening, by=nurse)
        assert everything(store) == before


class TestTransfer:
    def er_patient(self, desk: Desk, evening: datetime, nurse: By) -> Ticket:
        return desk.issue("er", now=evening, by=nurse, priority=["pregnant"], level=3)

    def test_number_first_arrival_level_and_priority_go_along(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("tcm-night", now=evening + minutes(10), by=nurse)
        ticket = self.er_patient(desk, evening, nurse)
        desk.call("er-1", now=evening, by=nurse)
        desk.start(ticket.id, now=evening, by=nurse)
        moved = desk.transfer(ticket.id, to="tcm-night", now=evening + minutes(40), by=nurse, reason="a cold")
        assert moved.clinic == "tcm-night"
        assert (moved.number, moved.arrived_at, moved.level, moved.priority) == (
            ticket.number,
            ticket.arrived_at,
            3,
            ("pregnant",),
        )
        assert (moved.origin, moved.room, moved.state) == ("er", None, State.WAITING)
        assert moved.queued_at == ticket.arrived_at
        assert desk.call("tcm-1", now=evening + minutes(41), by=nurse).ticket.id == ticket.id
        desk.issue("er", now=evening + minutes(41), by=nurse)
        desk.call("er-1", now=evening + minutes(41), by=nurse)

    @pytest.mark.parametrize(
        ("to", "later", "code"),
        [
            ("tcm-night", 300, "closed"),
            ("nowhere", 0, "unknown_clinic"),
            ("er", 0, "same_clinic"),
        ],
    )
    def test_a_refused_transfer_changes_nothing(
        self, desk: Desk, store: Database, evening: datetime, nurse: By, to: str, later: int, code: str
    ) -> None:
        ticket = self.er_patient(desk, evening, nurse)
        before = everything(store)
        with refused(code):
            desk.transfer(ticket.id, to=to, now=evening + minutes(later), by=nurse)
        assert everything(store) == before

    def test_a_clinic_takes_only_from_where_it_says(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("not_accepted"):
            desk.transfer("B001", to="tcm-night", now=evening, by=nurse)

    @pytest.mark.parametrize(("credit", "counted"), [("arrival", 0), ("half", 20), ("none", 40)])
    def test_the_target_credits_the_waiting_by_its_rule(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By, credit: str, counted: int
    ) -> None:
        clinics = [clinic.changed(transfer=clinic.transfer.changed(credit=credit)) for clinic in hospital.clinic]
        desk = Desk(store, hospital.changed(clinic=clinics))
        ticket = self.er_patient(desk, evening, nurse)
        moved = desk.transfer(ticket.id, to="bone", now=evening + minutes(40), by=nurse)
        assert moved.queued_at == evening + minutes(counted)


class TestFinding:
    def test_a_number_means_todays_ticket_where_it_recurs(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        yesterday = desk.issue("tcm-night", now=evening, by=nurse)
        desk.cancel(yesterday.id, now=evening, by=nurse)
        tomorrow = evening + minutes(24 * 60)
        today = desk.issue("tcm-night", now=tomorrow, by=nurse)
        assert today.number == yesterday.number
        with store.snapshot() as tx:
            assert find_ticket(tx, hospital, "N001", tomorrow).id == today.id
            assert find_ticket(tx, hospital, "N001", evening).id == yesterday.id
            assert find_ticket(tx, hospital, yesterday.id, tomorrow).id == yesterday.id

    def test_the_last_patient_after_midnight_is_still_found_by_number(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        assert desk.cancel("N001", now=evening + minutes(7 * 60), by=nurse).state is State.CANCELLED


def test_standing_counts_who_is_called_before(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    for _ in range(3):
        desk.issue("tcm-night", now=evening, by=nurse)
    last = desk.issue("tcm-night", now=evening, by=nurse)
    told = wait_forecasts.standing(look(store), hospital, last, evening)
    assert told is not None
    assert told.ahead == 3
    called = desk.call("tcm-1", now=evening, by=nurse).ticket
    assert wait_forecasts.standing(look(store), hospital, called, evening) is None
    with store.snapshot() as tx:
        assert tickets.in_room(tx, "tcm-1") == called
