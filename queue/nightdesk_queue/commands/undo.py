"""Undo: the last step of a station is taken back by a new event, unless the world has moved on."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.commands import paging
from nightdesk_queue.commands.clinic_operations import CLINIC_STEP_TEXTS
from nightdesk_queue.commands.steps import DeskBase, plain
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event, JsonValue
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import STEP_TEXTS, Step
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import clinics, consultations, events, forecasts, slips, tickets
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text, same

UNDO = "undo"
UNDO_TEXT = Text(zh="撤销", en="undo")
UNDOABLE: dict[str, Text] = {
    str(kind): text for texts in (STEP_TEXTS, CLINIC_STEP_TEXTS) for kind, text in texts.items()
}
"""The kinds of event that can be taken back, and their names."""

_LATER = Text(zh="之后已有“{step}”({who})", en="{step} came after it ({who})")
_ROOM = Text(zh="{room}已有 {number}", en="{room} has {number} by now")
_NUMBER = Text(zh="号码已重新使用", en="the number is in use again")
_ELSEWHERE = Text(zh="{room}已不属于该门诊", en="{room} is not that clinic's any more")
_LONG_AGO = Text(zh="已过 {h} 小时", en="it is more than {h} hours ago")
_CHANGED = Text(zh="之后又有改动", en="it has been changed since")

UNDO_HOURS = 12
"""Nobody means a step of another night."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (the last of several that were one step), and the ticket as it is now.

    The ticket is None where the step was about a whole clinic.
    """

    event: Event
    ticket: Ticket | None


class TakingBack(DeskBase):
    """undo, and what it would take back."""

    def undo(
        self,
        *,
        now: datetime,
        by: By,
        station: str | None = None,
        actor: str | None = None,
        expected: int | None = None,
    ) -> Undone:
        """Take back the last step of a station (that of `by`, where none is named) that still stands.

        `actor`: only what this person did there. `expected`: the seq of the event the person has seen; another one is
        not taken back in its place. A number just issued becomes void; everything else is as before the step.
        Raises Refused: nothing_to_undo, moved_on.
        """
        where = station or by.station
        with self.store.unit() as connection:
            event = events.last_of_station(connection, where, UNDOABLE, actor)
            if event is None or (expected is not None and event.seq != expected):
                raise refusals.nothing_to_undo(station)
            if now - event.at > timedelta(hours=UNDO_HOURS):
                raise self._moved_on(event, _LONG_AGO.fill(h=UNDO_HOURS))
            if event.ticket is None:
                self._put_back(connection, event, now, by)
                return Undone(event, None)
            ticket: Ticket | None = self._take_back(connection, event, now, by)
            if event.kind == Step.LAPSE and (missed := events.just_before(connection, event, Step.MISS)):
                ticket = self._take_back(connection, missed, now, by)
        return Undone(event, ticket)

    def last_step(self, station: str) -> Event | None:
        """Return what `undo` at a station would take back."""
        with self.store.reading() as connection:
            return events.last_of_station(connection, station, UNDOABLE)

    def _put_back(self, connection: sqlite3.Connection, event: Event, now: datetime, by: By) -> None:
        """Take back what was done with a whole clinic."""
        clinic = event.clinic or ""
        state = clinics.all_of(connection).get(clinic)
        if state is None or clinics.form(state) != event.after:
            raise self._moved_on(event, _CHANGED)
        restored = clinics.of_form(clinic, event.before or {}, now)
        clinics.save(connection, restored)
        events.append(
            connection,
            stamp(now),
            by,
            UNDO,
            clinic=clinic,
            reason=event.kind,
            before=event.after,
            after=event.before,
            undoes=event.seq,
        )

    def _take_back(self, connection: sqlite3.Connection, event: Event, now: datetime, by: By) -> Ticket:
        ticket = tickets.by_id(connection, event.ticket or "")
        assert ticket is not None, "every event's ticket is there"
        if later := events.later_of_ticket(connection, event):
            why = _LATER.fill(step=UNDOABLE[later.kind], who=f"{later.actor}, {later.station}")
            raise self._moved_on(event, why)
        columns = self._before(event, now)
        if obstacle := self._in_the_way(connection, ticket, columns):
            raise self._moved_on(event, obstacle)
        restored = self._write(connection, ticket, columns)
        before: dict[str, JsonValue] = {name: plain(getattr(ticket, name)) for name in columns}
        events.append(
            connection,
            stamp(now),
            by,
            UNDO,
            ticket=ticket.id,
            number=ticket.number,
            clinic=ticket.clinic,
            reason=event.kind,
            before=before,
            after=dict(columns),
            undoes=event.seq,
        )
        self._consequences(connection, event, ticket, restored, now, by)
        return restored

    def _moved_on(self, event: Event, why: Text) -> Refused:
        return refusals.moved_on(whom(event, self.hospital), UNDOABLE[event.kind], why)

    def _before(self, event: Event, now: datetime) -> dict[str, Value]:
        if event.before is None:
            # the key is free again: whoever asks with it once more wants a number
            return {"state": State.CANCELLED.value, "ended_at": stamp(now), "key": None}
        columns: dict[str, Value] = {}
        for name, value in event.before.items():
            assert value is None or isinstance(value, str | int), "columns hold texts and numbers"
            columns[name] = value
        return columns

    def _in_the_way(self, connection: sqlite3.Connection, ticket: Ticket, columns: dict[str, Value]) -> Text | None:
        """Return why a ticket cannot go back: its room has another patient, its number belongs to somebody else."""
        room = columns.get("room", ticket.room)
        if columns.get("state") in (State.CALLED, State.SERVING) and isinstance(room, str):
            owner = tonight(connection, self.hospital).clinic_of_room.get(room)
            if owner is None or owner.id != columns.get("clinic", ticket.clinic):
                return _ELSEWHERE.fill(room=self.hospital.room_name(room))
            occupant = tickets.in_room(connection, room)
            if occupant and occupant.id != ticket.id:
                return _ROOM.fill(room=self.hospital.room_name(room), number=occupant.number)
        holder = tickets.living_number(connection, ticket.prefix, ticket.n)
        return _NUMBER if holder and holder.id != ticket.id else None

    def _consequences(
        self, connection: sqlite3.Connection, event: Event, was: Ticket, restored: Ticket, now: datetime, by: By
    ) -> None:
        consultations.take_back(connection, event.seq)
        if event.kind == Step.CALL:
            forecasts.unsettle(connection, was.id, event.at)
        else:
            forecasts.forget(connection, was.id, event.at)
        if restored.state is not State.WAITING or restored.clinic != was.clinic:
            paging.answered(connection, was, now, by, UNDO)
        if restored.state is State.WAITING:
            paging.reopen(connection, restored, event, now, by)
            slips.revive(connection, restored.id, stamp(now))


def whom(event: Event, hospital: Hospital) -> Text:
    """Return whom a step was about: a number, or the name of a clinic."""
    return same(event.number) if event.number else hospital.clinic_name(event.clinic or "")
