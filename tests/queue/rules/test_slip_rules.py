"""Who still needs a slip, and which printers stand in duty rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lining import START, ticket

from nightdesk_queue.config import Hospital, PrintingTable
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import AskedBy, SlipJob, SlipKind, SlipState
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.rules.slip_rules import duty_printers, unneeded

RULES = PrintingTable(keep_minutes=60)
INSTANT = timedelta(microseconds=1)
MOVED_ON = sorted({State.CALLED, State.SERVING, State.DONE, State.CANCELLED, State.LAPSED})


def job(kind: SlipKind, *, asked_by: AskedBy | None = None, clinic: str | None = None) -> SlipJob:
    """A slip that was queued at START."""
    return SlipJob(
        id=1,
        ticket="ID1",
        number="N001",
        kind=kind,
        clinic=clinic,
        service_day=None,
        event=None,
        printer="lobby",
        home="lobby",
        state=SlipState.QUEUED,
        settled=False,
        cause=None,
        attempts=0,
        copy=0,
        asked_by=asked_by,
        worker=None,
        machine=None,
        lease_until=None,
        queued_at=START,
        changed_at=START,
    )


@pytest.mark.parametrize("state", MOVED_ON)
def test_a_delayed_slip_of_somebody_who_waits_no_more_is_not_printed(state: State) -> None:
    gone = replace(ticket(1), state=state)
    assert unneeded(job(SlipKind.TICKET), gone, None, RULES, START, delayed=True) == state.value


@pytest.mark.parametrize("state", MOVED_ON)
def test_a_slip_that_is_on_time_or_asked_for_is_printed_whatever_the_patient_does(state: State) -> None:
    gone = replace(ticket(1), state=state)
    assert unneeded(job(SlipKind.TICKET), gone, None, RULES, START, delayed=False) is None
    asked = job(SlipKind.TICKET, asked_by=AskedBy.STAFF)
    assert unneeded(asked, gone, None, RULES, START, delayed=True) is None


@pytest.mark.parametrize("state", [State.WAITING, State.HELD, State.MISSED])
def test_a_delayed_slip_still_tells_who_waits_where_they_stand(state: State) -> None:
    assert unneeded(job(SlipKind.TICKET), replace(ticket(1), state=state), None, RULES, START, delayed=True) is None


def test_a_slip_about_no_ticket_is_printed_however_late_within_its_time() -> None:
    assert unneeded(job(SlipKind.LIST), None, None, RULES, START + timedelta(minutes=60), delayed=True) is None


@pytest.mark.parametrize(("kind", "kept"), [(SlipKind.TICKET, 60), (SlipKind.LIST, 60), (SlipKind.TEST, 10)])
def test_a_slip_is_too_old_only_after_its_last_minute_also_when_asked_for(kind: SlipKind, kept: int) -> None:
    asked = job(kind, asked_by=AskedBy.STAFF)
    last = START + timedelta(minutes=kept)
    assert unneeded(asked, ticket(1), None, RULES, last, delayed=False) is None
    assert unneeded(asked, ticket(1), None, RULES, last + INSTANT, delayed=False) == "too_old"


def test_a_delayed_page_is_printed_while_nobody_has_answered_it() -> None:
    page = Page(1, "ID1", "N001", "c", START, 1, START)
    called = replace(ticket(1), state=State.CALLED)
    assert unneeded(job(SlipKind.PAGE), called, page, RULES, START, delayed=True) is None
    answered = replace(page, closed_at=START)
    assert unneeded(job(SlipKind.PAGE), called, answered, RULES, START, delayed=True) == "answered"
    assert unneeded(job(SlipKind.PAGE), called, None, RULES, START, delayed=True) == "answered", "it has no page"
    assert unneeded(job(SlipKind.PAGE), ticket(1), replace(page, resting=True), RULES, START, delayed=True) == "resting"
    assert unneeded(job(SlipKind.PAGE), ticket(1), replace(page, resting=True), RULES, START, delayed=False) is None


def test_a_delayed_transfer_slip_is_printed_while_the_patient_still_goes_there() -> None:
    there = replace(ticket(1), clinic="bone")
    slip = job(SlipKind.TRANSFER, clinic="bone")
    assert unneeded(slip, there, None, RULES, START, delayed=True) is None
    assert unneeded(slip, replace(there, clinic="er"), None, RULES, START, delayed=True) == "moved_on"
    assert unneeded(slip, replace(there, state=State.SERVING), None, RULES, START, delayed=True) == "serving"


def test_duty_printers_are_those_of_the_doctors_on_call_each_once(hospital: Hospital) -> None:
    bone = hospital.clinics["bone"]
    assert bone.on_call is not None
    silent = bone.on_call.changed(printer=None)
    second = bone.changed(id="bone-2")
    without = bone.changed(id="bone-3", on_call=silent)
    assert duty_printers(hospital.changed(clinic=[*hospital.clinic, second, without])) == ["duty-room"]
    assert duty_printers(hospital.changed(clinic=[without])) == []
