"""One step of a ticket's life with its event and its consequences, and places in line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from nightdesk_queue.commands import pages
from nightdesk_queue.commands.work import Work, record
from nightdesk_queue.domain import states
from nightdesk_queue.domain.event_data import EventData
from nightdesk_queue.domain.events import ANSWERS_PAGE, EventKind, JsonValue
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, State, Ticket
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.queries.waiting_list import APART
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.waits import visit_type
from nightdesk_queue.store import consultations, events, rooms, slips, tickets
from nightdesk_queue.store.consultations import Consultation
from nightdesk_queue.store.database import Tx, Value
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp

RANDOM_BYTES = 5
"""An id is the second of issue and 40 random bits, 18 hexadecimal digits: not to be guessed, compact in a QR code, and
rising, so that each new one goes to the end of the database's indexes."""
SHORTEST_CONSULTATION, LONGEST_CONSULTATION = timedelta(seconds=30), timedelta(hours=3)
"""A shorter consultation was a wrong key, a longer one was forgotten; waiting times are not learned from either."""


def found(work: Work, name: str) -> Ticket:
    """Return the ticket a person means. Raises Refused: unknown_ticket."""
    return find_ticket(work.tx, work.hospital, name, work.now)


def step(
    work: Work,
    ticket: Ticket,
    kind: EventKind,
    changes: Mapping[str, Value] | None = None,
    *,
    reason: str | None = None,
    target: str | None = None,
    data: EventData | None = None,
) -> Ticket:
    """Take one step of the table, write its event and do what follows from it. Raises Refused: wrong_state.

    The transaction makes check and change one. `reason`: words a person typed. `target`: of the event; that of a
    transfer is the clinic it leads to.
    """
    state = states.after(kind, ticket)
    columns: dict[str, Value] = {**(changes or {}), "state": state}
    changed = write(work, ticket, columns)
    called = kind is EventKind.CALL
    seq = record(
        work,
        NewEvent(
            kind=kind,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            reason=reason,
            before={name: held(ticket, name) for name in columns},
            after={name: held(changed, name) for name in columns},
            lane=ticket.lane if called else None,
            level=ticket.level if called else None,
            target=changed.clinic if kind is EventKind.TRANSFER else target,
            data=data,
        ),
    )
    if ticket.state is State.SERVING and state is not State.SERVING:
        _learn(work, ticket, seq)
    if ticket.room is not None and state not in (State.CALLED, State.SERVING):
        rooms.left(work.tx, ticket.room, work.now)
    moved = changed.clinic != ticket.clinic
    if kind in ANSWERS_PAGE or moved:
        pages.answer(work, ticket, kind, seq)
    if state is State.WAITING and (moved or ticket.state is not State.WAITING):
        pages.page_if_on_call(work, changed)
        slips.revive(work.tx, ticket.id, work.now)
    return changed


def write(work: Work, ticket: Ticket, columns: Mapping[str, Value]) -> Ticket:
    """Write columns of a ticket that is still as it was read. Raises Refused: wrong_state."""
    changed = tickets.change(work.tx, ticket, columns)
    if changed is None:  # pragma: no cover - the write lock forbids it
        raise refusals.overtaken(ticket)
    return changed


def new_id(now: datetime) -> str:
    """Return an id for a ticket issued at `now`."""
    return f"{int(now.timestamp()):08X}{os.urandom(RANDOM_BYTES).hex().upper()}"


def joins_lane(
    tx: Tx, clinic: str, level: int, lane: Lane, waiting: Sequence[Ticket] | None = None
) -> dict[str, Value]:
    """Return the columns of somebody who joins a lane: since which event it is non-empty.

    `waiting`: who waits at the clinic, where that has been read already.
    """
    if lane not in INSERTED_LANES:
        return {"lane": lane, "lane_since": None}
    if waiting is None:
        since = tickets.lane_since(tx, clinic, level, lane)
    else:
        marks = (one.lane_since or 0 for one in waiting if one.level == level and one.lane is lane)
        since = min(marks, default=None)
    return {"lane": lane, "lane_since": events.last_seq(tx) if since is None else since}


def end_of_line(tx: Tx, clinic: str, level: int, now: datetime, waiting: Sequence[Ticket] | None = None) -> datetime:
    """Return the credited arrival of somebody with a new number who joins a line now.

    A clock that was set back must not put a newcomer before those who wait; of several in one instant each comes a
    little later than the one before, so that a place between two of them can be given.
    """
    if waiting is None:
        last = tickets.last_queued(tx, clinic, level)
    else:
        queued = (one.queued_at for one in waiting if one.level == level and one.lane is not Lane.BOOKED)
        last = max(queued, default=None)
    return now if last is None or last < now else last + APART


def credit(now: datetime, queued_at: datetime) -> dict[str, Value]:
    """Return the columns of a credited arrival; where a wrong clock of others moved it, the own wait is from now."""
    return {"queued_at": stamp(queued_at), "waits_from": stamp(now) if queued_at > now else None}


def day_and_number(tx: Tx, prefix: str, today: date) -> tuple[date, int]:
    """Return the service day to issue under and the first free number after the last one given on it.

    A clock set back over the change of day must not begin yesterday's numbers again; one that is further away is
    somebody playing another day on purpose.
    """
    last = tickets.last_issued(tx, prefix)
    if last is None or (last[0] != today and last[0] - today != timedelta(days=1)):
        return today, next_number(tx, prefix, today)
    day, n, next_is_free = last
    return day, n + 1 if next_is_free else tickets.first_free(tx, prefix, n + 1)


def next_number(tx: Tx, prefix: str, day: date) -> int:
    """Return the first number after the last one of a day that no living ticket of any day holds."""
    last, next_is_free = tickets.last_of_day(tx, prefix, day)
    return last + 1 if next_is_free else tickets.first_free(tx, prefix, last + 1)


def held(ticket: Ticket, name: str) -> JsonValue:
    """Return a column of a ticket as an event holds it; groups that go first as the table does, as at its issue."""
    return json.dumps(ticket.priority) if name == "priority" else plain(getattr(ticket, name))


def plain(value: object) -> JsonValue:
    """Return a column of a ticket as an event holds it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [str(one) for one in value]
    raise TypeError(f"no event column holds a {type(value).__name__}")


def column(value: JsonValue) -> Value:
    """Return a column of a ticket as the table holds it, from what `plain` gave."""
    if value is None or isinstance(value, str | int):
        return value
    return json.dumps(value)


def _learn(work: Work, ticket: Ticket, event: int) -> None:
    if ticket.started_at is None or ticket.room is None:
        return
    lasted = work.now - ticket.started_at
    if SHORTEST_CONSULTATION <= lasted <= LONGEST_CONSULTATION:
        consultations.add(
            work.tx,
            Consultation(
                event=event,
                clinic=ticket.clinic,
                room=ticket.room,
                service_day=ticket.service_day,
                visit_type=visit_type(ticket),
                seconds=lasted.total_seconds(),
                ended_at=work.now,
            ),
        )
