"""How long a sign that does not answer is left alone."""

from __future__ import annotations

import time

from painting import sign_on

from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.screen_upkeep import Screen
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database


def test_a_sign_that_was_silent_all_weekend_is_still_asked_again(store: Database, hospital: Hospital) -> None:
    screen = Screen(sign_on("/dev/ttyS9"), frozenset(), hospital, store, LineTiming())
    for tries, pause in ((1, 0.25), (2, 0.5), (100_000, 2.0)):
        screen.tries = tries
        before = time.monotonic()
        screen.interrupted()
        assert before + pause <= screen.repaint_at <= time.monotonic() + pause
