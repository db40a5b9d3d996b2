"""What is kept of one screen: how often a change is sent, and how long it may take to answer."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from onbon_wire import ACK
from painting import HASTY, sign_on

from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_upkeep import LONGEST_ANSWER, MARGIN, Screen
from nightdesk_displays.virtual.onbon_reader import nak
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database

SLACK = 0.05


def screen_of(store: Database, hospital: Hospital, protocol: str, **settings: object) -> Screen:
    return Screen(sign_on("/dev/ttyS9", protocol, **settings), frozenset(), hospital, store, HASTY)


def pauses(screen: Screen, now: datetime, times: int) -> list[float]:
    """After how many seconds each sending of the same state is followed by the next."""
    screen.look(now)
    assert screen.state is not None
    found = []
    for _ in range(times):
        screen.taken(screen.state, now)
        found.append(screen.repaint_at - time.monotonic())
    return found


@pytest.mark.parametrize(("protocol", "soon"), [("cd5220", [HASTY.repeat, HASTY.confirm]), ("onbon", [HASTY.confirm])])
def test_a_change_is_sent_twice_and_a_third_time_where_nobody_answers(
    store: Database, hospital: Hospital, evening: datetime, protocol: str, soon: list[float]
) -> None:
    screen = screen_of(store, hospital, protocol)
    found = pauses(screen, evening, len(soon) + 1)
    assert found[:-1] == pytest.approx(soon, abs=SLACK)
    assert found[-1] > 2 * HASTY.confirm, "from then on it is only painted again from time to time"


def test_a_late_answer_teaches_how_long_this_screen_takes(store: Database, hospital: Hospital) -> None:
    screen = screen_of(store, hospital, "onbon")
    assert screen.answer_seconds == HASTY.answer
    screen.sent(10.0)
    screen.sent(11.0)
    screen.answered(11.2)
    assert screen.answer_seconds == pytest.approx(1.2 * MARGIN), "counted from the first frame it had not answered"
    screen.sent(20.0)
    screen.answered(20.1)
    assert screen.answer_seconds == pytest.approx(1.2 * MARGIN), "a quick answer takes nothing back"
    screen.sent(30.0)
    screen.answered(30.0 + LONGEST_ANSWER + 1)
    assert screen.answer_seconds == pytest.approx(1.2 * MARGIN), "somebody who was away was not slow"
    screen.sent(50.0)
    screen.answered(50.0 + LONGEST_ANSWER)
    assert screen.answer_seconds == LONGEST_ANSWER


def test_what_is_configured_stands_above_what_was_seen(store: Database, hospital: Hospital) -> None:
    screen = screen_of(store, hospital, "onbon", answer_seconds=2.5)
    screen.sent(10.0)
    screen.answered(13.0)
    assert screen.answer_seconds == 2.5


def test_an_answer_of_another_sign_of_the_line_is_not_this_ones(hospital: Hospital) -> None:
    one, other = (
        protocol_for(sign_on("/dev/ttyS9", address=own), frozenset({others}), hospital.room_names)
        for own, others in ((1, 2), (2, 1))
    )
    refusal = nak(1, 1, 3)
    assert one.judge(refusal) == "nak_3"
    assert other.judge(refusal) is None
    assert one.judge(ACK) == "ok", "sent to every address, by a sign that does not say which it is"
