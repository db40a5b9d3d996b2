"""Everything the console does: which key, which word, and which step of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nightdesk_kiosk.console import texts
from nightdesk_queue.commands import calling, issuing
from nightdesk_queue.commands.undo import Undone, whom
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Call, State, Ticket
from nightdesk_queue.text.bilingual import Text

Result = Ticket | Call | Undone | ClinicState
OnTicket = Callable[[Work, str], Ticket | Call]
"""A command with a ticket's id."""


@dataclass(frozen=True, slots=True)
class Key:
    """One thing the console does. `step` is set where it is a plain step with the highlighted ticket."""

    key: str
    action: str
    label: Text
    step: OnTicket | None = None


KEYS: tuple[Key, ...] = (
    Key("n", "next", texts.NEXT_KEY),
    Key("g", "this", texts.THIS_KEY),
    Key("r", "recall", texts.RECALL_KEY, calling.recall),
    Key("s", "start", texts.START_KEY, calling.start),
    Key("f", "finish", texts.FINISH_KEY, calling.finish),
    Key("m", "miss", texts.MISS_KEY, calling.miss),
    Key("h", "hold", texts.HOLD_KEY, calling.hold),
    Key("i", "check_in", texts.CHECK_IN_KEY, issuing.check_in),
    Key("b", "return", texts.RETURN_KEY, calling.return_),
    Key("j", "rejoin", texts.REJOIN_KEY, calling.rejoin),
    Key("t", "transfer", texts.TRANSFER_KEY),
    Key("v", "level", texts.LEVEL_KEY),
    Key("x", "cancel", texts.CANCEL_KEY),
    Key("u", "undo", texts.UNDO_KEY),
    Key("e", "end", texts.END_KEY),
    Key("o", "suspend", texts.SUSPEND_KEY),
    Key("p", "printers", texts.PRINTERS_KEY),
    Key("w", "reprint", texts.REPRINT_KEY),
    Key("a", "seen", texts.SEEN_KEY),
    Key("c", "clinic", texts.CLINIC_KEY),
    Key("l", "language", texts.LANGUAGE_KEY),
)

ON_TICKET: dict[str, OnTicket] = {key.action: key.step for key in KEYS if key.step}
"""The plain steps by action; an action is named like its step."""


def ticket_of(result: Result) -> Ticket | None:
    """Return the ticket a step was about; None for a step with a whole clinic."""
    if isinstance(result, ClinicState):
        return None
    return result if isinstance(result, Ticket) else result.ticket


def words_for(result: Result, kind: EventKind, hospital: Hospital) -> Text:
    """Return what to say after an act of a kind."""
    if isinstance(result, Call):
        return _of_call(result, kind, hospital)
    if isinstance(result, Undone):
        return texts.UNDONE.fill(number=whom(result.event, hospital), step=result.event.kind.text)
    if isinstance(result, ClinicState):
        return texts.STATE_CHANGED.fill(clinic=hospital.clinic_name(result.clinic), what=kind.text)
    if kind is EventKind.FINISH and result.state is State.DONE and result.ways_back:
        return texts.NO_WAY_BACK.fill(number=result.number, clinic=hospital.clinic_name(result.ways_back[0]))
    return texts.DONE.fill(number=result.number, step=kind.text)


def _of_call(made: Call, kind: EventKind, hospital: Hospital) -> Text:
    room = hospital.room_name(made.room)
    if kind is EventKind.RECALL:
        return texts.RECALLED.fill(number=made.ticket.number, room=room, n=made.ticket.calls)
    return texts.CALLED.fill(number=made.ticket.number, room=room, why=made.text)
