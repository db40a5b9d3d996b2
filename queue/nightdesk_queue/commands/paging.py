"""Waking the doctor on call: at 3 a.m. nobody is at the desk, so a ticket pages somebody until somebody answers.

A page is written in the same unit of work as the ticket it is for: its slip for the duty room's printer, its post to
an address, and its place on a display all follow from that one row, so nothing is forgotten by a crash. It goes out
again every so many minutes, each round a compare-and-set, so nothing goes out twice after a restart. Calling the
patient answers it, and so does anything that ends the wait.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from nightdesk_queue.config import Clinic, Hospital, OnCall
from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import on_call
from nightdesk_queue.store import Store, events, pages, slips
from nightdesk_queue.store.pages import Page
from nightdesk_queue.store.slips import SlipKind
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text

ANSWERED_BY = frozenset({Step.CALL, Step.START, Step.CANCEL, Step.LAPSE, Step.NO_SHOW})
"""Steps that answer a ticket's page: somebody is there, or nobody waits any more."""
TIMER = By("nightdesk", "run")


class PageEvent(StrEnum):
    """What happens to a page; also the kind of the event."""

    PAGE = "page"
    ESCALATED = "page_escalated"
    ANSWERED = "page_answered"
    REOPENED = "page_reopened"


PAGE_TEXTS: dict[PageEvent, Text] = {
    PageEvent.PAGE: Text(zh="呼叫值班医生", en="doctor on call paged"),
    PageEvent.ESCALATED: Text(zh="再次呼叫值班医生", en="paged again"),
    PageEvent.ANSWERED: Text(zh="值班医生已应答", en="page answered"),
    PageEvent.REOPENED: Text(zh="重新呼叫值班医生", en="page open again"),
}


def page_if_on_call(
    connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic, ticket: str, number: str, now: datetime, by: By
) -> None:
    """Page the doctor on call for a ticket that has just joined a clinic's queue, in the hours that say so."""
    rules = on_call(clinic, hospital, now)
    if rules is None or pages.of_ticket(connection, ticket):
        return
    at = stamp(now)
    pages.open_page(connection, ticket, clinic.id, at, post=rules.post is not None)
    _note(connection, PageEvent.PAGE, now, by, ticket, number, clinic.id, "1")
    _slip(connection, rules, ticket, at)


def answered(connection: sqlite3.Connection, ticket: Ticket, now: datetime, by: By, how: str) -> None:
    """End a ticket's page, if it has one: somebody is there."""
    page = pages.of_ticket(connection, ticket.id)
    if page and pages.close(connection, page.id, stamp(now), str(how)):
        _note(connection, PageEvent.ANSWERED, now, by, page.ticket, page.number, page.clinic, how)


def reopen(connection: sqlite3.Connection, ticket: Ticket, answer: Event, now: datetime, by: By) -> None:
    """Open a page again that a step had answered which was then taken back."""
    if pages.reopen(connection, ticket.id, stamp(answer.at), answer.kind):
        _note(connection, PageEvent.REOPENED, now, by, ticket.id, ticket.number, ticket.clinic, None)


def acknowledge(store: Store, name: str | None, *, now: datetime, by: By) -> list[Page]:
    """Answer a page by its id or its ticket's number, or all that are open; return them, answered.

    Raises Refused("unknown_page") where there is none of that name.
    """
    with store.unit() as connection:
        sounding = pages.sounding(connection)
        wanted = [page for page in sounding if name is None or _is(page, name)]
        if name is not None and not wanted:
            raise refusals.unknown_page(name)
        for page in wanted:
            pages.close(connection, page.id, stamp(now), by.actor)
            _note(connection, PageEvent.ANSWERED, now, by, page.ticket, page.number, page.clinic, "acknowledged")
    return [replace(page, closed_at=now, closed_by=by.actor) for page in wanted]


def escalate(store: Store, hospital: Hospital, now: datetime) -> list[Page]:
    """Send the pages out again whose time has come; return them as they were before."""
    with store.reading() as connection:
        due = [page for page in pages.sounding(connection) if _due(hospital, page, now)]
    gone_out = []
    for page in due:
        with store.unit() as connection:
            rules = hospital.clinics[page.clinic].on_call
            assert rules is not None, "a page is due by the rules of its clinic"
            if pages.next_round(connection, page, now, post=rules.post is not None):
                reason = str(page.rounds + 1)
                _note(connection, PageEvent.ESCALATED, now, TIMER, page.ticket, page.number, page.clinic, reason)
                _slip(connection, rules, page.ticket, stamp(now))
                gone_out.append(page)
    return gone_out


def count_anew(store: Store, hospital: Hospital, now: datetime) -> None:
    """Before the services start: a round that has not gone out yet goes out now, and the next one waits its time.

    Without this, whoever was paged while nothing ran would be woken twice within a second.
    """
    with store.unit() as connection:
        for page in pages.sounding(connection):
            if _due(hospital, page, now) and _still_to_go_out(connection, page):
                pages.count_from(connection, page, now)


def _still_to_go_out(connection: sqlite3.Connection, page: Page) -> bool:
    return page.post_state in ("due", "sending") or slips.unprinted(connection, page.ticket, SlipKind.PAGE) is not None


def _due(hospital: Hospital, page: Page, now: datetime) -> bool:
    clinic = hospital.clinics.get(page.clinic)
    if clinic is None or clinic.on_call is None:
        return False
    every = timedelta(minutes=clinic.on_call.escalate_after_minutes)
    # a clock that was set back must not keep the doctor asleep
    return now - page.last_at >= every or page.last_at - now >= every


def _is(page: Page, name: str) -> bool:
    return name.strip().upper() in (str(page.id), page.number, page.ticket)


def _slip(connection: sqlite3.Connection, rules: OnCall, ticket: str, at: str) -> None:
    # one that still waits for paper will tell the newest round when it comes out
    if rules.printer and not slips.unprinted(connection, ticket, SlipKind.PAGE):
        slips.queue(connection, ticket, SlipKind.PAGE, rules.printer, at)


def _note(
    connection: sqlite3.Connection,
    kind: PageEvent,
    now: datetime,
    by: By,
    ticket: str,
    number: str,
    clinic: str,
    reason: str | None,
) -> None:
    events.append(connection, stamp(now), by, kind, ticket=ticket, number=number, clinic=clinic, reason=reason)
