"""Python's garbage collector, kept from interrupting people.

An import makes objects by the ten thousand, and nearly all of them stay; so does the first picture of a screen. The
collector would look through them again and again as they become more, which is a fifth of the time of a short command.
While a screen is up it would look through all of them once in ten taps, for 70 ms. So it rests at starts, what they
have made is never looked at again, and a screen looks through the rest when nobody has touched it for a while.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEVER = 1_000_000
"""So many collections of the middle generation come before a full one: a screen begins those itself."""
ENOUGH = 10
"""Collections of the middle generation after which there is something to be gained; Python's own figure."""


@contextmanager
def importing() -> Iterator[None]:
    """Hold the collector back while modules are imported; what they have made is never looked at again."""
    rest()
    try:
        yield
    finally:
        work_on()


def rest() -> None:
    """Hold the collector back."""
    gc.disable()


def work_on() -> None:
    """Let the collector work again, on what is made from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


class QuietCollector:
    """Full collections of a screen, at moments its program chooses; no other ones come of themselves."""

    def __init__(self) -> None:
        small, middle, _ = gc.get_threshold()
        gc.set_threshold(small, middle, NEVER)
        self._seen = _middle_collections()

    def collect(self) -> None:
        """Look through everything, if enough was made since the last time to be worth it."""
        done = _middle_collections()
        if done - self._seen >= ENOUGH:
            self._seen = done
            gc.collect()


def _middle_collections() -> int:
    return int(gc.get_stats()[1]["collections"])
