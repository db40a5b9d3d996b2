"""What is kept of forecasts and consultations: to the instant, and only of the clinic that is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes

from nightdesk_queue.commands.work import record
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules.waits import Forecast, VisitType
from nightdesk_queue.store import Database, consultations, forecasts, rooms
from nightdesk_queue.store.consultations import Consultation
from nightdesk_queue.store.events import NewEvent

INSTANT = timedelta(microseconds=1)
TEN = Forecast(10.0, 5.0)


@pytest.fixture
def patient(desk: Desk, evening: datetime, nurse: By) -> str:
    return desk.issue("bone", now=evening, by=nurse).id


def outcomes(store: Database) -> list[tuple[object, ...]]:
    return [tuple(row) for row in bare(store).execute("SELECT ahead, waited FROM forecasts ORDER BY id")]


class TestForecasts:
    def test_a_call_settles_the_newest_forecast_and_forgets_those_before(
        self, store: Database, patient: str, evening: datetime
    ) -> None:
        with store.transaction() as tx:
            forecasts.remember(tx, patient, "bone", evening, 3, TEN)
            forecasts.remember(tx, patient, "bone", evening + minutes(5), 2, TEN)
            forecasts.settle(tx, patient, "bone", evening + minutes(12))
        assert outcomes(store) == [(2, 7.0)]

    @pytest.mark.parametrize(("clinic", "later"), [("er", 5), ("bone", -1)])
    def test_a_forecast_for_another_clinic_or_from_a_clock_that_was_ahead_teaches_nothing(
        self, store: Database, patient: str, evening: datetime, clinic: str, later: int
    ) -> None:
        with store.transaction() as tx:
            forecasts.remember(tx, patient, clinic, evening, 3, TEN)
            forecasts.settle(tx, patient, "bone", evening + minutes(later))
        assert outcomes(store) == []

    def test_a_call_in_the_instant_of_the_forecast_is_a_wait_of_nothing(
        self, store: Database, patient: str, evening: datetime
    ) -> None:
        with store.transaction() as tx:
            forecasts.remember(tx, patient, "bone", evening, 0, Forecast(0.0, 0.0))
            forecasts.settle(tx, patient, "bone", evening)
            assert forecasts.residuals(tx, "bone") == [], "it had no width to be judged by"
        assert outcomes(store) == [(0, 0.0)]

    def test_what_was_told_since_a_step_is_forgotten_with_it_and_what_was_settled_stays(
        self, store: Database, patient: str, evening: datetime
    ) -> None:
        with store.transaction() as tx:
            forecasts.remember(tx, patient, "bone", evening, 1, TEN)
            forecasts.settle(tx, patient, "bone", evening)
            forecasts.remember(tx, patient, "bone", evening - INSTANT, 2, TEN)
            forecasts.remember(tx, patient, "bone", evening, 3, TEN)
            forecasts.forget(tx, patient, evening)
        assert [row[0] for row in outcomes(store)] == [1, 2]

    def test_a_call_taken_back_opens_what_it_had_settled_and_nothing_else(
        self, store: Database, patient: str, evening: datetime
    ) -> None:
        with store.transaction() as tx:
            for ahead, called in ((1, evening + minutes(1)), (2, evening + minutes(2))):
                forecasts.remember(tx, patient, "bone", evening, ahead, TEN)
                forecasts.settle(tx, patient, "bone", called)
            forecasts.unsettle(tx, patient, evening + minutes(2))
        assert [row[:2] for row in outcomes(store)] == [(1, 1.0), (2, None)]

    def test_forecasts_of_a_span_are_those_from_its_first_instant_to_before_its_last(
        self, store: Database, patient: str, evening: datetime
    ) -> None:
        end = evening + minutes(60)
        with store.transaction() as tx:
            for told in (evening - INSTANT, evening, end - INSTANT, end):
                forecasts.remember(tx, patient, "bone", told, 1, TEN)
                forecasts.settle(tx, patient, "bone", end + minutes(1))
            found = forecasts.settled(tx, evening, end)
        assert [(one.clinic, one.wait, one.low, one.high) for one in found] == [("bone", 10.0, 5, 15)] * 2
        assert [round(one.waited) for one in found] == [61, 1]

    def test_residuals_are_the_clinics_own_newest_first(self, store: Database, patient: str, evening: datetime) -> None:
        with store.transaction() as tx:
            for clinic, waited in (("bone", 30), ("er", 60), ("bone", 40)):
                forecasts.remember(tx, patient, clinic, evening, 1, TEN)
                forecasts.settle(tx, patient, clinic, evening + minutes(waited))
            assert [one.above for one in forecasts.residuals(tx, "bone")] == [5.0, 3.0]
            assert forecasts.residuals(tx, "service") == []


class TestConsultations:
    def add(self, desk: Desk, *ended: tuple[str, date, datetime]) -> None:
        """Consultations of ten minutes, each ended by an event: its room, its service day, its end."""
        for room, day, ended_at in ended:
            event = desk.do(lambda work: record(work, NewEvent(kind=EventKind.HELP)), ended_at, By("nurse", "console"))
            with desk.database.transaction() as tx:
                one = Consultation(event, "bone", room, day, VisitType.FIRST, 600.0, ended_at)
                consultations.add(tx, one)

    def test_a_room_was_at_work_where_one_ended_since_that_very_instant(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        day = evening.date()
        self.add(desk, ("a", day, evening - INSTANT), ("b", day, evening), ("c", day, evening + INSTANT))
        assert rooms.at_work(look(store), "bone", evening)[0] == {"b": evening, "c": evening + INSTANT}
        assert rooms.at_work(look(store), "er", evening)[0] == {}

    def test_sums_are_in_minutes_of_one_day_or_of_all_and_one_taken_back_is_gone(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        today, yesterday = evening.date(), evening.date() - timedelta(days=1)
        self.add(desk, ("a", yesterday, evening), ("a", today, evening), ("a", today, evening))
        all_of_them = {VisitType.FIRST: (3, 30.0, 300.0)}
        assert consultations.newest(look(store), "bone", today) == (all_of_them, {VisitType.FIRST: (2, 20.0, 200.0)})
        with store.transaction() as tx:
            consultations.take_back(tx, 3)
        assert consultations.newest(look(store), "bone", today)[1] == {VisitType.FIRST: (1, 10.0, 100.0)}
        assert consultations.newest(look(store), "er", today) == ({}, {})

    @pytest.mark.parametrize(
        ("lasted", "teaches"),
        [
            (timedelta(seconds=30) - INSTANT, False),
            (timedelta(seconds=30), True),
            (timedelta(hours=3), True),
            (timedelta(hours=3) + INSTANT, False),
        ],
    )
    def test_a_consultation_teaches_unless_it_was_a_wrong_key_or_was_forgotten(
        self, desk: Desk, store: Database, evening: datetime, nurse: By, lasted: timedelta, teaches: bool
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        desk.start("B001", now=evening, by=nurse)
        desk.finish("B001", now=evening + lasted, by=nurse)
        assert bool(consultations.newest(look(store), "bone", evening.date())[0]) == teaches

    @pytest.mark.parametrize("step", ["hold", "transfer", "finish"])
    def test_a_consultation_ends_with_whatever_leads_out_of_the_room(
        self, desk: Desk, store: Database, evening: datetime, nurse: By, step: str
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.call("bone-1", now=evening, by=nurse)
        desk.start("B001", now=evening, by=nurse)
        end = evening + minutes(20)
        if step == "transfer":
            desk.transfer("B001", to="er", now=end, by=nurse)
        else:
            getattr(desk, step)("B001", now=end, by=nurse)
        one = {VisitType.FIRST: (1, 20.0, 400.0)}
        assert consultations.newest(look(store), "bone", evening.date()) == (one, one)
        assert rooms.at_work(look(store), "bone", end)[0] == {"bone-1": end}
