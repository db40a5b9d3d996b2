"""Pages for the doctor on call: one a ticket, again until answered, nothing twice and nothing forgotten."""

from __future__ import annotations

from datetime import datetime
from threading import Barrier, Thread

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes

from nightdesk_queue.commands.pages import escalate_page
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.event_data import PageSent
from nightdesk_queue.domain.events import PAGES_SENT
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events, pages


@pytest.fixture
def night(evening: datetime) -> datetime:
    return evening.replace(hour=3, minute=0)


def kinds(store: Database) -> list[str]:
    return [event.kind for event in events.after(look(store), 0)]


def page_slips(store: Database) -> list[tuple[str, str]]:
    sql = "SELECT printer, state FROM slips WHERE kind = 'page' ORDER BY id"
    return [tuple(row) for row in bare(store).execute(sql)]


def test_a_ticket_in_the_hours_on_call_pages_and_prints_in_the_same_unit(
    desk: Desk, store: Database, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    (page,) = pages.open_pages(look(store))
    assert (page.number, page.rounds, page.at) == ("B001", 1, night)
    assert page_slips(store) == [("duty-room", "queued")]
    assert kinds(store) == ["issue", "page"]


def test_in_the_day_and_at_other_clinics_nobody_is_paged(
    desk: Desk, store: Database, night: datetime, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    desk.issue("er", now=night, by=nurse)
    assert pages.open_pages(look(store)) == []


def test_a_patient_transferred_or_checked_in_at_night_pages_too(
    desk: Desk, store: Database, night: datetime, nurse: By
) -> None:
    desk.transfer(desk.issue("er", now=night, by=nurse).id, to="bone", now=night, by=nurse)
    desk.check_in(desk.expect("bone", now=night, by=nurse).id, now=night, by=nurse)
    assert [page.number for page in pages.open_pages(look(store))] == ["E001", "B001"]


def test_it_goes_out_again_every_five_minutes_until_answered(
    desk: Desk, store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    assert Desk(store, hospital).escalate(night + minutes(4.9)) == []
    assert len(Desk(store, hospital).escalate(night + minutes(5))) == 1
    assert Desk(store, hospital).escalate(night + minutes(5)) == [], "a restart does not page twice"
    assert len(Desk(store, hospital).escalate(night + minutes(60))) == 1, "one round after an hour of silence, not ten"
    assert len(page_slips(store)) == 1, "the slip that still waits for paper will tell the newest round"
    (answered,) = desk.acknowledge_pages("B001", now=night + minutes(61), by=nurse)
    assert answered.rounds == 3
    assert Desk(store, hospital).escalate(night + minutes(90)) == []
    assert kinds(store) == ["issue", "page", "page_escalated", "page_escalated", "page_answered"]
    sent = [event.data for event in events.after(look(store), 0) if event.kind in PAGES_SENT]
    assert sent == [PageSent(1), PageSent(2), PageSent(3)], "each event tells its round"


def test_each_round_prints_a_slip_of_its_own_once_the_one_before_is_out(
    desk: Desk, store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    bare(store).execute("UPDATE slips SET state = 'printed'")
    Desk(store, hospital).escalate(night + minutes(5))
    assert page_slips(store) == [("duty-room", "printed"), ("duty-room", "queued")]


def test_a_clock_set_back_does_not_keep_the_doctor_asleep(
    desk: Desk, store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    back = night - minutes(120)
    assert len(Desk(store, hospital).escalate(back)) == 1
    assert Desk(store, hospital).escalate(back + minutes(1)) == []
    assert len(Desk(store, hospital).escalate(back + minutes(5))) == 1


@pytest.mark.parametrize("step", ["call", "cancel", "undo", "transfer"])
def test_whatever_ends_the_wait_answers_the_page(
    desk: Desk, store: Database, night: datetime, nurse: By, step: str
) -> None:
    desk.issue("bone", now=night, by=nurse)
    if step == "call":
        desk.call("bone-1", now=night, by=nurse)
    elif step == "cancel":
        desk.cancel("B001", now=night, by=nurse)
    elif step == "transfer":
        desk.transfer("B001", to="er", now=night, by=nurse)
    else:
        desk.undo(now=night, by=nurse)
    assert pages.open_pages(look(store)) == []


def test_a_call_taken_back_opens_its_page_again(desk: Desk, store: Database, night: datetime, nurse: By) -> None:
    desk.issue("bone", now=night, by=nurse)
    desk.call("bone-1", now=night + minutes(1), by=nurse)
    desk.undo(now=night + minutes(1), by=nurse)
    assert [page.number for page in pages.open_pages(look(store))] == ["B001"]


def test_an_unknown_page_is_refused_and_answering_none_is_no_error(
    desk: Desk, store: Database, night: datetime, nurse: By
) -> None:
    with pytest.raises(Refused) as refusal:
        desk.acknowledge_pages("B009", now=night, by=nurse)
    assert refusal.value.code == "unknown_page"
    assert desk.acknowledge_pages(None, now=night, by=nurse) == []


def test_eight_timers_at_once_page_once_a_round(
    desk: Desk, store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    for _ in range(3):
        desk.issue("bone", now=night, by=nurse)
    together = Barrier(8, timeout=30)
    gone_out: list[int] = []

    def escalate() -> None:
        together.wait()
        gone_out.append(len(desk.escalate(night + minutes(6))))

    threads = [Thread(target=escalate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(gone_out) == 3
    assert [page.rounds for page in pages.open_pages(look(store))] == [2, 2, 2]
    assert len(page_slips(store)) == 3


@pytest.mark.parametrize("step", ["cancel", "transfer", "call"])
def test_whatever_answered_a_page_and_is_taken_back_opens_it_again(
    desk: Desk, store: Database, night: datetime, nurse: By, step: str
) -> None:
    desk.issue("bone", now=night, by=nurse)
    later = night + minutes(1)
    if step == "cancel":
        desk.cancel("B001", now=later, by=nurse)
    elif step == "transfer":
        desk.transfer("B001", to="service", now=later, by=nurse)
    else:
        desk.call("bone-1", now=later, by=nurse)
    assert pages.open_pages(look(store)) == []
    desk.undo(now=night + minutes(2), by=nurse)
    (page,) = pages.open_pages(look(store))
    assert (page.number, page.clinic, page.at) == ("B001", "bone", night)
    assert kinds(store)[-1] == "page_reopened"


def test_who_comes_back_at_night_pages_too(
    desk: Desk, store: Database, evening: datetime, night: datetime, nurse: By
) -> None:
    for _ in range(2):
        desk.issue("bone", now=evening, by=nurse)
    desk.call("bone-1", now=evening, by=nurse)
    desk.miss("B001", now=evening, by=nurse)
    desk.hold("B002", now=evening, by=nurse)
    assert pages.open_pages(look(store)) == []
    desk.rejoin("B001", now=night, by=nurse)
    desk.return_("B002", now=night, by=nurse)
    assert [page.number for page in pages.open_pages(look(store))] == ["B001", "B002"]


def test_a_page_rests_while_its_patient_is_away_and_goes_out_again_when_they_are_back(
    desk: Desk, store: Database, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    desk.hold(ticket.id, to="X-ray", now=night + minutes(1), by=nurse)
    assert desk.escalate(night + minutes(30)) == []
    (page,) = pages.open_pages(look(store))
    assert (page.resting, page.rounds, page.closed_at) == (True, 1, None)
    assert pages.active_pages(look(store)) == []
    desk.return_(ticket.id, now=night + minutes(31), by=nurse)
    (page,) = pages.active_pages(look(store))
    assert not page.resting
    assert len(desk.escalate(night + minutes(31))) == 1, "who has waited long for an answer is not waited for again"
    assert pages.active_pages(look(store))[0].rounds == 2


def test_who_was_away_for_a_moment_does_not_page_sooner(
    desk: Desk, store: Database, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    desk.hold(ticket.id, now=night + minutes(1), by=nurse)
    desk.return_(ticket.id, now=night + minutes(2), by=nurse)
    assert desk.escalate(night + minutes(4.9)) == []
    assert len(desk.escalate(night + minutes(5))) == 1


def test_a_page_that_was_due_when_its_patient_left_is_not_sent(
    desk: Desk, store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    (seen,) = pages.open_pages(look(store))
    desk.hold(ticket.id, now=night + minutes(5), by=nurse)
    assert desk.do(lambda work: escalate_page(work, seen), night + minutes(5), By.service("run")) is False
    assert pages.open_pages(look(store))[0].rounds == 1


def test_an_undone_hold_wakes_the_page(desk: Desk, store: Database, night: datetime, nurse: By) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    desk.hold(ticket.id, now=night + minutes(1), by=nurse)
    desk.undo(now=night + minutes(2), by=nurse)
    assert [page.resting for page in pages.open_pages(look(store))] == [False]


def test_a_resting_page_can_be_answered(desk: Desk, store: Database, night: datetime, nurse: By) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    desk.hold(ticket.id, now=night + minutes(1), by=nurse)
    (answered,) = desk.acknowledge_pages("B001", now=night + minutes(2), by=nurse)
    assert (answered.closed_by, answered.resting) == (nurse.actor, False)
    assert pages.open_pages(look(store)) == []
    desk.return_(ticket.id, now=night + minutes(3), by=nurse)
    assert [page.id for page in pages.active_pages(look(store))] == [2], "who is back needs the doctor anew"
