"""Everything the console does: which key, which word, and which step of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nightdesk_kiosk.console import texts
from nightdesk_queue.commands import Desk, Undone
from nightdesk_queue.commands.clinic_operations import CLINIC_STEP_TEXTS, ClinicStep
from nightdesk_queue.commands.undo import UNDOABLE, whom
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import STEP_TEXTS, Step
from nightdesk_queue.domain.tickets import Call, State, Ticket
from nightdesk_queue.store.clinics import ClinicState
from nightdesk_queue.text.bilingual import Text

Result = Ticket | Call | Undone | ClinicState
OnTicket = Callable[[Desk, str, datetime, By], Result]
"""A step with a ticket's id."""


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
    Key("r", "recall", texts.RECALL_KEY, lambda desk, id_, now, by: desk.recall(id_, now=now, by=by)),
    Key("s", "start", texts.START_KEY, lambda desk, id_, now, by: desk.start(id_, now=now, by=by)),
    Key("f", "finish", texts.FINISH_KEY, lambda desk, id_, now, by: desk.finish(id_, now=now, by=by)),
    Key("m", "miss", texts.MISS_KEY, lambda desk, id_, now, by: desk.miss(id_, now=now, by=by)),
    Key("h", "hold", texts.HOLD_KEY, lambda desk, id_, now, by: desk.hold(id_, now=now, by=by)),
    Key("i", "check_in", texts.CHECK_IN_KEY, lambda desk, id_, now, by: desk.check_in(id_, now=now, by=by)),
    Key("b", "return", texts.RETURN_KEY, lambda desk, id_, now, by: desk.return_(id_, now=now, by=by)),
    Key("j", "rejoin", texts.REJOIN_KEY, lambda desk, id_, now, by: desk.rejoin(id_, now=now, by=by)),
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


def words_for(result: Result, step: Step | ClinicStep, hospital: Hospital) -> Text:
    """Return what to say after a step."""
    if isinstance(result, Call):
        return texts.CALLED.fill(number=result.ticket.number, room=hospital.room_name(result.room), why=result.text)
    if isinstance(result, Undone):
        return texts.UNDONE.fill(number=whom(result.event, hospital), step=UNDOABLE[result.event.kind])
    if isinstance(result, ClinicState):
        clinic = hospital.clinic_name(result.clinic)
        return texts.STATE_CHANGED.fill(clinic=clinic, what=CLINIC_STEP_TEXTS[ClinicStep(step)])
    if step == Step.FINISH and result.state is State.DONE and result.ways_back:
        return texts.NO_WAY_BACK.fill(number=result.number, clinic=hospital.clinic_name(result.ways_back[0]))
    return texts.DONE.fill(number=result.number, step=STEP_TEXTS[Step(step)])
