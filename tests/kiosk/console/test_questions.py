"""The console's questions by themselves: what each answer leads to, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desk import Desk
from looking import look

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console import clinic_questions, questions, texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.questions import SendOn, ShowClinics, Take, WordsWanted
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
        EventKind.UNDO: questions.how_far_back([event], hospital),
    }
    for kind, question in asked.items():
        no, yes, *_ = question.answers
        assert (no.words, no.outcome, kind_of(yes.outcome)) == (texts.NO, None, kind)


def test_a_patient_is_never_transferred_to_the_clinic_that_has_them(ticket: Ticket, hospital: Hospital) -> None:
    names = [one.words for one in questions.to_emergency(ticket, 2, hospital, NOW).answers]
    assert hospital.clinics["tcm-night"].name not in names


def test_a_digit_means_the_same_clinic_in_every_question(ticket: Ticket, hospital: Hospital) -> None:
    shown = {one.words: one.digit for one in questions.which_clinic(hospital).answers}
    of_all = clinic_questions.which_of(hospital, lambda clinic: ShowClinics((clinic.id,)))
    for question in (of_all, questions.to_emergency(ticket, 2, hospital, NOW)):
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
    with_places = clinic.changed(hold=clinic.hold.changed(places=places))
    clinics = [with_places if one.id == clinic.id else one for one in hospital.clinic]
    holding = questions.hold_where(patient, hospital.changed(clinic=clinics), later)
    missing = questions.miss_already(replace(patient, state=State.CALLED, calls=1), hospital, later)
    assert holding is not None
    assert missing is not None
    asked = [
        questions.why_this(patient, "tcm-1", later),
        questions.which_note(patient, later),
        questions.which_badges(patient, hospital, later),
        questions.really_cancel(patient, later),
        questions.which_level(patient, hospital, later),
        questions.to_emergency(patient, 1, hospital, later),
        clinic_questions.what_about(patient, 1, hospital, later),
        questions.of_another_room(Step.FINISH, replace(patient, room="tcm-2"), hospital, later),
        holding,
        missing,
    ]
    for question in asked:
        assert "N001 黄静 (level III, 29 min)" in question.words.en
        assert "N001 黄静(III 级，已等 29 分钟)" in question.words.zh


def test_every_clinic_can_be_shown(hospital: Hospital) -> None:
    outcomes = [one.outcome for one in questions.which_clinic(hospital).answers]
    everything = ShowClinics(tuple(hospital.clinics))
    assert outcomes == [*(ShowClinics((clinic.id,)) for clinic in hospital.clinic), everything]


def test_nobody_is_asked_where_a_patient_goes_where_no_places_are_configured(
    ticket: Ticket, hospital: Hospital
) -> None:
    assert questions.hold_where(ticket, hospital, NOW) is None


def test_moving_a_leftover_opens_the_form_for_a_transfer(ticket: Ticket, hospital: Hospital) -> None:
    outcomes = [one.outcome for one in clinic_questions.what_about(ticket, 1, hospital, NOW).answers]
    assert SendOn(ticket) in outcomes
    assert len(outcomes) == 3, "of one leftover nobody is asked about all"
    assert len(clinic_questions.what_about(ticket, 2, hospital, NOW).answers) == 5


def test_a_clinic_is_suspended_with_a_notice_and_resumed_without_words(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    viewed = ConsoleDesk(hospital, store, Clock(evening, 0.0), nurse)
    clinic = hospital.clinics["tcm-night"]
    no, suspend, _ = clinic_questions.about_clinic(viewed.look([clinic]).queues[0], hospital).answers
    assert (no.outcome, isinstance(suspend.outcome, WordsWanted)) == (None, True)
    desk.suspend("tcm-night", now=evening, by=nurse)
    _, resume, _ = clinic_questions.about_clinic(viewed.look([clinic]).queues[0], hospital).answers
    assert kind_of(resume.outcome) is EventKind.RESUME


def test_an_undo_that_was_asked_about_takes_back_no_later_step(
    desk: Desk, store: Database, ticket: Ticket, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    event = desk.last_step(nurse.station)
    assert event is not None
    step = questions.how_far_back([event], hospital).answers[1].outcome
    assert isinstance(step, Take)
    desk.call("tcm-1", now=evening, by=nurse)
    with pytest.raises(Refused):
        desk.do(step.command, evening, nurse)
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    assert found.state is State.CALLED
