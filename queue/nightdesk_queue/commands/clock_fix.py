"""Correcting what a wrong clock has written: the times of tickets taken meanwhile, and of who was put behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.commands.steps import plain, write
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import ClockFixed
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp


@dataclass(frozen=True, slots=True)
class WrongSpan:
    """A span of the wrong clock, and what is added to its times to make them right (negative: it was fast)."""

    since: datetime
    until: datetime
    by: timedelta


@command(Command.FIX_CLOCK)
def fix_clock(work: Work, span: WrongSpan) -> list[Ticket]:
    """Correct the tickets that were taken in a span of a wrong clock; return those that were changed.

    Their arrival and all that was credited from it move. Who came later and was put behind them is credited their own
    arrival again. What is written in events stays as it was written. One act: one undo takes it back.
    """
    wrong = [one for one in tickets.arrived_between(work.tx, span.since, span.until) if one.slot_at is None]
    changed = [_moved(work, ticket, span.by) for ticket in wrong]
    done = {ticket.id for ticket in changed}
    behind = [one for one in tickets.waiting_from_elsewhere(work.tx) if one.id not in done]
    return changed + [_own_again(work, ticket) for ticket in behind]


def _moved(work: Work, ticket: Ticket, by: timedelta) -> Ticket:
    own = ticket.waits_from or ticket.queued_at
    changes: dict[str, Value] = {
        "arrived_at": stamp(ticket.arrived_at + by),
        "queued_at": stamp(own + by),
        "waits_from": None,
    }
    return _corrected(work, ticket, changes, by.total_seconds())


def _own_again(work: Work, ticket: Ticket) -> Ticket:
    changes: dict[str, Value] = {"queued_at": stamp(ticket.waits_from or ticket.queued_at), "waits_from": None}
    return _corrected(work, ticket, changes, 0.0)


def _corrected(work: Work, ticket: Ticket, changes: dict[str, Value], seconds: float) -> Ticket:
    """Write other times of a ticket, in whatever state: it is no step of its life."""
    corrected = write(work, ticket, changes)
    record(
        work,
        NewEvent(
            kind=EventKind.CLOCK_FIX,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            before={name: plain(getattr(ticket, name)) for name in changes},
            after={name: plain(getattr(corrected, name)) for name in changes},
            data=ClockFixed(seconds),
        ),
    )
    return corrected
