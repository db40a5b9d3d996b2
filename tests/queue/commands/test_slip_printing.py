"""Slips people ask for: again, at another printer, without a ticket; each is a marked copy where it may be on paper."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from desk import Desk
from looking import bare, look
from refusing import refused

from nightdesk_queue.domain.event_data import SlipChanged
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import AskedBy, SlipKind, SlipState
from nightdesk_queue.store import Database, events, slips


def put(store: Database, job: int, state: SlipState, *, settled: bool = False) -> None:
    """A worker has left a slip in a state."""
    bare(store).execute("UPDATE slips SET state = ?, settled = ? WHERE id = ?", (state.value, int(settled), job))


@pytest.mark.parametrize("state", [SlipState.SENT, SlipState.PRINTED])
def test_a_slip_that_came_out_is_not_sent_again(
    desk: Desk, store: Database, evening: datetime, nurse: By, state: SlipState
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    put(store, 1, state)
    before = bare(store).dump()
    with refused("already_printed"):
        desk.retry_slip(1, now=evening, by=nurse)
    assert bare(store).dump() == before


@pytest.mark.parametrize("state", [SlipState.CLAIMED, SlipState.SENDING, SlipState.AWAITING])
def test_a_slip_in_a_living_workers_hands_is_not_sent_again_but_one_of_a_dead_worker_is(
    desk: Desk, store: Database, evening: datetime, nurse: By, state: SlipState
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    put(store, 1, state)
    lock = store.lock("printer", "lobby")
    assert lock.acquire()
    with lock, refused("being_printed"):
        desk.retry_slip(1, now=evening, by=nurse)
    again = desk.retry_slip(1, now=evening, by=nurse)
    assert (again.state, again.copy) == (SlipState.QUEUED, 0 if state is SlipState.CLAIMED else 1)


@pytest.mark.parametrize("state", [SlipState.QUEUED, SlipState.FAILED, SlipState.DROPPED])
def test_a_slip_that_is_surely_not_on_paper_is_sent_again_unmarked(
    desk: Desk, store: Database, evening: datetime, nurse: By, state: SlipState
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    put(store, 1, state)
    again = desk.retry_slip(1, now=evening, by=nurse)
    assert (again.state, again.copy, again.asked_by) == (SlipState.QUEUED, 0, AskedBy.STAFF)


def test_of_a_slip_that_may_be_on_paper_the_next_copy_follows_the_highest_of_its_ticket_and_kind(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=evening, by=nurse)
    put(store, 1, SlipState.UNKNOWN, settled=True)
    assert desk.reprint(ticket.id, now=evening, by=nurse).copy == 1
    put(store, 2, SlipState.PRINTED)
    assert desk.reprint(ticket.id, now=evening, by=nurse).copy == 2
    assert desk.retry_slip(1, now=evening, by=nurse).copy == 3
    desk.issue("bone", now=evening, by=nurse)
    put(store, 4, SlipState.UNKNOWN, settled=True)
    assert desk.retry_slip(4, now=evening, by=nurse).copy == 1, "another patient's copies do not count"
    desk.transfer(ticket.id, to="er", now=evening, by=nurse)
    put(store, 5, SlipState.UNKNOWN, settled=True)
    assert desk.retry_slip(5, now=evening, by=nurse).copy == 1, "nor do copies of another kind"


def test_a_slip_about_no_ticket_counts_its_own_copies(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.test_page("lobby", now=evening, by=nurse)
    desk.test_page("lobby", now=evening, by=nurse)
    for copy in (1, 2):
        put(store, 1, SlipState.UNKNOWN, settled=True)
        assert desk.retry_slip(1, now=evening, by=nurse).copy == copy
    put(store, 2, SlipState.UNKNOWN, settled=True)
    assert desk.retry_slip(2, now=evening, by=nurse).copy == 1


def test_all_slips_that_will_not_come_out_by_themselves_are_sent_again_and_no_other(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    for _ in range(5):
        desk.issue("bone", now=evening, by=nurse)
    put(store, 1, SlipState.FAILED)
    put(store, 2, SlipState.UNKNOWN)
    put(store, 3, SlipState.UNKNOWN, settled=True)
    put(store, 4, SlipState.PRINTED)
    again = desk.retry_slips(now=evening, by=nurse, printer="duty-room")
    assert [(job.id, job.printer, job.home, job.copy) for job in again] == [
        (1, "duty-room", "duty-room", 0),
        (3, "duty-room", "duty-room", 1),
    ]
    log = events.after(look(store), 5)
    assert [(one.kind, one.number, one.data) for one in log] == [
        (EventKind.SLIP_REDIRECT, "B001", SlipChanged(1, printer="duty-room")),
        (EventKind.SLIP_REDIRECT, "B003", SlipChanged(3, printer="duty-room")),
    ]
    assert desk.retry_slips(now=evening, by=nurse) == [], "nothing more to send"


def test_a_patient_has_a_slip_again_as_often_as_the_kiosk_may_and_staff_oftener(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse, kiosk="lobby-1")
    with refused("slip_waiting"):
        desk.reprint("B001", now=evening, by=nurse, kiosk="lobby-1")
    put(store, 1, SlipState.PRINTED)
    for copy in (1, 2):
        job = desk.reprint("B001", now=evening, by=nurse, kiosk="lobby-1")
        assert (job.copy, job.asked_by) == (copy, AskedBy.PATIENT)
        put(store, job.id, SlipState.PRINTED)
    with refused("too_many_copies"):
        desk.reprint("B001", now=evening, by=nurse, kiosk="lobby-1")
    other = desk.issue("bone", now=evening, by=nurse, kiosk="lobby-1")
    bare(store).execute("UPDATE slips SET state = 'printed'")
    assert desk.reprint(other.id, now=evening, by=nurse, kiosk="lobby-1").copy == 1, "each patient by themselves"
    assert desk.reprint("B001", now=evening, by=nurse).copy == 3
    with refused("slip_waiting"):
        desk.reprint("B001", now=evening, by=nurse)
    assert desk.reprint(desk.issue("bone", now=evening, by=nurse).id, now=evening, by=nurse).copy == 1, (
        "staff may ask for a copy while the original waits"
    )


def test_after_a_transfer_the_slip_that_tells_the_way_is_printed_again(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.issue("er", now=evening, by=nurse)
    desk.transfer("E001", to="bone", now=evening, by=nurse)
    job = desk.reprint("E001", now=evening, by=nurse)
    assert (job.kind, job.clinic, job.copy) == (SlipKind.TRANSFER, "bone", 1)
    event = events.after(look(store), 0)[-1]
    assert (event.kind, event.number, event.data) == (EventKind.SLIP_REPRINT, "E001", SlipChanged(job.id, copy=1))


def test_what_the_spool_or_the_configuration_does_not_have_is_refused(desk: Desk, evening: datetime, nurse: By) -> None:
    expected = desk.expect("bone", now=evening, by=nurse)
    with refused("wrong_state"):
        desk.reprint(expected.id, now=evening, by=nurse)
    with refused("unknown_job"):
        desk.retry_slip(1, now=evening, by=nurse)
    with refused("unknown_printer"):
        desk.retry_slips(now=evening, by=nurse, printer="x")
    with refused("unknown_printer"):
        desk.test_page("x", now=evening, by=nurse)


def test_the_list_of_a_session_comes_out_where_the_clinic_keeps_it(desk: Desk, evening: datetime, nurse: By) -> None:
    kept = [one.changed(session_list="duty-room" if one.id == "tcm-night" else None) for one in desk.hospital.clinic]
    elsewhere = Desk(desk.database, desk.hospital.changed(clinic=kept))
    job = elsewhere.session_list("tcm-night", now=evening, by=nurse)
    assert (job.printer, job.clinic, job.service_day) == ("duty-room", "tcm-night", evening.date())
    named = elsewhere.session_list("tcm-night", now=evening, by=nurse, day=date(2026, 3, 1), printer="lobby")
    assert (named.printer, named.service_day, named.asked_by) == ("lobby", date(2026, 3, 1), AskedBy.STAFF)
    assert slips.list_of(look(desk.database), "tcm-night", evening.date()) == job
