"""What patients are told of their wait, and how true it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes
from serving import serve

from nightdesk_queue.domain.people import By
from nightdesk_queue.queries import reports
from nightdesk_queue.queries.wait_forecasts import prospects
from nightdesk_queue.rules.waits import VisitType


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
