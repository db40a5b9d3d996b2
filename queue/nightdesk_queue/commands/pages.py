"""Paging the doctor on call: written in the same transaction as the ticket it is for, so a crash forgets nothing.

Its slip for the duty room's printer, its post to an address and its place on a display all follow from that one row. It
goes out again every so many minutes, each round a compare-and-set, so nothing goes out twice after a restart. Calling
the patient answers it, and so does anything that ends the wait.
"""

from __future__ import annotations

from dataclasses import replace

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.config import OnCall
from nightdesk_queue.domain.event_data import PageAnswered, PageSent
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page, PostState
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import on_call
from nightdesk_queue.rules.paging import is_due, is_named
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import pages, slips
from nightdesk_queue.store.events import NewEvent


def page_if_on_call(work: Work, ticket: Ticket, *, new: bool = False) -> None:
    """Page the doctor on call for somebody who has just joined a clinic's queue, in the hours that say so.

    A ticket has one page at a time. `new`: the ticket was issued in this transaction and has none.
    """
    clinic = work.hospital.clinics.get(ticket.clinic)
    if clinic is None or clinic.on_call is None:
        return
    rules = on_call(clinic, work.hospital, work.now)
    if rules is None or (not new and pages.of_ticket(work.tx, ticket.id)):
        return
    pages.open_page(work.tx, ticket.id, clinic.id, work.now, post=rules.post is not None)
    _note(work, EventKind.PAGE, ticket.id, ticket.number, clinic.id, PageSent(1))
    _slip(work, rules, ticket.id, new=new)


def answer(work: Work, ticket: Ticket, by_step: EventKind, event: int) -> None:
    """End a ticket's page, if it has one: somebody is there. `event`: the seq of the step that did it."""
    page = pages.of_ticket(work.tx, ticket.id)
    if page and pages.close(work.tx, page.id, work.now, by_step, event):
        _note(work, EventKind.PAGE_ANSWERED, page.ticket, page.number, page.clinic, PageAnswered(by_step))


def reopen(work: Work, ticket: Ticket, taken_back: Event) -> None:
    """Open a page again that a step had answered which was then taken back."""
    if pages.reopen(work.tx, ticket.id, taken_back.seq):
        _note(work, EventKind.PAGE_REOPENED, ticket.id, ticket.number, ticket.clinic, None)


@command(Command.ACKNOWLEDGE_PAGES)
def acknowledge_pages(work: Work, name: str | None = None) -> list[Page]:
    """Answer a page by its id or its ticket's number, or all that are open; return them, answered.

    Raises Refused("unknown_page") where there is none of that name.
    """
    wanted = [page for page in pages.open_pages(work.tx) if name is None or is_named(page, name)]
    if name is not None and not wanted:
        raise refusals.unknown_page(name)
    for page in wanted:
        pages.close(work.tx, page.id, work.now, work.by.actor)
        _note(work, EventKind.PAGE_ANSWERED, page.ticket, page.number, page.clinic, PageAnswered())
    return [replace(page, closed_at=work.now, closed_by=work.by.actor, resting=False) for page in wanted]


@command(Command.ESCALATE_PAGE)
def escalate_page(work: Work, page: Page) -> bool:
    """Send a page out again whose time has come; False when somebody answered or was faster."""
    rules = work.hospital.clinics[page.clinic].on_call
    assert rules is not None, "a page is due by the rules of its clinic"
    if not pages.next_round(work.tx, page, work.now, post=rules.post is not None):
        return False
    _note(work, EventKind.PAGE_ESCALATED, page.ticket, page.number, page.clinic, PageSent(page.rounds + 1))
    _slip(work, rules, page.ticket)
    return True


@command(Command.RESTART_PAGES)
def restart_pages(work: Work) -> None:
    """Count the rounds of open pages anew: one that has not gone out yet goes out now, the next after its minutes.

    Done before the services start. Without it a doctor paged while nothing ran would be paged twice within a second.
    """
    for page in pages.open_pages(work.tx):
        if is_due(work.hospital, page, work.now) and _still_to_go_out(work, page):
            pages.count_from(work.tx, page, work.now)


@command(Command.NOTE_POST)
def note_post(work: Work, page: Page, state: PostState, cause: str | None = None) -> None:
    """Write how far the post of a page's round is."""
    pages.post_went(work.tx, page, state, cause)


def _still_to_go_out(work: Work, page: Page) -> bool:
    posting = page.post_state in (PostState.DUE, PostState.SENDING)
    return posting or slips.unprinted(work.tx, page.ticket, SlipKind.PAGE) is not None


def _slip(work: Work, rules: OnCall, ticket: str, *, new: bool = False) -> None:
    # one that still waits for paper will tell the newest round when it comes out
    if rules.printer and (new or not slips.unprinted(work.tx, ticket, SlipKind.PAGE)):
        slips.queue(work.tx, NewSlip(SlipKind.PAGE, rules.printer, ticket=ticket), work.now)


def _note(
    work: Work, kind: EventKind, ticket: str, number: str, clinic: str, data: PageSent | PageAnswered | None
) -> None:
    record(work, NewEvent(kind=kind, ticket=ticket, number=number, clinic=clinic, data=data))
