"""Where and how a patient waits: transferred, set to another level, kept, released or given up."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nightdesk_queue.commands.steps import credit, found, joins_lane, step
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain import states
from nightdesk_queue.domain.event_data import Ended
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.domain.tickets import LEVEL_URGENT, Lane, State, Ticket
from nightdesk_queue.queries.admission import no_transfer
from nightdesk_queue.queries.leftovers import leftovers
from nightdesk_queue.queries.waiting_list import behind_all
from nightdesk_queue.rules import permissions, refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.rules.transfers import credited, ways_back
from nightdesk_queue.store import slips
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where a patient is sent: the clinic, a new level, why in a person's words, and whether they come back.

    `way_back` None: as the target clinic says. `extra`: staff send them there whatever its hours and quota say.
    """

    to: str
    level: int | None = None
    reason: str | None = None
    way_back: bool | None = None
    extra: bool = False


@command(Command.TRANSFER)
def transfer(work: Work, ticket: str, wanted: Transfer) -> Ticket:
    """Move a patient to another clinic's queue; number, first arrival, level, priority and badges go along.

    The target clinic credits the waiting by its rule; a slip tells the way there. Raises Refused: unknown_ticket,
    unknown_clinic, wrong_state, same_clinic, not_accepted, closed, suspended, full, red_flag; nothing has changed then.
    """
    target = refusals.known_clinic(work.hospital, wanted.to)
    new_level = refusals.queueing_level(work.hospital, wanted.level)
    patient = found(work, ticket)
    states.after(EventKind.TRANSFER, patient)
    refusals.accepted(work.hospital, patient, target)
    if wanted.extra:
        permissions.require(work.by.role, Command.GIVE_EXTRA)
    hours = opening(target, work.hospital, work.now)
    if refusal := no_transfer(work.tx, work.hospital, target, hours, extra=wanted.extra):
        raise refusal
    return _moved(work, patient, target, wanted, new_level or patient.level)


@command(Command.TRANSFER)
def put_back(work: Work, ticket: str) -> Ticket:
    """Put a transferred patient back into the queue they came from, whatever its hours and rules: they belong there.

    The first arrival counts, as if they had not left. Raises Refused: unknown_ticket, wrong_state, unknown_clinic.
    """
    patient = found(work, ticket)
    states.after(EventKind.TRANSFER, patient)
    home = refusals.known_clinic(work.hospital, patient.origin or "-")
    return _moved(work, patient, home, Transfer(home.id, way_back=False), patient.level)


def _moved(work: Work, patient: Ticket, target: Clinic, wanted: Transfer, level: int) -> Ticket:
    joins_at = behind_all(work.tx, target.id, level, work.now)
    changes: dict[str, Value] = {
        "clinic": target.id,
        "origin": patient.clinic,
        "ways_back": json.dumps(ways_back(patient, target, wanted.way_back)),
        "room": None,
        "level": level,
        **credit(work.now, credited(patient.arrived_at, joins_at, target.transfer.credit)),
        "transferred_at": stamp(work.now),
        "held_at": None,
        "held_to": None,
        "rejoined_at": None,
    }
    changes |= joins_lane(work.tx, target.id, level, Lane.PRIORITY if patient.priority else Lane.FIRST)
    moved = step(work, patient, EventKind.TRANSFER, changes, reason=clean(wanted.reason, REASON_LENGTH))
    # where the patient is now, else where they took their number
    own = work.hospital.clinics.get(patient.clinic)
    printer = (own.printer if own else None) or work.hospital.printer_for(patient.kiosk)
    slips.queue(work.tx, NewSlip(SlipKind.TRANSFER, printer, ticket=patient.id, clinic=target.id), work.now)
    return moved


@command(Command.SET_LEVEL)
def set_level(work: Work, ticket: str, level: int) -> Ticket:
    """Set a patient's triage level, III or IV; I and II are sent to the ER.

    Raises Refused: unknown_ticket, wrong_state, red_flag, unknown_level, same_level.
    """
    new_level = refusals.queueing_level(work.hospital, level)
    patient = found(work, ticket)
    states.after(EventKind.LEVEL, patient)
    if new_level is None or new_level == patient.level:
        raise refusals.same_level(patient)
    changes: dict[str, Value] = {"level": new_level}
    changes |= joins_lane(work.tx, patient.clinic, new_level, patient.lane)
    return step(work, patient, EventKind.LEVEL, changes)


@command(Command.LOOK_AT)
def look_at(work: Work, ticket: str) -> Ticket:
    """Record that somebody has looked at a patient again, whose level stays; for a while they are not told of.

    Raises Refused: unknown_ticket, wrong_state.
    """
    patient = found(work, ticket)
    states.after(EventKind.LEVEL, patient)
    record(
        work,
        NewEvent(
            kind=EventKind.LOOKED,
            ticket=patient.id,
            number=patient.number,
            clinic=patient.clinic,
            level=patient.level,
        ),
    )
    return patient


@command(Command.SEND_TO_EMERGENCY)
def send_to_emergency(work: Work, ticket: str, level: int, to: str | None = None) -> Ticket:
    """Staff have found a patient at level I or II, who waits in no line: all consoles are alarmed by their number.

    `to`: the clinic that takes over, whose line they lead at level III until somebody comes for them; None where they
    are taken away at once and the number stays where it is until staff decide.
    Raises Refused: unknown_ticket, wrong_state, unknown_level, and as `transfer`.
    """
    if level not in refusals.URGENT_LEVELS:
        raise refusals.not_urgent(level)
    patient = found(work, ticket)
    states.after(EventKind.LEVEL, patient)
    record(
        work,
        NewEvent(kind=EventKind.RED_FLAG, ticket=patient.id, number=patient.number, clinic=patient.clinic, level=level),
    )
    return transfer(work, patient.id, Transfer(to, level=LEVEL_URGENT)) if to is not None else patient


@command(Command.KEEP)
def keep(work: Work, ticket: str) -> Ticket:
    """Staff have decided that a patient left over from a session is still served. Raises as `cancel`."""
    return step(work, found(work, ticket), EventKind.KEEP)


@command(Command.RELEASE)
def release(work: Work, ticket: str) -> Ticket:
    """Let a leftover patient go, wherever they are: who was called counts as missed first, who is inside is done.

    One act, whatever it writes: one undo takes it back. Raises Refused: unknown_ticket, wrong_state.
    """
    patient = found(work, ticket)
    ends: dict[str, Value] = {"ended_at": stamp(work.now)}
    released = Ended(released=True)
    if patient.state is State.SERVING:
        return step(work, patient, EventKind.FINISH, ends, data=released)
    if patient.state is State.CALLED:
        missed: dict[str, Value] = {"missed": patient.missed + 1, "room": None}
        patient = step(work, patient, EventKind.MISS, missed, data=released)
    return step(work, patient, EventKind.CANCEL, ends, data=released)


@command(Command.KEEP)
def keep_all(work: Work, clinic_id: str) -> list[Ticket]:
    """Keep every leftover of a clinic nobody has decided about. Raises Refused: nobody_left_over."""
    return [keep(work, ticket.id) for ticket in _undecided(work, clinic_id)]


@command(Command.RELEASE)
def release_all(work: Work, clinic_id: str) -> list[Ticket]:
    """Let every leftover of a clinic go nobody has decided about. Raises Refused: nobody_left_over."""
    return [release(work, ticket.id) for ticket in _undecided(work, clinic_id)]


def _undecided(work: Work, clinic_id: str) -> list[Ticket]:
    found = [one.ticket for one in leftovers(work.tx, work.hospital, [clinic_id], work.now) if not one.kept]
    if not found:
        raise refusals.nobody_left_over(work.hospital, clinic_id)
    return found


@command(Command.CANCEL)
def cancel(work: Work, ticket: str, *, reason: str | None = None) -> Ticket:
    """Give up a place. Raises Refused: unknown_ticket, wrong_state."""
    ends: dict[str, Value] = {"ended_at": stamp(work.now)}
    return step(work, found(work, ticket), EventKind.CANCEL, ends, reason=clean(reason, REASON_LENGTH))
