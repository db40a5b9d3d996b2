"""Steps of a consultation: call, recall, start, finish; sent to an examination and back; missed and back in line."""

from __future__ import annotations

import json
from datetime import timedelta
from math import ceil

from nightdesk_queue.commands.steps import credit, found, joins_lane, step
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain import states
from nightdesk_queue.domain.event_data import Called, Ended, Rejoined
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.tickets import Call, Lane, Place, Reason, State, Ticket
from nightdesk_queue.queries.admission import no_transfer
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.queries.waiting_list import behind_all, placed_behind, waiting_list
from nightdesk_queue.rules import refusals, room_refusals
from nightdesk_queue.rules.calls import calls_missing
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.ordering import rules_of
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import forecasts, rooms, tickets
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

PLACE_LENGTH = 60
LEAST_BETWEEN_CALLS = timedelta(seconds=10)
"""Nobody is called, comes in and is seen in less; a key that is held down calls again."""
WHY_LENGTH = 200


@command(Command.CALL)
def call(work: Work, room: str, *, ticket: str | None = None, why: str | None = None) -> Call:
    """Call the next patient to a room, or the one named by staff; `why`: their words for it.

    The event holds the reason the call was made for, and the lane and level it was made from.
    Raises Refused: unknown_room, room_busy, nobody_waiting, unknown_ticket, wrong_room, wrong_state.
    """
    hospital = tonight(work.tx, work.hospital)
    clinic = refusals.clinic_of_room(hospital, room)
    if occupant := tickets.in_room(work.tx, room):
        raise refusals.room_busy(hospital, room, occupant)
    if ticket is None:
        place = _next(work, waiting_list(work.tx, clinic).in_order(work.now), clinic)
        chosen, reason = place.ticket, place.reason
    else:
        chosen, reason = found(work, ticket), Reason.STAFF
        if chosen.clinic != clinic.id:
            raise refusals.wrong_room(hospital, chosen, room, clinic)
    changes: dict[str, Value] = {
        "room": room,
        "calls": 1,
        "called_at": stamp(work.now),
        "lane": chosen.lane,
        "level": chosen.level,
    }
    called = step(work, chosen, EventKind.CALL, changes, reason=clean(why, WHY_LENGTH), data=Called(reason))
    rooms.called_to(work.tx, room, work.by.actor, work.now)
    forecasts.settle(work.tx, chosen.id, clinic.id, work.now)
    return Call(called, room, reason, work.now)


class Seen(Record):
    """Whom somebody sees in a room while they ask for the next patient: a ticket's id, None for nobody."""

    ticket: str | None


@command(Command.CALL)
def call_next(work: Work, room: str, *, came: bool = False, seen: Seen | None = None) -> Call:
    """Call the next patient to a room, and finish the consultation in it first: one act, one undo takes it back.

    Who was called and not started may not have come, and is not finished unless somebody says that they `came`; said by
    a rule and not of this patient (`seen` is None), it does not hold a moment after the call. `seen`: nobody else is
    finished in their place. Raises as `call`, and another_inside, just_called; nothing has changed then.
    """
    occupant = tickets.in_room(work.tx, room)
    if seen is not None and seen.ticket != (occupant.id if occupant else None):
        raise room_refusals.another_inside(work.hospital, room, occupant)
    if occupant is not None and (came or occupant.state is State.SERVING):
        if occupant.state is State.CALLED and occupant.called_at is not None and seen is None:
            left = occupant.called_at + LEAST_BETWEEN_CALLS - work.now
            if left > timedelta(0):
                raise room_refusals.just_called(occupant, ceil(left.total_seconds()))
        finish_visit(work, occupant.id)
    return call(work, room)


@command(Command.FINISH)
def finish_visit(work: Work, ticket: str) -> Ticket:
    """Finish a consultation, also one that nobody has started: who was called has come and been seen, in one act.

    Raises as `finish`.
    """
    patient = found(work, ticket)
    if patient.state is State.CALLED:
        start(work, patient.id)
    return finish(work, patient.id)


@command(Command.RECALL)
def recall(work: Work, ticket: str) -> Call:
    """Call a called patient once more, to the same room. Raises Refused: unknown_ticket, wrong_state."""
    patient = found(work, ticket)
    changes: dict[str, Value] = {"calls": patient.calls + 1, "called_at": stamp(work.now)}
    called = step(work, patient, EventKind.RECALL, changes, data=Called(Reason.STAFF))
    return Call(called, called.room or "", Reason.STAFF, work.now)


@command(Command.START)
def start(work: Work, ticket: str) -> Ticket:
    """Begin the consultation of a called patient, who has come in. Raises Refused: unknown_ticket, wrong_state."""
    return step(work, found(work, ticket), EventKind.START, {"started_at": stamp(work.now)})


@command(Command.FINISH)
def finish(work: Work, ticket: str) -> Ticket:
    """End a consultation; a patient with a way back returns to the clinic they came from.

    Where that clinic is closed or suspended the patient is done. Raises Refused: unknown_ticket, wrong_state.
    """
    patient = found(work, ticket)
    states.after(EventKind.FINISH, patient)
    ends: dict[str, Value] = {"ended_at": stamp(work.now)}
    if not patient.ways_back:
        return step(work, patient, EventKind.FINISH, ends)
    origin = work.hospital.clinics.get(patient.ways_back[0])
    if origin is None or _takes_nobody(work, origin):
        return step(work, patient, EventKind.FINISH, ends, data=Ended(no_way_back=True))
    changes: dict[str, Value] = {
        "clinic": origin.id,
        "origin": patient.clinic,
        "ways_back": json.dumps(patient.ways_back[1:]),
        "room": None,
        **credit(work.now, behind_all(work.tx, origin.id, patient.level, work.now)),
    }
    changes |= joins_lane(work.tx, origin.id, patient.level, Lane.RETURN)
    return step(work, patient, EventKind.GO_BACK, changes)


@command(Command.HOLD)
def hold(work: Work, ticket: str, *, to: str | None = None) -> Ticket:
    """Send a patient to an examination (`to`: where); the number stays theirs.

    Raises Refused: unknown_ticket, wrong_state.
    """
    changes: dict[str, Value] = {"room": None, "held_at": stamp(work.now), "held_to": clean(to, PLACE_LENGTH)}
    return step(work, found(work, ticket), EventKind.HOLD, changes)


@command(Command.RETURN)
def return_(work: Work, ticket: str) -> Ticket:
    """Take a held patient back: they wait again from now, in the lane of returns. Raises as `hold`."""
    patient = found(work, ticket)
    changes: dict[str, Value] = {"held_at": None, "held_to": None}
    changes |= joins_lane(work.tx, patient.clinic, patient.level, Lane.RETURN)
    changes |= credit(work.now, behind_all(work.tx, patient.clinic, patient.level, work.now))
    return step(work, patient, EventKind.RETURN, changes)


@command(Command.MISS)
def miss(work: Work, ticket: str, *, at_once: bool = False) -> Ticket:
    """Mark a called patient as missed. Missed as often as the clinic allows, the ticket lapses.

    `at_once`: also before they were called as often as the clinic says.
    Raises Refused: unknown_ticket, wrong_state, not_called_enough.
    """
    patient = found(work, ticket)
    states.after(EventKind.MISS, patient)
    calls = calls_missing(work.hospital, patient)
    if calls and not at_once:
        raise refusals.not_called_enough(patient, calls)
    missed = step(work, patient, EventKind.MISS, {"missed": patient.missed + 1, "room": None})
    clinic = work.hospital.clinics.get(missed.clinic)
    if clinic and missed.missed >= clinic.missed.lapse_after:
        return step(work, missed, EventKind.LAPSE, {"ended_at": stamp(work.now)})
    return missed


@command(Command.REJOIN)
def rejoin(work: Work, ticket: str) -> Ticket:
    """Take a missed patient back into line: inserted, some places back, or at the end, as the clinic says.

    The event holds how many places back the clinic wants and how many it became; lanes may leave no such place.
    Raises as `hold`.
    """
    patient = found(work, ticket)
    states.after(EventKind.REJOIN, patient)
    queued_at = behind_all(work.tx, patient.clinic, patient.level, work.now)
    clinic = work.hospital.clinics.get(patient.clinic)
    data = None
    if clinic and clinic.missed.comes_back == "places" and patient.missed <= len(clinic.missed.places):
        back = clinic.missed.places[patient.missed - 1]
        placed = placed_behind(work.tx, clinic, patient, back, work.now)
        queued_at = placed.queued_at or queued_at
        data = Rejoined(back, placed.ahead)
    changes: dict[str, Value] = {**credit(work.now, queued_at), "rejoined_at": stamp(work.now)}
    changes |= joins_lane(work.tx, patient.clinic, patient.level, Lane.MISSED)
    return step(work, patient, EventKind.REJOIN, changes, data=data)


def _takes_nobody(work: Work, origin: Clinic) -> bool:
    hours = opening(origin, work.hospital, work.now)
    return no_transfer(work.tx, work.hospital, origin, hours, way_back=True) is not None


def _next(work: Work, line: list[Place], clinic: Clinic) -> Place:
    if not line:
        raise refusals.nobody_waiting(clinic)
    if line[0].reason is Reason.COOL_DOWN:
        back = line[0].ticket
        until = (back.rejoined_at or work.now) + rules_of(clinic).cool_down
        raise refusals.only_just_back(clinic, back, max(int((until - work.now).total_seconds()), 1))
    return line[0]
