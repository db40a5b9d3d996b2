"""The ticket's life as one table.

Everything that decides whether a step is allowed lives here and nowhere else: a step from a state that is not in
its row raises `WrongState`.
"""

from __future__ import annotations

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.text.bilingual import Text, joined

ENDED = frozenset({State.DONE, State.CANCELLED, State.LAPSED})
"""States a ticket never leaves (but by undo); in every other one its number is living and is not issued again."""
LIVING = frozenset(State) - ENDED

_TABLE: dict[EventKind, tuple[frozenset[State], State | None]] = {
    EventKind.CHECK_IN: (frozenset({State.EXPECTED}), State.WAITING),
    EventKind.CALL: (frozenset({State.WAITING}), State.CALLED),
    EventKind.RECALL: (frozenset({State.CALLED}), State.CALLED),
    EventKind.START: (frozenset({State.CALLED}), State.SERVING),
    EventKind.FINISH: (frozenset({State.SERVING}), State.DONE),
    EventKind.HOLD: (frozenset({State.WAITING, State.SERVING}), State.HELD),
    EventKind.RETURN: (frozenset({State.HELD}), State.WAITING),
    EventKind.MISS: (frozenset({State.CALLED}), State.MISSED),
    EventKind.LAPSE: (frozenset({State.MISSED}), State.LAPSED),
    EventKind.REJOIN: (frozenset({State.MISSED}), State.WAITING),
    EventKind.TRANSFER: (frozenset({State.WAITING, State.CALLED, State.SERVING, State.HELD}), State.WAITING),
    EventKind.CANCEL: (frozenset({State.EXPECTED, State.WAITING, State.HELD, State.MISSED}), State.CANCELLED),
    EventKind.GO_BACK: (frozenset({State.SERVING}), State.WAITING),
    EventKind.NO_SHOW: (frozenset({State.EXPECTED}), State.LAPSED),
    EventKind.LEVEL: (LIVING, None),
    EventKind.KEEP: (LIVING, None),
    EventKind.NOTE: (LIVING, None),
    EventKind.BADGES: (LIVING, None),
    EventKind.UPDATE: (LIVING, None),
    EventKind.CHANGE_BOOKING: (frozenset({State.EXPECTED}), None),
}
"""From which states a step may be taken, and the state it leads to (None: the ticket stays where it is)."""

STATE_TEXTS: dict[State, Text] = {
    State.EXPECTED: Text(zh="待报到", en="expected"),
    State.WAITING: Text(zh="候诊", en="waiting"),
    State.CALLED: Text(zh="已呼叫", en="called"),
    State.SERVING: Text(zh="就诊中", en="serving"),
    State.HELD: Text(zh="检查中", en="held"),
    State.MISSED: Text(zh="过号", en="missed"),
    State.DONE: Text(zh="已完成", en="done"),
    State.CANCELLED: Text(zh="已取消", en="cancelled"),
    State.LAPSED: Text(zh="已作废", en="lapsed"),
}

_WRONG_STATE = Text(
    zh="{number} 现在是“{state}”，不能“{step}”；只有“{allowed}”的号可以",
    en="{number} is {state}; {step} needs a ticket that is {allowed}",
)


def allowed(step: EventKind, state: State) -> bool:
    """Whether `step` may be taken from `state`."""
    return state in _TABLE[step][0]


class WrongState(Refused):
    """A ticket is not where a step could be taken from. `ticket`: its id."""

    def __init__(self, text: Text, ticket: str) -> None:
        super().__init__("wrong_state", text)
        self.ticket = ticket


def after(step: EventKind, ticket: Ticket) -> State:
    """Return the state that `step` leads to from where a ticket is.

    Raises WrongState naming the ticket, where it is, and where it would have to be.
    """
    sources, target = _TABLE[step]
    if ticket.state not in sources:
        names = [STATE_TEXTS[source] for source in State if source in sources]
        text = _WRONG_STATE.fill(
            number=ticket.number,
            state=STATE_TEXTS[ticket.state],
            step=step.text,
            allowed=joined(names, zh="”或“", en=" or "),
        )
        raise WrongState(text, ticket.id)
    return target or ticket.state
