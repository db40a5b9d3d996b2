"""Everything the console does: which key, which word, and which command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nightdesk_kiosk.console import texts
from nightdesk_queue.commands import calling, issuing
from nightdesk_queue.commands.undo import Undone, whom
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.room_state import RoomState
from nightdesk_queue.domain.tickets import Call, State, Ticket
from nightdesk_queue.text.bilingual import Text

Result = Ticket | Call | Undone | ClinicState | RoomState | Sequence[Ticket] | Sequence[Undone]
OnTicket = Callable[[Work, str], Ticket | Call]
"""A command with a ticket's id."""


class Step(StrEnum):
    """One thing the console does. Its value names its key binding, which a person may set anew."""

    NEXT = "next"
    FIND = "find"
    ISSUE = "issue"
    ROOM = "room"
    THIS = "this"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    MISS = "miss"
    HOLD = "hold"
    RETURN = "return"
    REJOIN = "rejoin"
    TRANSFER = "transfer"
    LEVEL = "level"
    CANCEL = "cancel"
    UNDO = "undo"
    END = "end"
    SUSPEND = "suspend"
    DEVICES = "printers"
    REPRINT = "reprint"
    SEEN = "seen"
    TAKE_BACK = "take_back"
    CLINIC = "clinic"
    LANGUAGE = "language"
    PERSON = "person"
    NOTE = "note"
    BADGES = "badges"
    TROUBLES = "troubles"
    HELP = "help"
    NUMBERS = "numbers"
    FROM_ER = "from_er"


@dataclass(frozen=True, slots=True)
class RoomAt:
    """A tap on the room at a place in the bar, counted from 1: calls go there from now on."""

    place: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key, the step it takes, what stands on its target, and how the key is written where its name is not."""

    key: str
    step: Step
    label: Text
    sign: str = ""

    @property
    def keys(self) -> str:
        """The key as bindings name it; a letter is the same key when it is a capital."""
        return self.key if self.sign else f"{self.key},{self.key.upper()}"

    @property
    def written(self) -> str:
        """The key as it stands on its target."""
        return self.sign or self.key.upper()


KEYS: tuple[Key, ...] = (
    Key("n", Step.NEXT, texts.NEXT_KEY),
    Key("g", Step.THIS, texts.THIS_KEY),
    Key("r", Step.RECALL, texts.RECALL_KEY),
    Key("s", Step.START, texts.START_KEY),
    Key("f", Step.FINISH, texts.FINISH_KEY),
    Key("m", Step.MISS, texts.MISS_KEY),
    Key("h", Step.HOLD, texts.HOLD_KEY),
    Key("i", Step.ISSUE, texts.ISSUE_KEY),
    Key("b", Step.RETURN, texts.RETURN_KEY),
    Key("j", Step.REJOIN, texts.REJOIN_KEY),
    Key("slash", Step.FIND, texts.FIND_KEY, "/"),
    Key("z", Step.ROOM, texts.ROOM_KEY),
    Key("t", Step.TRANSFER, texts.TRANSFER_KEY),
    Key("v", Step.LEVEL, texts.LEVEL_KEY),
    Key("x", Step.CANCEL, texts.CANCEL_KEY),
    Key("u", Step.UNDO, texts.UNDO_KEY),
    Key("e", Step.END, texts.END_KEY),
    Key("o", Step.SUSPEND, texts.SUSPEND_KEY),
    Key("p", Step.DEVICES, texts.PRINTERS_KEY),
    Key("w", Step.REPRINT, texts.REPRINT_KEY),
    Key("a", Step.SEEN, texts.SEEN_KEY),
    Key("k", Step.TAKE_BACK, texts.TAKE_BACK_KEY),
    Key("d", Step.NOTE, texts.NOTE_KEY),
    Key("q", Step.BADGES, texts.BADGES_KEY),
    Key("exclamation_mark", Step.TROUBLES, texts.TROUBLES_KEY, "!"),
    Key("c", Step.CLINIC, texts.CLINIC_KEY),
    Key("l", Step.LANGUAGE, texts.LANGUAGE_KEY),
    Key("y", Step.PERSON, texts.PERSON_KEY),
    Key("question_mark", Step.HELP, texts.HELP_KEY, "?"),
    Key("equals_sign", Step.NUMBERS, texts.NUMBERS_KEY, "="),
    Key("plus", Step.FROM_ER, texts.FROM_ER_KEY, "+"),
)

WHILE_WANTED = (Step.TAKE_BACK, Step.FROM_ER)
"""Steps whose target stands in sight only while there is something to do with it."""
WITHOUT_TAP = frozenset({*WHILE_WANTED, Step.RETURN, Step.NUMBERS})
"""Steps without a target in the bar: some stand in sight while they are wanted, one is done by `is here`, and a tap on
the counts of the night leads to its numbers."""
WITHOUT_SIGN_IN = frozenset({Step.PERSON, Step.LANGUAGE, Step.CLINIC, Step.TROUBLES, Step.HELP, Step.NUMBERS})
"""Steps that change nothing of the night: they work while the console is locked."""
IN_ROOM = frozenset({Step.RECALL, Step.START, Step.FINISH, Step.MISS, Step.HOLD})
"""Steps with whoever is in the room: they act on its patient unless somebody who is in a room is chosen."""


def key_of(step: Step) -> Key:
    """Return the key of a step."""
    return _KEY_OF[step]


def label_of(step: Step) -> Text:
    """Return what stands on the target of a step."""
    return _KEY_OF[step].label


_KEY_OF = {key.step: key for key in KEYS}


ON_TICKET: dict[Step, tuple[OnTicket, EventKind]] = {
    Step.RECALL: (calling.recall, EventKind.RECALL),
    Step.START: (calling.start, EventKind.START),
    Step.FINISH: (calling.finish_visit, EventKind.FINISH),
    Step.MISS: (calling.miss, EventKind.MISS),
    Step.HOLD: (calling.hold, EventKind.HOLD),
    Step.RETURN: (calling.return_, EventKind.RETURN),
    Step.REJOIN: (calling.rejoin, EventKind.REJOIN),
}
"""The plain steps with the chosen patient: the command, and the kind of event it is told as."""
IS_HERE: dict[State, tuple[OnTicket, EventKind]] = {
    State.EXPECTED: (issuing.check_in, EventKind.CHECK_IN),
    State.HELD: (calling.return_, EventKind.RETURN),
}
"""What `is here` means for a patient who is not missed but expected, or away for an examination."""


def plain_step(step: Step, ticket: Ticket) -> tuple[OnTicket, EventKind]:
    """Return the command of a plain step with a patient; the key for `is here` does what their state needs."""
    return IS_HERE.get(ticket.state, ON_TICKET[step]) if step is Step.REJOIN else ON_TICKET[step]


def ticket_of(result: Result) -> Ticket | None:
    """Return the ticket a step was about; None for a step with a whole clinic, a room, or many tickets."""
    if isinstance(result, Ticket):
        return result
    if isinstance(result, Call | Undone):
        return result.ticket
    if isinstance(result, Sequence) and len(result) == 1:
        return ticket_of(result[0])
    return None


def words_for(result: Result, kind: EventKind, hospital: Hospital, many: Text | None = None) -> Text:
    """Return what to say after an act of a kind; `many`: after one with several patients, by their number."""
    if isinstance(result, Call):
        return _of_call(result, kind, hospital)
    if isinstance(result, Undone):
        return texts.UNDONE.fill(number=whom(result.event, hospital), step=result.event.kind.text)
    if isinstance(result, Ticket):
        return _of_ticket(result, kind, hospital)
    if isinstance(result, ClinicState | RoomState):
        return _of_state(result, kind, hospital)
    if result and isinstance(result[0], Undone):
        return words_for(result[0], kind, hospital) if len(result) == 1 else texts.UNDONE_MANY.fill(n=len(result))
    return (many or texts.ALL_DECIDED).fill(n=len(result), what=kind.text)


def _of_state(state: ClinicState | RoomState, kind: EventKind, hospital: Hospital) -> Text:
    if isinstance(state, ClinicState):
        return texts.STATE_CHANGED.fill(clinic=hospital.clinic_name(state.clinic), what=kind.text)
    return texts.STATE_CHANGED.fill(clinic=hospital.room_name(state.room), what=state.use.text)


def _of_ticket(ticket: Ticket, kind: EventKind, hospital: Hospital) -> Text:
    if kind is EventKind.FINISH and ticket.state is State.DONE and ticket.ways_back:
        return texts.NO_WAY_BACK.fill(number=ticket.number, clinic=hospital.clinic_name(ticket.ways_back[0]))
    if kind is EventKind.MISS and ticket.state is State.LAPSED:
        return texts.MISSED_FOR_GOOD.fill(number=ticket.number, n=ticket.missed)
    return texts.DONE.fill(number=ticket.number, step=kind.text)


def _of_call(made: Call, kind: EventKind, hospital: Hospital) -> Text:
    room = hospital.room_name(made.room)
    if kind is EventKind.RECALL:
        return texts.RECALLED.fill(number=made.ticket.number, room=room, n=made.ticket.calls)
    return texts.CALLED.fill(number=made.ticket.number, room=room, why=made.text)
