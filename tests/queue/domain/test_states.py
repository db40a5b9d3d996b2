"""The ticket's life is one table; everything not in it is refused."""

from __future__ import annotations

import pytest

from nightdesk_queue.domain import states
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import State

# written from the design's own sentence, not from the table under test
ALLOWED = {
    (Step.CALL, "waiting"): "called",
    (Step.RECALL, "called"): "called",
    (Step.START, "called"): "serving",
    (Step.FINISH, "serving"): "done",
    (Step.HOLD, "waiting"): "held",
    (Step.HOLD, "serving"): "held",
    (Step.RETURN, "held"): "waiting",
    (Step.MISS, "called"): "missed",
    (Step.LAPSE, "missed"): "lapsed",
    (Step.REJOIN, "missed"): "waiting",
    (Step.TRANSFER, "waiting"): "waiting",
    (Step.TRANSFER, "called"): "waiting",
    (Step.TRANSFER, "serving"): "waiting",
    (Step.TRANSFER, "held"): "waiting",
    (Step.CANCEL, "expected"): "cancelled",
    (Step.CANCEL, "waiting"): "cancelled",
    (Step.CANCEL, "held"): "cancelled",
    (Step.CANCEL, "missed"): "cancelled",
    (Step.CHECK_IN, "expected"): "waiting",
    (Step.NO_SHOW, "expected"): "lapsed",
    (Step.GO_BACK, "serving"): "waiting",
    **{
        (step, state): state
        for step in (Step.LEVEL, Step.KEEP)
        for state in ("expected", "waiting", "called", "serving", "held", "missed")
    },
}
STEPS = [step for step in Step if step not in (Step.ISSUE, Step.EXPECT)]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_where_the_table_says_or_is_refused_by_name(step: Step, state: State) -> None:
    target = ALLOWED.get((step, state.value))
    assert states.allowed(step, state) == (target is not None)
    if target:
        assert states.after(step, state, "N001") == target
        return
    with pytest.raises(Refused) as refused:
        states.after(step, state, "N001")
    assert refused.value.code == "wrong_state"
    assert "N001" in refused.value.text.zh
    assert states.STATE_TEXTS[state].en in refused.value.text.en


def test_nothing_leaves_an_ended_ticket() -> None:
    assert not any(states.allowed(step, state) for step in STEPS for state in states.ENDED)


def test_every_state_and_step_has_words() -> None:
    assert set(states.STATE_TEXTS) == set(State)
    assert set(states.STEP_TEXTS) == set(Step)
