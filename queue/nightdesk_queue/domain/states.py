"""The ticket's life as one table.

Everything that decides whether a step is allowed lives here and nowhere else: a step from a state that is not in
its row raises `Refused("wrong_state")`.
"""

from __future__ import annotations

from enum import StrEnum

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.text.bilingual import Text, joined


class Step(StrEnum):
    """What can be done with a ticket; also the kind of the event it leaves."""

    ISSUE = "issue"
    EXPECT = "expect"
    CHECK_IN = "check_in"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RETURN = "return"
    MISS = "miss"
    LAPSE = "lapse"
    REJOIN = "rejoin"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    LEVEL = "level"
    GO_BACK = "go_back"
    NO_SHOW = "no_show"
    KEEP = "keep"


ENDED = frozenset({State.DONE, State.CANCELLED, State.LAPSED})
"""States a ticket never leaves (but by undo); in every other one its number is living and is not issued again."""
LIVING = frozenset(State) - ENDED

_TABLE: dict[Step, tuple[frozenset[State], State | None]] = {
    Step.CHECK_IN: (frozenset({State.EXPECTED}), State.WAITING),
    Step.CALL: (frozenset({State.WAITING}), State.CALLED),
    Step.RECALL: (frozenset({State.CALLED}), State.CALLED),
    Step.START: (frozenset({State.CALLED}), State.SERVING),
    Step.FINISH: (frozenset({State.SERVING}), State.DONE),
    Step.HOLD: (frozenset({State.WAITING, State.SERVING}), State.HELD),
    Step.RETURN: (frozenset({State.HELD}), State.WAITING),
    Step.MISS: (frozenset({State.CALLED}), State.MISSED),
    Step.LAPSE: (frozenset({State.MISSED}), State.LAPSED),
    Step.REJOIN: (frozenset({State.MISSED}), State.WAITING),
    Step.TRANSFER: (frozenset({State.WAITING, State.CALLED, State.SERVING, State.HELD}), State.WAITING),
    Step.CANCEL: (frozenset({State.EXPECTED, State.WAITING, State.HELD, State.MISSED}), State.CANCELLED),
    Step.GO_BACK: (frozenset({State.SERVING}), State.WAITING),
    Step.NO_SHOW: (frozenset({State.EXPECTED}), State.LAPSED),
    Step.LEVEL: (LIVING, None),
    Step.KEEP: (LIVING, None),
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

STEP_TEXTS: dict[Step, Text] = {
    Step.ISSUE: Text(zh="取号", en="issue"),
    Step.CALL: Text(zh="呼叫", en="call"),
    Step.RECALL: Text(zh="重呼", en="recall"),
    Step.START: Text(zh="开始就诊", en="start"),
    Step.FINISH: Text(zh="完成", en="finish"),
    Step.HOLD: Text(zh="去检查", en="hold"),
    Step.RETURN: Text(zh="回诊", en="return"),
    Step.MISS: Text(zh="过号", en="miss"),
    Step.LAPSE: Text(zh="作废", en="lapse"),
    Step.REJOIN: Text(zh="重新报到", en="rejoin"),
    Step.TRANSFER: Text(zh="转诊", en="transfer"),
    Step.CANCEL: Text(zh="取消", en="cancel"),
    Step.EXPECT: Text(zh="预约登记", en="expect"),
    Step.CHECK_IN: Text(zh="报到", en="check in"),
    Step.LEVEL: Text(zh="改分诊级别", en="set the level"),
    Step.GO_BACK: Text(zh="完成并回原科室", en="finish and go back"),
    Step.NO_SHOW: Text(zh="爽约", en="no-show"),
    Step.KEEP: Text(zh="留诊", en="keep for service"),
}

_WRONG_STATE = Text(
    zh="{number} 现在是“{state}”，不能“{step}”；只有“{allowed}”的号可以",
    en="{number} is {state}; {step} needs a ticket that is {allowed}",
)


def allowed(step: Step, state: State) -> bool:
    """Whether `step` may be taken from `state`."""
    return state in _TABLE[step][0]


def after(step: Step, state: State, number: str) -> State:
    """Return the state that `step` leads to from `state`.

    Raises Refused("wrong_state") naming the ticket, where it is, and where it would have to be.
    """
    sources, target = _TABLE[step]
    if state not in sources:
        names = [STATE_TEXTS[source] for source in State if source in sources]
        raise Refused(
            "wrong_state",
            _WRONG_STATE.fill(
                number=number,
                state=STATE_TEXTS[state],
                step=STEP_TEXTS[step],
                allowed=joined(names, zh="”或“", en=" or "),
            ),
        )
    return target or state
