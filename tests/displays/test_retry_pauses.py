"""How long a sign that does not answer is left alone."""

from __future__ import annotations

import time

from nightdesk_displays.screen_upkeep import LONGEST_RETRY, SHORTEST_RETRY, Screen
from nightdesk_queue.config import Display, Hospital


def test_a_sign_that_was_silent_all_weekend_is_still_asked_again(hospital: Hospital) -> None:
    screen = Screen(Display(id="sign", port="/dev/ttyS9", protocol="onbon", width=192), frozenset(), hospital)
    for tries, pause in ((1, SHORTEST_RETRY), (2, 2 * SHORTEST_RETRY), (100_000, LONGEST_RETRY)):
        screen.tries = tries
        before = time.monotonic()
        screen.interrupted()
        assert before + pause <= screen.repaint_at <= time.monotonic() + pause
