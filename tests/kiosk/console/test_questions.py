"""The console's questions by themselves: what each answer leads to, before anything is done."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk
from looking import look

from nightdesk_kiosk.console import questions, texts
from nightdesk_kiosk.console.questions import Question, ShowClinic, Take
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, tickets


@pytest.fixture
def ticket(desk: Desk, evening: datetime, nurse: By) -> Ticket:
    return desk.issue("tcm-night", now=evening, by=nurse)


def kind_of(outcome: object) -> object:
    return outcome.kind if isinstance(outcome, Take) else outcome


def test_no_stands_first_and_leads_nowhere_where_something_is_given_up(
    desk: Desk, ticket: Ticket, hospital: Hospital, nurse: By
) -> None:
    event = desk.last_step(nurse.station)
    assert event is not None
    asked = {
        EventKind.CANCEL: questions.really_cancel(ticket),
        EventKind.UNDO: questions.really_undo(event, hospital),
        EventKind.SUSPEND: questions.really_suspend(hospital.clinics["tcm-night"], suspended=False),
        EventKind.RESUME: questions.really_suspend(hospital.clinics["tcm-night"], suspended=True),
    }
    for kind, question in asked.items():
        (no, nothing), (_, step) = question.answers
        assert (no, nothing, kind_of(step)) == (texts.NO, None, kind)


def test_a_patient_is_never_transferred_to_the_clinic_that_has_them(ticket: Ticket, hospital: Hospital) -> None:
    names = [words for words, _ in questions.transfer_to(ticket, hospital).answers]
    assert names == [clinic.name for clinic in hospital.clinic if clinic.id != "tcm-night"]


def test_every_clinic_can_be_shown(hospital: Hospital) -> None:
    outcomes = [outcome for _, outcome in questions.which_clinic(hospital).answers]
    assert outcomes == [ShowClinic(clinic.id) for clinic in hospital.clinic]


def test_nobody_is_asked_where_a_patient_goes_where_no_places_are_configured(
    ticket: Ticket, hospital: Hospital
) -> None:
    assert questions.hold_where(ticket, hospital.clinics["tcm-night"]) is None


def test_moving_a_leftover_asks_where_to(ticket: Ticket, hospital: Hospital) -> None:
    outcomes = [outcome for _, outcome in questions.what_about(ticket, hospital).answers]
    assert [kind_of(outcome) for outcome in outcomes if isinstance(outcome, Take)] == [
        EventKind.KEEP,
        EventKind.CANCEL,
    ]
    (move,) = (outcome for outcome in outcomes if isinstance(outcome, Question))
    assert move.words == texts.TRANSFER_TO.fill(number=ticket.number)


def test_an_undo_that_was_asked_about_takes_back_no_later_step(
    desk: Desk, store: Database, ticket: Ticket, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    event = desk.last_step(nurse.station)
    assert event is not None
    _, (_, step) = questions.really_undo(event, hospital).answers
    assert isinstance(step, Take)
    desk.call("tcm-1", now=evening, by=nurse)
    with pytest.raises(Refused):
        desk.do(step.command, evening, nurse)
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    assert found.state is State.CALLED
