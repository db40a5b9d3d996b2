"""The console's questions by themselves: what each answer leads to, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desk import Desk
from looking import look

from nightdesk_kiosk.console import questions, texts
from nightdesk_kiosk.console.questions import Question, ShowClinic, Take
from nightdesk_kiosk.console.steps import Step
from nightdesk_queue.commands.transferring import set_level
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, tickets
from nightdesk_queue.text.bilingual import Text


@pytest.fixture
def ticket(desk: Desk, evening: datetime, nurse: By) -> Ticket:
    return desk.issue("tcm-night", now=evening, by=nurse)


NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


def kind_of(outcome: object) -> object:
    return outcome.kind if isinstance(outcome, Take) else outcome


def test_no_stands_first_and_leads_nowhere_where_something_is_given_up(
    desk: Desk, ticket: Ticket, hospital: Hospital, nurse: By
) -> None:
    event = desk.last_step(nurse.station)
    assert event is not None
    asked = {
        EventKind.CANCEL: questions.really_cancel(ticket, NOW),
        EventKind.UNDO: questions.really_undo(event, hospital),
        EventKind.SUSPEND: questions.really_suspend(hospital.clinics["tcm-night"], suspended=False),
        EventKind.RESUME: questions.really_suspend(hospital.clinics["tcm-night"], suspended=True),
    }
    for kind, question in asked.items():
        no, yes = question.answers
        assert (no.words, no.outcome, kind_of(yes.outcome)) == (texts.NO, None, kind)


def test_a_patient_is_never_transferred_to_the_clinic_that_has_them(ticket: Ticket, hospital: Hospital) -> None:
    names = [one.words for one in questions.transfer_to(ticket, hospital, NOW).answers]
    assert names == [clinic.name for clinic in hospital.clinic if clinic.id != "tcm-night"]


def test_a_digit_means_the_same_clinic_in_every_question(ticket: Ticket, hospital: Hospital) -> None:
    shown = {one.words: one.digit for one in questions.which_clinic(hospital).answers}
    for question in (questions.transfer_to(ticket, hospital, NOW), questions.to_emergency(ticket, 2, hospital, NOW)):
        for one in question.answers:
            if one.words in shown:
                assert one.digit == shown[one.words], one.words


@pytest.mark.parametrize("level", [3, 4])
def test_the_digit_of_a_level_is_the_level(
    desk: Desk, store: Database, ticket: Ticket, hospital: Hospital, evening: datetime, nurse: By, level: int
) -> None:
    if level == ticket.level:
        ticket = desk.do(lambda work: set_level(work, ticket.id, 3), evening, nurse)
    asked = questions.which_level(ticket, hospital, NOW)
    assert [one.digit for one in asked.answers] == [1, 2, 3, 4]
    step = asked.answers[level - 1].outcome
    assert isinstance(step, Take)
    desk.do(step.command, evening, nurse)
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    assert found.level == level


def test_every_question_about_a_patient_names_number_name_level_and_wait(
    desk: Desk, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    patient = desk.issue("tcm-night", now=evening, by=nurse, name="黄静", level=3)
    later = evening + timedelta(minutes=29)
    places = [Text(zh="放射科", en="X-ray")]
    clinic = hospital.clinics["tcm-night"]
    holding = questions.hold_where(patient, clinic.changed(hold=clinic.hold.changed(places=places)), later)
    missing = questions.miss_already(replace(patient, state=State.CALLED, calls=1), hospital, later)
    assert holding is not None
    assert missing is not None
    asked = [
        questions.transfer_to(patient, hospital, later),
        questions.really_cancel(patient, later),
        questions.which_level(patient, hospital, later),
        questions.to_emergency(patient, 1, hospital, later),
        questions.what_about(patient, hospital, later),
        questions.of_another_room(Step.FINISH, replace(patient, room="tcm-2"), hospital, later),
        holding,
        missing,
    ]
    for question in asked:
        assert "N001 黄静 (level III, 29 min)" in question.words.en
        assert "N001 黄静(III 级，已等 29 分钟)" in question.words.zh


def test_every_clinic_can_be_shown(hospital: Hospital) -> None:
    outcomes = [one.outcome for one in questions.which_clinic(hospital).answers]
    assert outcomes == [ShowClinic(clinic.id) for clinic in hospital.clinic]


def test_nobody_is_asked_where_a_patient_goes_where_no_places_are_configured(
    ticket: Ticket, hospital: Hospital
) -> None:
    assert questions.hold_where(ticket, hospital.clinics["tcm-night"], NOW) is None


def test_moving_a_leftover_asks_where_to(ticket: Ticket, hospital: Hospital) -> None:
    outcomes = [one.outcome for one in questions.what_about(ticket, hospital, NOW).answers]
    assert [kind_of(outcome) for outcome in outcomes if isinstance(outcome, Take)] == [
        EventKind.KEEP,
        EventKind.CANCEL,
    ]
    (move,) = (outcome for outcome in outcomes if isinstance(outcome, Question))
    assert move.words == texts.TRANSFER_TO.fill(who=questions.who(ticket, NOW))


def test_an_undo_that_was_asked_about_takes_back_no_later_step(
    desk: Desk, store: Database, ticket: Ticket, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    event = desk.last_step(nurse.station)
    assert event is not None
    step = questions.really_undo(event, hospital).answers[1].outcome
    assert isinstance(step, Take)
    desk.call("tcm-1", now=evening, by=nurse)
    with pytest.raises(Refused):
        desk.do(step.command, evening, nurse)
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    assert found.state is State.CALLED
