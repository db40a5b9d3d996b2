"""Transfers and ways back."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes, refused
from serving import changed, serve

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, State
from nightdesk_queue.store import Database, events


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

    def test_a_transfer_ends_the_cool_down_and_the_lane_of_who_has_just_reported_again(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.call("er-1", now=evening, by=nurse)
        desk.miss("E001", now=evening, by=nurse)
        assert desk.rejoin("E001", now=evening, by=nurse).lane is Lane.MISSED
        moved = desk.transfer("E001", to="bone", now=evening, by=nurse)
        assert (moved.lane, moved.lane_since, moved.rejoined_at) == (Lane.FIRST, None, None)
        assert desk.call("bone-1", now=evening, by=nurse).ticket.number == "E001", "within the cool-down of the ER"

    def test_a_transfer_out_of_the_lane_of_returns_ends_it_and_forgets_the_examination(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.hold("E001", now=evening, by=nurse, to="X-ray")
        assert desk.return_("E001", now=evening, by=nurse).lane is Lane.RETURN
        assert desk.transfer("E001", to="bone", now=evening, by=nurse).lane is Lane.FIRST
        desk.hold("E001", now=evening, by=nurse, to="X-ray")
        away = desk.transfer("E001", to="service", now=evening, by=nurse)
        assert (away.held_at, away.held_to, away.state) == (None, None, State.WAITING)

    def test_the_undo_of_a_transfer_brings_back_the_lane_and_the_cool_down(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("er", now=evening, by=nurse)
        desk.call("er-1", now=evening, by=nurse)
        desk.miss("E001", now=evening, by=nurse)
        before = desk.rejoin("E001", now=evening, by=nurse)
        desk.transfer("E001", to="bone", now=evening, by=nurse)
        assert desk.undo(now=evening, by=nurse).ticket == before
        with refused("nobody_waiting"):
            desk.call("er-1", now=evening, by=nurse)

    def test_a_patient_transferred_in_the_minute_of_opening_counts_for_the_quota(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        desk = Desk(store, changed(hospital, "tcm-night", transfer={"quota": 1}))
        opens = evening.replace(hour=17, minute=30)
        desk.transfer(desk.issue("er", now=opens, by=nurse).id, to="tcm-night", now=opens, by=nurse)
        with refused("full"):
            desk.transfer(desk.issue("er", now=evening, by=nurse).id, to="tcm-night", now=evening, by=nurse)
        desk.undo(now=evening, by=nurse)
        desk.undo(now=evening, by=nurse)
        taken = desk.transfer(desk.issue("er", now=evening, by=nurse).id, to="tcm-night", now=evening, by=nurse)
        assert taken.clinic == "tcm-night", "a transfer taken back takes no place"

    def test_the_badge_counts_in_every_queue_it_meets(self, desk: Desk, evening: datetime, nurse: By) -> None:
        soldier = desk.issue("er", now=evening, by=nurse, priority=["veteran"])
        moved = desk.transfer(soldier.id, to="tcm-night", now=evening, by=nurse)
        assert (moved.lane, moved.priority) == (Lane.PRIORITY, ("veteran",))
