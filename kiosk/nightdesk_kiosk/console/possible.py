"""Which steps can be taken now, with whom is chosen and by whoever has signed in. What cannot looks so. Pure.

The core decides all the same when a step is taken: what is shown may be a moment old.
"""

from __future__ import annotations

from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.steps import IS_HERE, WITHOUT_SIGN_IN, Step
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import Role
from nightdesk_queue.domain.states import LIVING, WrongState, after, allowed
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command, may
from nightdesk_queue.text.bilingual import Text

COMMANDS: dict[Step, Command] = {
    Step.NEXT: Command.CALL,
    Step.THIS: Command.CALL,
    Step.RECALL: Command.RECALL,
    Step.START: Command.START,
    Step.FINISH: Command.FINISH,
    Step.MISS: Command.MISS,
    Step.HOLD: Command.HOLD,
    Step.RETURN: Command.RETURN,
    Step.REJOIN: Command.REJOIN,
    Step.TRANSFER: Command.TRANSFER,
    Step.LEVEL: Command.SET_LEVEL,
    Step.CANCEL: Command.CANCEL,
    Step.NOTE: Command.SET_NOTE,
    Step.BADGES: Command.SET_BADGES,
    Step.ISSUE: Command.ISSUE,
    Step.ROOM: Command.SET_ROOM,
    Step.UNDO: Command.UNDO,
    Step.END: Command.KEEP,
    Step.SUSPEND: Command.SUSPEND,
    Step.REPRINT: Command.REPRINT,
    Step.SEEN: Command.ACKNOWLEDGE_ALARMS,
    Step.TAKE_BACK: Command.TAKE_BACK_NUMBERS,
    Step.FROM_ER: Command.SETTLE_MESSAGE,
}
"""What a step asks the core for; the others only look."""
_EVENTS: dict[Step, EventKind] = {
    Step.THIS: EventKind.CALL,
    Step.RECALL: EventKind.RECALL,
    Step.START: EventKind.START,
    Step.FINISH: EventKind.FINISH,
    Step.MISS: EventKind.MISS,
    Step.HOLD: EventKind.HOLD,
    Step.RETURN: EventKind.RETURN,
    Step.REJOIN: EventKind.REJOIN,
    Step.TRANSFER: EventKind.TRANSFER,
    Step.LEVEL: EventKind.LEVEL,
    Step.CANCEL: EventKind.CANCEL,
    Step.NOTE: EventKind.NOTE,
    Step.BADGES: EventKind.BADGES,
}
"""The step of the ticket's life behind a step with a patient."""
_ONLY_WITH_PATIENT = frozenset({*_EVENTS, Step.REPRINT})


def is_possible(step: Step, ticket: Ticket | None, look: Look, room: str | None, role: Role | None) -> bool:
    """Whether a step can be taken. `ticket`: whom it would be about; `role`: of whoever has signed in, None nobody."""
    if not _is_allowed(step, look, role):
        return False
    if step in _ONLY_WITH_PATIENT:
        return ticket is not None and _with_patient(step, ticket, look, room)
    match step:
        case Step.NEXT:
            possible = look.waiting > 0
        case Step.ROOM:
            possible = room is not None
        case Step.END:
            possible = any(not one.kept for one in look.leftovers)
        case Step.SEEN:
            possible = bool(look.alarms or look.pages)
        case _:
            possible = True
    return possible


def _is_allowed(step: Step, look: Look, role: Role | None) -> bool:
    if role is None:
        return look.everybody or step in WITHOUT_SIGN_IN
    return step not in COMMANDS or may(role, COMMANDS[step])


def _with_patient(step: Step, ticket: Ticket, look: Look, room: str | None) -> bool:
    if step is Step.REPRINT:
        return ticket.state in LIVING
    if step is Step.REJOIN and ticket.state in IS_HERE:
        return True
    if step is Step.FINISH and ticket.state is State.CALLED:
        return True
    if step is Step.THIS and room is not None and room in look.inside:
        return False
    if step is Step.LEVEL and ticket.state is State.EXPECTED:
        return False
    return allowed(_EVENTS[step], ticket.state)


def cannot_be_asked(step: Step, ticket: Ticket, look: Look | None, room: str | None, hospital: Hospital) -> Text | None:
    """Return why a step that asks something first cannot be taken, in the core's own words; None where it can."""
    if step not in _ASKING:
        return None
    occupant = look.inside.get(room or "") if look else None
    if step is Step.THIS and room is not None and occupant is not None:
        return refusals.room_busy(hospital, room, occupant).text
    try:
        after(_EVENTS[step], ticket)
    except WrongState as refused:
        return refused.text
    return None


_ASKING = frozenset({Step.THIS, Step.HOLD, Step.TRANSFER, Step.LEVEL, Step.CANCEL, Step.NOTE, Step.BADGES})
