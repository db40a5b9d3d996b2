"""Notes and badges that staff write on a ticket, why somebody was called first, and what is decided about many."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from engines import Engine, new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looking import look
from refusing import minutes, refused
from serving import changed, line

from nightdesk_queue.commands import calling, describing, transferring
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.undo import last_steps, undo_back_to
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.queries.transfer_preview import transfer_targets
from nightdesk_queue.queries.wait_forecasts import standing
from nightdesk_queue.store import Database, events, open_database, rooms, tickets


def now_of(desk: Desk, ticket: Ticket) -> Ticket:
    found = tickets.by_id(look(desk.database), ticket.id)
    assert found is not None
    return found


class TestNotes:
    def test_a_note_stands_on_the_ticket_until_it_is_taken_away_and_undo_brings_it_back(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        desk.do(lambda work: describing.set_note(work, ticket.id, " deaf:\n write it down "), evening, nurse)
        assert now_of(desk, ticket).note == "deaf: write it down"
        desk.do(lambda work: describing.set_note(work, ticket.id, None), evening, nurse)
        assert now_of(desk, ticket).note is None
        desk.undo(now=evening, by=nurse)
        assert now_of(desk, ticket).note == "deaf: write it down"

    def test_the_same_note_twice_is_refused(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        with refused("nothing_changed"):
            desk.do(lambda work: describing.set_note(work, ticket.id, ""), evening, nurse)

    def test_a_note_is_cut_at_two_hundred_characters(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        desk.do(lambda work: describing.set_note(work, ticket.id, "x" * 5000), evening, nurse)
        assert len(now_of(desk, ticket).note or "") == describing.NOTE_LENGTH


class TestBadges:
    def test_somebody_who_belongs_to_a_group_after_all_goes_first_and_undo_takes_it_back(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        given = [desk.issue("tcm-night", now=evening + minutes(n), by=nurse) for n in range(4)]
        before = line(desk, "tcm-night", evening + minutes(5))
        desk.do(lambda work: describing.set_badges(work, given[3].id, ["elderly"]), evening + minutes(5), nurse)
        moved = now_of(desk, given[3])
        assert (moved.lane, moved.priority) == (Lane.PRIORITY, ("elderly",))
        assert line(desk, "tcm-night", evening + minutes(5)) == ["N001", "N002", "N004", "N003"]
        desk.undo(now=evening + minutes(6), by=nurse)
        assert (now_of(desk, given[3]), line(desk, "tcm-night", evening + minutes(5))) == (given[3], before)

    def test_who_belongs_to_none_waits_with_the_others(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse, priority=["elderly"])
        desk.do(lambda work: describing.set_badges(work, ticket.id, []), evening, nurse)
        assert (now_of(desk, ticket).lane, now_of(desk, ticket).priority) == (Lane.FIRST, ())

    def test_who_is_back_from_an_examination_stays_in_that_lane(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        desk.hold(ticket.id, now=evening, by=nurse)
        desk.return_(ticket.id, now=evening, by=nurse)
        desk.do(lambda work: describing.set_badges(work, ticket.id, ["elderly"]), evening, nurse)
        assert (now_of(desk, ticket).lane, now_of(desk, ticket).priority) == (Lane.RETURN, ("elderly",))

    def test_an_unknown_group_and_the_same_groups_are_refused(self, desk: Desk, evening: datetime, nurse: By) -> None:
        ticket = desk.issue("tcm-night", now=evening, by=nurse)
        with refused("unknown_priority"):
            desk.do(lambda work: describing.set_badges(work, ticket.id, ["royal"]), evening, nurse)
        with refused("nothing_changed"):
            desk.do(lambda work: describing.set_badges(work, ticket.id, []), evening, nurse)


def test_why_somebody_was_called_first_stands_in_the_event(desk: Desk, evening: datetime, nurse: By) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    second = desk.issue("tcm-night", now=evening, by=nurse)
    desk.do(lambda work: calling.call(work, "tcm-1", ticket=second.id, why="got worse"), evening, nurse)
    assert events.after(look(desk.database), 0)[-1].reason == "got worse"
    assert rooms.all_of(look(desk.database))["tcm-1"].active_by == nurse.actor


class TestLeftoversAllAtOnce:
    def test_one_step_decides_about_all_and_one_undo_takes_it_back(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        given = [desk.issue("tcm-night", now=evening + minutes(n), by=nurse) for n in range(5)]
        desk.call("tcm-1", now=evening + minutes(6), by=nurse)
        after = evening.replace(hour=22)
        kept = desk.do(lambda work: [transferring.keep(work, given[4].id)], after, nurse)
        gone = desk.do(lambda work: transferring.release_all(work, "tcm-night"), after, nurse)
        assert [one.number for one in gone] == ["N001", "N002", "N003", "N004"]
        assert now_of(desk, kept[0]).state is State.WAITING
        with refused("nobody_left_over"):
            desk.do(lambda work: transferring.keep_all(work, "tcm-night"), after, nurse)
        desk.undo(now=after, by=nurse)
        assert [now_of(desk, one).state for one in given] == [State.CALLED, *[State.WAITING] * 4]

    def test_all_are_kept_for_service(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for n in range(3):
            desk.issue("tcm-night", now=evening + minutes(n), by=nurse)
        after = evening.replace(hour=22)
        assert len(desk.do(lambda work: transferring.keep_all(work, "tcm-night"), after, nurse)) == 3
        with refused("nobody_left_over"):
            desk.do(lambda work: transferring.keep_all(work, "tcm-night"), after, nurse)


class TestSeveralStepsBack:
    def test_the_steps_of_one_station_stand_newest_first_one_an_act(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening + minutes(1), by=nurse)
        desk.issue("bone", now=evening + minutes(1), by=By("liu", "console:bone-1"))
        steps = last_steps(look(desk.database), nurse, evening + minutes(2))
        assert [one.kind.value for one in steps] == ["call", "issue"]
        assert last_steps(look(desk.database), nurse, evening + minutes(13 * 60)) == []

    def test_several_are_taken_back_at_once_or_none(self, desk: Desk, evening: datetime, nurse: By) -> None:
        first = desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        desk.start("N001", now=evening, by=nurse)
        seqs = [one.seq for one in last_steps(look(desk.database), nurse, evening)]
        desk.do(lambda work: undo_back_to(work, seqs[:2]), evening, nurse)
        assert now_of(desk, first).state is State.WAITING
        desk.call("tcm-1", now=evening, by=nurse)
        with refused("nothing_to_undo"):
            desk.do(lambda work: undo_back_to(work, [seqs[0], seqs[1]]), evening, nurse)
        assert now_of(desk, first).state is State.CALLED


class TestTransferPreview:
    @given(
        waiting=st.lists(st.tuples(st.sampled_from([3, 4]), st.booleans(), st.integers(0, 60)), max_size=8),
        level=st.sampled_from([3, 4]),
        credit=st.sampled_from(["arrival", "half", "none"]),
        badge=st.booleans(),
    )
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_place_and_wait_shown_are_those_the_transfer_then_gives(
        self,
        hospital: Hospital,
        engine: Engine,
        tmp_path_factory: pytest.TempPathFactory,
        evening: datetime,
        nurse: By,
        waiting: list[tuple[int, bool, int]],
        level: int,
        credit: str,
        badge: bool,
    ) -> None:
        clinic = changed(hospital, "tcm-night", transfer={"credit": credit})
        with new_database(engine, tmp_path_factory.mktemp("p")) as url, open_database(url) as store:
            desk = Desk(store, clinic)
            groups = ["elderly"] if badge else []
            patient = desk.issue("er", now=evening, by=nurse, priority=groups)
            for one, first, after in waiting:
                who = ["elderly"] if first else []
                desk.issue("tcm-night", now=evening + minutes(after), by=nurse, level=one, priority=who, extra=True)
            now = evening + minutes(61)
            shown = {one.clinic.id: one for one in transfer_targets(look(store), clinic, patient, level, now)}
            assert "er" not in shown
            desk.do(lambda work: transferring.transfer(work, patient.id, Transfer("tcm-night", level)), now, nurse)
            moved = now_of(desk, patient)
            assert shown["tcm-night"].standing == standing(look(store), clinic, moved, now)

    def test_a_clinic_that_takes_nobody_says_why(
        self, store: Database, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        patient = desk.issue("er", now=evening, by=nurse)
        desk.suspend("tcm-night", now=evening, by=nurse)
        shown = {one.clinic.id: one for one in transfer_targets(look(store), desk.hospital, patient, 4, evening)}
        refusal = shown["tcm-night"].refusal
        assert refusal is not None
        assert (shown["tcm-night"].standing, refusal.code) == (None, "suspended")
