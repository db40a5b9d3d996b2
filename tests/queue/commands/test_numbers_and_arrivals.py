"""Numbers over several days and whatever clock, the places of a session, and who checks in at which kiosk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused

from nightdesk_queue.config import Hospital, Kiosk, Printer
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, State
from nightdesk_queue.store import Database, events, slips

DAY = 24 * 60
INSTANT = timedelta(microseconds=1)


def with_quota(hospital: Hospital, quota: int | None) -> Hospital:
    """The hospital with as many numbers a session, and no stop by forecast."""
    return hospital.changed(
        clinic=[
            one.changed(stop_by_forecast=False, sessions=[session.changed(quota=quota) for session in one.sessions])
            for one in hospital.clinic
        ]
    )


class TestNumbers:
    def test_a_clock_set_back_over_the_change_of_day_goes_on_with_the_newest_of_several_days(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        cut = evening.replace(hour=8, minute=0)
        for days in (2, 1):
            for _ in range(3):
                old = desk.issue("bone", now=cut - minutes(days * DAY - 60), by=nurse)
                desk.cancel(old.id, now=cut - minutes(days * DAY - 60), by=nurse)
        first = desk.issue("bone", now=cut, by=nurse)
        assert first.number == "B001"
        second = desk.issue("bone", now=cut - minutes(1), by=nurse)
        assert (second.number, second.service_day) == ("B002", first.service_day)

    def test_a_clock_set_back_by_two_days_is_another_day_played_on_purpose(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.cancel(desk.issue("bone", now=evening, by=nurse).id, now=evening, by=nurse)
        earlier = desk.issue("bone", now=evening - minutes(2 * DAY), by=nurse)
        assert (earlier.number, earlier.service_day) == ("B001", (evening - minutes(2 * DAY)).date())


class TestPlaces:
    def test_a_number_given_in_the_instant_of_opening_takes_a_place(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, with_quota(hospital, 1))
        opens = evening.replace(hour=17, minute=30)
        with refused("closed"):
            desk.issue("tcm-night", now=opens - INSTANT, by=nurse)
        desk.issue("tcm-night", now=opens, by=nurse)
        with refused("full"):
            desk.issue("tcm-night", now=opens, by=nurse)

    def test_a_session_without_quota_gives_numbers_until_its_last_ticket(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, with_quota(hospital, None))
        assert [desk.issue("tcm-night", now=evening, by=nurse).n for _ in range(45)][-1] == 45
        last = evening.replace(hour=20, minute=40)
        assert desk.issue("tcm-night", now=last - INSTANT, by=nurse).n == 46
        with refused("closed"):
            desk.issue("tcm-night", now=last, by=nurse)

    def test_who_is_expected_takes_a_place_until_they_will_not_come(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, with_quota(hospital, 1))
        booked = desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening + minutes(30))
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)
        desk.cancel(booked.id, now=evening, by=nurse)
        assert desk.issue("tcm-night", now=evening, by=nurse).number == "N002"


class TestCheckIn:
    @pytest.fixture
    def two_kiosks(self, store: Database, hospital: Hospital) -> Desk:
        printers = [*hospital.printer, Printer(id="gate", device="screen:")]
        kiosks = [*hospital.kiosk, Kiosk(id="gate-1", printer="gate", clinics=["bone"])]
        return Desk(store, hospital.changed(printer=printers, kiosk=kiosks))

    def test_the_kiosk_of_a_check_in_is_remembered_and_later_slips_come_out_there(
        self, two_kiosks: Desk, evening: datetime, nurse: By
    ) -> None:
        desk = two_kiosks
        expected = desk.expect("bone", now=evening, by=nurse)
        arrived = desk.check_in(expected.id, now=evening, by=nurse, kiosk="gate-1")
        assert arrived.kiosk == "gate-1"
        event = events.after(look(desk.database), 0)[-1]
        assert (event.kind, (event.after or {})["kiosk"]) == ("check_in", "gate-1")
        (slip,) = slips.newest(look(desk.database), 9)
        assert slip.printer == "gate"
        desk.transfer(arrived.id, to="service", now=evening, by=nurse)
        assert slips.newest(look(desk.database), 9)[-1].printer == "gate"

    def test_who_is_booked_checks_in_from_the_first_minute_of_the_window_and_is_late_after_its_last(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        slot = evening + minutes(90)
        early, last, late = (desk.expect("tcm-night", now=evening, by=nurse, slot_at=slot) for _ in range(3))
        with refused("too_early"):
            desk.check_in(early.id, now=slot - minutes(60) - INSTANT, by=nurse)
        assert desk.check_in(early.id, now=slot - minutes(60), by=nurse).lane is Lane.BOOKED
        in_time = desk.check_in(last.id, now=slot + minutes(30), by=nurse)
        assert (in_time.lane, in_time.queued_at) == (Lane.BOOKED, slot)
        too_late = desk.check_in(late.id, now=slot + minutes(30) + INSTANT, by=nurse)
        assert (too_late.lane, too_late.queued_at) == (Lane.FIRST, slot + minutes(30) + INSTANT)

    def test_no_show_is_who_has_not_come_when_the_session_closes(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        closes = evening.replace(hour=21, minute=0)
        desk.expect("tcm-night", now=evening, by=nurse)
        assert desk.mark_no_shows(now=closes - INSTANT, by=By.service("run")) == []
        (gone,) = desk.mark_no_shows(now=closes, by=By.service("run"))
        assert (gone.number, gone.state, gone.ended_at) == ("N001", State.LAPSED, closes)
        before = len(events.after(look(desk.database), 0))
        assert desk.mark_no_shows(now=closes, by=By.service("run")) == []
        assert len(events.after(look(desk.database), 0)) == before, "nothing more happens"


class TestPlacesInLine:
    def test_a_newcomer_comes_after_their_own_clinics_and_levels_last_and_nobody_elses(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening + minutes(20), by=nurse)
        desk.issue("bone", now=evening + minutes(30), by=nurse, level=3)
        booked = desk.expect("bone", now=evening, by=nurse, slot_at=evening + minutes(40))
        assert desk.check_in(booked.id, now=evening, by=nurse).lane is Lane.BOOKED
        assert desk.issue("bone", now=evening, by=nurse).queued_at == evening
        again = desk.issue("bone", now=evening - minutes(5), by=nurse)
        assert again.queued_at == evening + timedelta(milliseconds=1), "a clock set back puts nobody before who waits"

    def test_names_reasons_and_places_are_kept_up_to_their_length(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        ticket = desk.issue("er", now=evening, by=nurse, name="n" * 61)
        assert ticket.name == "n" * 60
        assert desk.hold(ticket.id, now=evening, by=nurse, to="p" * 61).held_to == "p" * 60
        desk.transfer(ticket.id, to="bone", now=evening, by=nurse, reason="r" * 201)
        desk.cancel(ticket.id, now=evening, by=nurse, reason="s" * 201)
        log = events.after(look(desk.database), 0)
        assert [event.reason for event in log[-2:]] == ["r" * 200, "s" * 200]
        assert desk.suspend("er", now=evening, by=nurse, notice="x" * 101).notice == "x" * 100
        assert desk.move("er", ["er-1"], now=evening, by=nurse, notice="y" * 101).words == "x" * 100


class TestLanes:
    def test_who_joins_a_lane_whose_head_left_without_a_call_inherits_its_turn(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(6):
            desk.issue("er", now=evening, by=nurse)
        for number in ("E001", "E002"):
            desk.hold(number, now=evening, by=nurse)
        first = desk.return_("E001", now=evening + minutes(1), by=nurse)
        desk.call("er-1", now=evening + minutes(2), by=nurse)
        second = desk.return_("E002", now=evening + minutes(3), by=nurse)
        assert second.lane_since == first.lane_since
        desk.cancel("E001", now=evening + minutes(4), by=nurse)
        desk.call("er-2", now=evening + minutes(4), by=nurse)
        desk.miss("E003", now=evening + minutes(4), by=nurse)
        now = evening + minutes(5)
        assert desk.call("er-1", now=now, by=nurse).ticket.number == "E002", "two ordinary patients went first"

    def test_a_lane_that_was_empty_counts_from_its_new_head(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for _ in range(5):
            desk.issue("er", now=evening, by=nurse)
        desk.hold("E001", now=evening, by=nurse)
        for room in ("er-1", "er-2"):
            desk.call(room, now=evening + minutes(1), by=nurse)
        last = events.after(look(desk.database), 0)[-1].seq
        assert desk.return_("E001", now=evening + minutes(2), by=nurse).lane_since == last
        desk.miss("E002", now=evening + minutes(2), by=nurse)
        assert desk.call("er-1", now=evening + minutes(2), by=nurse).ticket.number == "E004"
