"""What staff write on a ticket: a note for one another, and who goes first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from nightdesk_queue.commands.steps import found, joins_lane, step
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain import states
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Lane, Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store.database import Value
from nightdesk_queue.text.cleaning import clean

NOTE_LENGTH = 200


@command(Command.SET_NOTE)
def set_note(work: Work, ticket: str, note: str | None) -> Ticket:
    """Write a note for staff on a ticket in place of the one it has; nothing takes it away.

    Raises Refused: unknown_ticket, wrong_state, nothing_changed.
    """
    patient = found(work, ticket)
    states.after(EventKind.NOTE, patient)
    words = clean(note, NOTE_LENGTH)
    if words == patient.note:
        raise refusals.nothing_changed(patient)
    return step(work, patient, EventKind.NOTE, {"note": words})


@command(Command.SET_BADGES)
def set_badges(work: Work, ticket: str, groups: Sequence[str]) -> Ticket:
    """Say to which groups that go first a patient belongs, whatever they said when they took the number.

    A first visit changes its lane with it; who is back, missed or booked keeps theirs.
    Raises Refused: unknown_ticket, wrong_state, unknown_priority, nothing_changed.
    """
    patient = found(work, ticket)
    states.after(EventKind.BADGES, patient)
    known = refusals.known_priorities(work.hospital, groups)
    if set(known) == set(patient.priority):
        raise refusals.nothing_changed(patient)
    changes: dict[str, Value] = {"priority": json.dumps(known)}
    if patient.lane in (Lane.FIRST, Lane.PRIORITY):
        lane = Lane.PRIORITY if known else Lane.FIRST
        if lane is not patient.lane:
            changes |= joins_lane(work.tx, patient.clinic, patient.level, lane)
    return step(work, patient, EventKind.BADGES, changes)
