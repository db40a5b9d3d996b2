"""Rooms that staff open, pause and close; alarms that end; clocks that were wrong for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused

from nightdesk_queue.commands.alarms import acknowledge_one, end_alarms, raise_alarm
from nightdesk_queue.commands.clock_fix import WrongSpan, fix_clock
from nightdesk_queue.commands.room_operations import set_room
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.queries.reports import night
from nightdesk_queue.store import Database, events, rooms

SERVICE = By.service("run")


class TestRooms:
    def counted(self, desk: Desk, hospital: Hospital, now: datetime) -> set[str]:
        return set(queue_view(look(desk.database), hospital, hospital.clinics["tcm-night"], now).ahead.staffing.counted)

    def test_a_closed_room_is_counted_again_once_somebody_calls_from_it(
        self, desk: Desk, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        for _ in range(4):
            desk.issue("tcm-night", now=evening, by=nurse)
        desk.do(lambda work: set_room(work, "tcm-2", RoomUse.CLOSED), now=evening, by=nurse)
        assert "tcm-2" not in self.counted(desk, hospital, evening)
        desk.call("tcm-2", now=evening + minutes(1), by=nurse)
        assert "tcm-2" in self.counted(desk, hospital, evening + minutes(1))
        assert rooms.all_of(look(desk.database))["tcm-2"].use is RoomUse.OPEN

    def test_a_doctor_who_goes_home_is_counted_no_longer_than_three_minutes(
        self, desk: Desk, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        for _ in range(6):
            desk.issue("tcm-night", now=evening, by=nurse)
        for room, number in (("tcm-1", "N001"), ("tcm-2", "N002")):
            desk.call(room, now=evening, by=nurse)
            desk.start(number, now=evening, by=nurse)
        gone = evening + minutes(12)
        desk.finish("N002", now=gone, by=nurse)
        assert self.counted(desk, hospital, gone + minutes(2)) == {"tcm-1", "tcm-2"}
        view = queue_view(look(desk.database), hospital, hospital.clinics["tcm-night"], gone + minutes(3))
        assert (view.ahead.staffing.counted, view.empty_rooms) == ({"tcm-1"}, ["tcm-2"])

    def test_a_change_of_a_room_is_taken_back(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for use in (RoomUse.PAUSED, RoomUse.CLOSED):
            desk.do(lambda work, use=use: set_room(work, "tcm-1", use, minutes=5), now=evening, by=nurse)
        desk.undo(now=evening, by=nurse)
        state = rooms.all_of(look(desk.database))["tcm-1"]
        assert (state.use, state.until) == (RoomUse.PAUSED, evening + minutes(5))

    def test_an_unknown_room_is_refused(self, desk: Desk, evening: datetime, nurse: By) -> None:
        with refused("unknown_room"):
            desk.do(lambda work: set_room(work, "cellar", RoomUse.OPEN), now=evening, by=nurse)


class TestAlarms:
    def test_an_alarm_ends_with_its_cause_and_the_others_go_on(self, desk: Desk, evening: datetime) -> None:
        for station in ("kiosk:a", "kiosk:b"):
            desk.do(lambda work: raise_alarm(work, EventKind.NO_PRINTER), now=evening, by=By.service(station))
        desk.do(lambda work: end_alarms(work, EventKind.NO_PRINTER, "kiosk:a"), now=evening, by=SERVICE)
        assert [one.station for one in events.open_alarms(look(desk.database))] == ["kiosk:b"]
        (first, end), (_, still) = events.newest_alarms(look(desk.database), 10)
        assert (first.station, still) == ("kiosk:a", None)
        assert end is not None
        assert end.kind is EventKind.ALARM_OVER

    def test_one_alarm_is_acknowledged_by_its_number(self, desk: Desk, evening: datetime, nurse: By) -> None:
        first, second = (
            desk.do(lambda work: raise_alarm(work, EventKind.HELP), now=evening, by=By.service(station))
            for station in ("kiosk:a", "kiosk:b")
        )
        desk.do(lambda work: acknowledge_one(work, second), now=evening, by=nurse)
        assert [one.seq for one in events.open_alarms(look(desk.database))] == [first]
        with refused("unknown_alarm"):
            desk.do(lambda work: acknowledge_one(work, second), now=evening, by=nurse)


class TestClocks:
    def overdue(self, desk: Desk, now: datetime) -> list[str]:
        view = queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["bone"], now)
        return [ticket.number for ticket in view.overdue]

    @pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=4000)])
    def test_a_ticket_of_a_fast_clock_makes_nobody_overdue_later(
        self, desk: Desk, evening: datetime, nurse: By, ahead: timedelta
    ) -> None:
        desk.issue("bone", now=evening + ahead, by=nurse)
        for _ in range(2):
            desk.issue("bone", now=evening, by=nurse)
        view = queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["bone"], evening)
        assert [place.ticket.number for place in view.line] == ["B001", "B002", "B003"], "the order is that of entry"
        limit = desk.hospital.clinics["bone"].order.overdue_minutes[4]
        assert self.overdue(desk, evening + minutes(limit)) == []
        assert set(self.overdue(desk, evening + minutes(limit + 1))) == {"B002", "B003"}

    def test_a_wait_is_never_shown_negative(self, desk: Desk, store: Database, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening + minutes(60), by=nurse)
        desk.call("bone-1", now=evening + minutes(10), by=nurse)
        desk.start("B001", now=evening + minutes(10), by=nurse)
        (bone,) = [one for one in night(look(store), desk.hospital, [evening.date()]) if one.clinic == "bone"]
        assert (bone.p50, bone.p90) == (None, None)

    def test_the_quota_counts_numbers_where_they_are_given_after_a_clock_a_day_ahead(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        limited = [
            one.changed(stop_by_forecast=False, sessions=[session.changed(quota=4) for session in one.sessions])
            for one in hospital.clinic
        ]
        desk = Desk(store, hospital.changed(clinic=limited))
        desk.issue("tcm-night", now=evening + timedelta(days=1), by=nurse)
        for _ in range(4):
            desk.issue("tcm-night", now=evening, by=nurse)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)

    def test_a_booking_made_today_for_tomorrow_takes_no_place_of_today(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        limited = [
            one.changed(stop_by_forecast=False, sessions=[session.changed(quota=1) for session in one.sessions])
            for one in hospital.clinic
        ]
        desk = Desk(store, hospital.changed(clinic=limited))
        desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening + timedelta(days=1))
        desk.issue("tcm-night", now=evening, by=nurse)

    def test_the_times_of_a_wrong_clock_are_corrected_and_who_stood_behind_gets_their_own(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        fast = evening + minutes(60)
        desk.issue("bone", now=fast, by=nurse)
        desk.issue("bone", now=evening + minutes(5), by=nurse)
        span = WrongSpan(fast - minutes(1), fast + minutes(1), timedelta(hours=-1))
        changed = desk.do(lambda work: fix_clock(work, span), now=evening + minutes(6), by=nurse)
        assert [(one.number, one.arrived_at, one.queued_at) for one in changed] == [
            ("B001", evening, evening),
            ("B002", evening + minutes(5), evening + minutes(5)),
        ]
        desk.undo(now=evening + minutes(7), by=nurse)
        view = queue_view(look(desk.database), desk.hospital, desk.hospital.clinics["bone"], evening + minutes(7))
        assert view.line[0].ticket.arrived_at == fast

    def test_tickets_that_have_ended_are_corrected_too(self, desk: Desk, evening: datetime, nurse: By) -> None:
        fast = evening + minutes(60)
        desk.cancel(desk.issue("bone", now=fast, by=nurse).id, now=fast, by=nurse)
        span = WrongSpan(fast, fast, timedelta(hours=-1))
        (changed,) = desk.do(lambda work: fix_clock(work, span), now=evening, by=nurse)
        assert changed.arrived_at == evening
