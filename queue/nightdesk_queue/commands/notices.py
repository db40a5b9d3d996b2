"""Notices to another system: made from events, sent in order, put aside after too many refusals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import Parked
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.notices import Notice, NoticeKind, NoticeState
from nightdesk_queue.rules.noticing import TOLD_OF, not_parked, notice_kind
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import events, foreign_visits, hl7_notices, tickets
from nightdesk_queue.store.events import NewEvent

EVENTS_AT_ONCE = 500
"""So many events one transaction reads."""
FORGOTTEN_AT_ONCE = 200
LONGEST_TOLD = 200


@command(Command.SEND_NOTICE)
def make_notices(work: Work, wanted: Collection[str]) -> int:
    """Make notices of what has happened to transferred patients since the last time; return how many events were read.

    `wanted`: the kinds of notices that are sent. The first time it begins with the present: nobody wants last year's.
    """
    last = hl7_notices.read_up_to(work.tx)
    if last is None:
        hl7_notices.note_read(work.tx, events.last_seq(work.tx))
        return 0
    found = events.after(work.tx, last, EVENTS_AT_ONCE)
    for event in found:
        kind = notice_kind(event, work.now) if event.kind in TOLD_OF else None
        if kind is None or kind not in wanted or events.is_undone(work.tx, event.seq):
            continue
        if (notice := _notice(work, event, kind)) is not None:
            hl7_notices.add(work.tx, notice)
    if found:
        hl7_notices.note_read(work.tx, found[-1].seq)
    return len(found)


def _notice(work: Work, event: Event, kind: NoticeKind) -> Notice | None:
    """Return the notice of an event; None where it is not about somebody whom another system has transferred."""
    visit = foreign_visits.of_ticket(work.tx, event.ticket) if event.ticket else None
    ticket = tickets.by_id(work.tx, event.ticket) if event.ticket and visit else None
    if visit is None or ticket is None or ticket.transferred_at is None:
        return None
    moved_to = (event.after or {}).get("clinic")
    return Notice(
        event=event.seq,
        visit=visit.seq,
        who=visit.who,
        ticket=ticket.id,
        number=ticket.number,
        clinic=str(moved_to or event.clinic),
        kind=kind,
        at=event.at,
    )


@command(Command.SEND_NOTICE)
def note_taken(work: Work, notice: Notice) -> None:
    """Record that the other system has taken a notice."""
    hl7_notices.change(work.tx, notice.event, NoticeState.SENT, refusals=notice.refusals, told=None, sent_at=work.now)


@command(Command.SEND_NOTICE)
def note_refused(work: Work, notice: Notice, told: str, most: int) -> NoticeState:
    """Record that the other system refused a notice, and in which words; after `most` refusals it is put aside.

    Then an alarm tells staff, who telephone. Returns the state it is in.
    """
    refusals = notice.refusals + 1
    state = NoticeState.PARKED if refusals >= most else NoticeState.QUEUED
    hl7_notices.change(work.tx, notice.event, state, refusals=refusals, told=told[:LONGEST_TOLD])
    if state is NoticeState.PARKED:
        data = Parked(notice.event, notice.number, told[:LONGEST_TOLD])
        record(
            work,
            NewEvent(
                kind=EventKind.NOTICE_PARKED,
                ticket=notice.ticket,
                number=notice.number,
                clinic=notice.clinic,
                data=data,
            ),
        )
    return state


@command(Command.RETRY_NOTICE)
def retry_notice(work: Work, event: int) -> Notice:
    """Send a notice that was put aside once more, under the id it had. Raises Refused: not_parked."""
    notice = hl7_notices.one(work.tx, event)
    if notice is None or notice.state is not NoticeState.PARKED:
        raise not_parked(event)
    hl7_notices.change(work.tx, event, NoticeState.QUEUED, refusals=0, told=notice.told)
    return notice


@command(Command.FORGET_MESSAGES)
def forget_notices(work: Work, days: int) -> int:
    """Delete notices that are done with and older than so many days, some at a time; return how many there were."""
    return hl7_notices.forget_before(work.tx, work.now - timedelta(days=days), FORGOTTEN_AT_ONCE)
