"""Everything that is known of one ticket: its events, slips, pages, the printers meanwhile, and who overtook whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.domain.devices import DeviceChange
from nightdesk_queue.domain.event_data import Called
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import Lane, Reason, Ticket
from nightdesk_queue.store import devices, events, pages, slips, tickets
from nightdesk_queue.store.database import Tx

MOST = 200
"""Slips, pages and overtakings of one ticket that are told."""
AROUND = timedelta(minutes=1)
"""What a printer was doing is told from so long before its slip was asked for till so long after its end."""


@dataclass(frozen=True, slots=True)
class Overtaking:
    """Somebody of the same clinic who was called in another order than they came, and why.

    `passed_us`: whether they were called before this ticket although they came later; else it was the other way.
    """

    at: datetime
    number: str
    reason: Reason
    lane: Lane
    passed_us: bool


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """One ticket and all that is known of it."""

    ticket: Ticket
    events: Sequence[Event]
    slips: Sequence[SlipJob]
    pages: Sequence[Page]
    devices: Sequence[DeviceChange]
    overtakings: Sequence[Overtaking]


def ticket_facts(tx: Tx, ticket: Ticket) -> TicketFacts:
    """Read everything that is known of a ticket; the cost is that of its service day."""
    jobs = slips.all_of_ticket(tx, ticket.id, MOST)
    return TicketFacts(
        ticket,
        events.of_ticket(tx, ticket.id),
        jobs,
        pages.all_of_ticket(tx, ticket.id, MOST),
        _printers(tx, jobs),
        _overtakings(tx, ticket)[:MOST],
    )


def _printers(tx: Tx, jobs: Sequence[SlipJob]) -> list[DeviceChange]:
    """Return what the printers of some slips were doing while these were on their way."""
    found: dict[tuple[str, datetime], DeviceChange] = {}
    for job in jobs:
        for printer in dict.fromkeys((job.home, job.printer)):
            for change in devices.history_between(tx, printer, job.queued_at - AROUND, job.changed_at + AROUND):
                found[printer, change.at] = change
    return list(found.values())


def _overtakings(tx: Tx, ticket: Ticket) -> list[Overtaking]:
    calls = events.first_calls(tx, ticket.service_day.isoformat())
    own = calls.get((ticket.id, ticket.clinic))
    if own is None:
        return []
    came = {one.id: one for one in tickets.of_days(tx, [ticket.service_day])}
    found = []
    for (id_, clinic), call in calls.items():
        other = came.get(id_)
        if other is None or id_ == ticket.id or clinic != ticket.clinic:
            continue
        if other.seq > ticket.seq and call.seq < own.seq:
            found.append(_overtaking(call, other.number, passed_us=True))
        elif other.seq < ticket.seq and call.seq > own.seq:
            found.append(_overtaking(own, other.number, passed_us=False))
    return found


def _overtaking(call: Event, number: str, *, passed_us: bool) -> Overtaking:
    assert call.kind is EventKind.CALL, "only calls are first calls"
    reason = call.data.choice if isinstance(call.data, Called) else Reason.ARRIVAL
    return Overtaking(call.at, number, reason, call.lane or Lane.FIRST, passed_us)
