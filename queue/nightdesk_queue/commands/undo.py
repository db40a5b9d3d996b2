"""Undo: the last act of a station is taken back by new events, unless a later step stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.commands import pages
from nightdesk_queue.commands.steps import column, held, write
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.event_data import Undid
from nightdesk_queue.domain.events import ROOM_STEPS, UNDOABLE, Event, EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import clinics, consultations, events, forecasts, hl7_journal, rooms, slips, tickets
from nightdesk_queue.store.database import Tx, Value
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text, same

_LATER = Text(zh="之后已有“{step}”({who})", en="{step} came after it ({who})")
_ROOM = Text(zh="{room}已有 {number}", en="{room} has {number} by now")
_NUMBER = Text(zh="号码已重新使用", en="the number is in use again")
_ELSEWHERE = Text(zh="{room}已不属于该门诊", en="{room} is not that clinic's any more")
_LONG_AGO = Text(zh="已过 {h} 小时", en="it is more than {h} hours ago")
_NUMBERS = Text(zh="{kiosk} 的一批号", en="the numbers of {kiosk}")
_CHANGED = Text(zh="之后又有改动", en="it has been changed since")

UNDO_HOURS = 12
"""An older step is not taken back: nobody means one of another night."""
STEPS_SHOWN = 8
"""How many steps back somebody is offered."""
EVENTS_AN_ACT = 4
"""So many events are read for each: an act may have several."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (the newest event of the act), and the ticket as it is now.

    The ticket is None where the act was about a whole clinic.
    """

    event: Event
    ticket: Ticket | None


@command(Command.UNDO)
def undo(work: Work, *, station: str | None = None, actor: str | None = None, expected: int | None = None) -> Undone:
    """Take back the last act of a station (that of the work, where none is named) that still stands.

    An act is whatever one command wrote: all its events are taken back, the newest first. `actor`: only what this
    person did there; whoever has signed in takes back only what they did themselves. `expected`: the seq of the event
    the person has seen; another one is not taken back in its place. A number just issued becomes void; everything else
    is as before the act. Raises Refused: nothing_to_undo, moved_on.
    """
    whose = actor if actor is not None or not work.by.signed_in else work.by.actor
    event = events.last_of_station(work.tx, station or work.by.station, UNDOABLE, whose)
    if event is None or (expected is not None and event.seq != expected):
        raise refusals.nothing_to_undo(station)
    if work.now - event.at > timedelta(hours=UNDO_HOURS):
        raise _moved_on(work, event, _LONG_AGO.fill(h=UNDO_HOURS))
    return Undone(event, take_back_act(work, event))


@command(Command.UNDO)
def take_back_act(work: Work, event: Event) -> Ticket | None:
    """Take back the act that a standing event belongs to, whoever did it; return its ticket as it is then.

    Raises Refused: moved_on.
    """
    ticket = None
    for one in events.of_act(work.tx, event, UNDOABLE):
        if one.ticket is None:
            _put_back(work, one)
        else:
            ticket = _take_back(work, one)
    return ticket


@command(Command.UNDO)
def undo_back_to(work: Work, seqs: Sequence[int]) -> list[Undone]:
    """Take back several acts of a station one after the other, the newest first, or none of them.

    `seqs`: of the newest event of each, as `last_steps` has them. Raises as `undo`.
    """
    return [undo(work, expected=seq) for seq in seqs]


def last_steps(tx: Tx, by: By, now: datetime) -> list[Event]:
    """Return what `undo` of somebody at a station would take back, one after the other: the newest event of each act.

    Steps that are too old are not among them.
    """
    found = events.newest_of_station(
        tx, by.station, UNDOABLE, by.actor if by.signed_in else None, STEPS_SHOWN * EVENTS_AN_ACT
    )
    acts: dict[int, Event] = {}
    for event in found:
        if now - event.at <= timedelta(hours=UNDO_HOURS):
            acts.setdefault(event.act or event.seq, event)
    return list(acts.values())[:STEPS_SHOWN]


def whom(event: Event, hospital: Hospital) -> Text:
    """Return whom a step was about: a number, all that a kiosk gave, or the name of a clinic or a room."""
    if event.kind in ROOM_STEPS:
        return hospital.room_name(event.target or "")
    if event.kind is EventKind.CANCEL and event.target:
        return _NUMBERS.fill(kiosk=event.target)
    return same(event.number) if event.number else hospital.clinic_name(event.clinic or "")


def _put_back(work: Work, event: Event) -> None:
    """Take back what was done with a whole clinic."""
    if event.kind in ROOM_STEPS:
        _put_room_back(work, event)
        return
    clinic = event.clinic or ""
    state = clinics.all_of(work.tx).get(clinic)
    if state is None or clinics.form(state) != event.after:
        raise _moved_on(work, event, _CHANGED)
    clinics.save(work.tx, clinics.of_form(clinic, event.before or {}, work.now))
    record(
        work,
        NewEvent(
            kind=EventKind.UNDO,
            clinic=clinic,
            before=event.after,
            after=event.before,
            undoes=event.seq,
            data=Undid(event.kind),
        ),
    )


def _put_room_back(work: Work, event: Event) -> None:
    """Take back what was said of a room."""
    room = event.target or ""
    state = rooms.all_of(work.tx).get(room)
    if state is None or rooms.form(state) != event.after:
        raise _moved_on(work, event, _CHANGED)
    rooms.save(work.tx, rooms.of_form(room, event.before or {}, state.active_at, work.now))
    record(
        work,
        NewEvent(
            kind=EventKind.UNDO,
            clinic=event.clinic,
            target=room,
            before=event.after,
            after=event.before,
            undoes=event.seq,
            data=Undid(event.kind),
        ),
    )


def _take_back(work: Work, event: Event) -> Ticket:
    ticket = tickets.by_id(work.tx, event.ticket or "")
    assert ticket is not None, "every event's ticket is there"
    if later := events.later_of_ticket(work.tx, event):
        why = _LATER.fill(step=later.kind.text, who=f"{later.actor}, {later.station}")
        raise _moved_on(work, event, why)
    columns = _before(work, event)
    if obstacle := _in_the_way(work, event, ticket, columns):
        raise _moved_on(work, event, obstacle)
    restored = write(work, ticket, columns)
    if event.before is None:
        hl7_journal.reopen(work.tx, ticket.id)
    seq = record(
        work,
        NewEvent(
            kind=EventKind.UNDO,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            before={name: held(ticket, name) for name in columns},
            after={name: held(restored, name) for name in columns},
            undoes=event.seq,
            data=Undid(event.kind),
        ),
    )
    _consequences(work, event, ticket, restored, seq)
    return restored


def _moved_on(work: Work, event: Event, why: Text) -> Refused:
    return refusals.moved_on(whom(event, work.hospital), event.kind.text, why)


def _before(work: Work, event: Event) -> dict[str, Value]:
    if event.before is None:
        # the key is free again: whoever asks with it once more wants a number
        return {"state": State.CANCELLED, "ended_at": stamp(work.now), "key": None}
    return {name: column(value) for name, value in event.before.items()}


def _in_the_way(work: Work, event: Event, ticket: Ticket, columns: dict[str, Value]) -> Text | None:
    """Return why a ticket cannot go back: its room is another clinic's since, or its room or number is in use."""
    room = columns.get("room", ticket.room)
    stays = ticket.state in (State.CALLED, State.SERVING) and ticket.room == room
    if columns.get("state") in (State.CALLED, State.SERVING) and isinstance(room, str) and not stays:
        owner = tonight(work.tx, work.hospital).clinic_of_room.get(room)
        name = work.hospital.room_name(room)
        elsewhere = owner is None or owner.id != columns.get("clinic", ticket.clinic)
        if elsewhere and events.wanted_after(work.tx, events.Wanted(kind=EventKind.MOVE), event.seq, 1):
            return _ELSEWHERE.fill(room=name)
        occupant = tickets.in_room(work.tx, room)
        if occupant and occupant.id != ticket.id:
            return _ROOM.fill(room=name, number=occupant.number)
    holder = tickets.living_number(work.tx, ticket.prefix, ticket.n)
    return _NUMBER if holder and holder.id != ticket.id else None


def _consequences(work: Work, event: Event, was: Ticket, restored: Ticket, undo_event: int) -> None:
    consultations.take_back(work.tx, event.seq)
    if event.kind is EventKind.CALL:
        forecasts.unsettle(work.tx, was.id, event.at)
    else:
        forecasts.forget(work.tx, was.id, event.at)
    if restored.state is not State.WAITING or restored.clinic != was.clinic:
        pages.answer(work, was, EventKind.UNDO, undo_event)
    if restored.state is State.WAITING:
        pages.reopen(work, restored, event)
        slips.revive(work.tx, restored.id, work.now)
