"""The ticket's life is one table; everything not in it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lining import ticket

from nightdesk_queue.domain import states
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import TICKET_STEPS, EventKind
from nightdesk_queue.domain.tickets import State, Ticket

# written from the design's own sentence, not from the table under test
ALLOWED = {
    (EventKind.CALL, "waiting"): "called",
    (EventKind.RECALL, "called"): "called",
    (EventKind.START, "called"): "serving",
    (EventKind.FINISH, "serving"): "done",
    (EventKind.HOLD, "waiting"): "held",
    (EventKind.HOLD, "serving"): "held",
    (EventKind.RETURN, "held"): "waiting",
    (EventKind.MISS, "called"): "missed",
    (EventKind.LAPSE, "missed"): "lapsed",
    (EventKind.REJOIN, "missed"): "waiting",
    (EventKind.TRANSFER, "waiting"): "waiting",
    (EventKind.TRANSFER, "called"): "waiting",
    (EventKind.TRANSFER, "serving"): "waiting",
    (EventKind.TRANSFER, "held"): "waiting",
    (EventKind.CANCEL, "expected"): "cancelled",
    (EventKind.CANCEL, "waiting"): "cancelled",
    (EventKind.CANCEL, "held"): "cancelled",
    (EventKind.CANCEL, "missed"): "cancelled",
    (EventKind.CHECK_IN, "expected"): "waiting",
    (EventKind.NO_SHOW, "expected"): "lapsed",
    (EventKind.GO_BACK, "serving"): "waiting",
    (EventKind.CHANGE_BOOKING, "expected"): "expected",
    **{
        (step, state): state
        for step in (EventKind.LEVEL, EventKind.KEEP, EventKind.NOTE, EventKind.BADGES, EventKind.UPDATE)
        for state in ("expected", "waiting", "called", "serving", "held", "missed")
    },
}
STEPS = [step for step in TICKET_STEPS if step not in (EventKind.ISSUE, EventKind.EXPECT)]


def in_state(state: State) -> Ticket:
    return replace(ticket(1), state=state)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_where_the_table_says_or_is_refused_by_name(step: EventKind, state: State) -> None:
    target = ALLOWED.get((step, state.value))
    assert states.allowed(step, state) == (target is not None)
    if target:
        assert states.after(step, in_state(state)) == target
        return
    with pytest.raises(Refused) as refused:
        states.after(step, in_state(state))
    assert refused.value.code == "wrong_state"
    assert "N001" in refused.value.text.zh
    assert states.STATE_TEXTS[state].en in refused.value.text.en


def test_a_refusal_names_the_states_from_which_the_step_is_allowed() -> None:
    with pytest.raises(Refused) as refused:
        states.after(EventKind.HOLD, in_state(State.MISSED))
    assert refused.value.text.en == "N001 is missed; hold needs a ticket that is waiting or serving"
    assert refused.value.text.zh == "N001 现在是“过号”，不能“去检查”；只有“候诊”或“就诊中”的号可以"


def test_nothing_leaves_an_ended_ticket() -> None:
    assert not any(states.allowed(step, state) for step in STEPS for state in states.ENDED)


def test_every_state_and_step_has_words() -> None:
    assert set(states.STATE_TEXTS) == set(State)
    assert all(kind.text.zh and kind.text.en for kind in EventKind)
