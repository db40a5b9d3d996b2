"""Pauses between attempts, each twice as long as the one before. Pure: it counts failures, its owner waits."""

from __future__ import annotations

import math


class Backoff:
    """Pauses that double from `shortest` to `longest` seconds, for attempts that keep failing.

    `longest` holds for the first pause, too.
    """

    def __init__(self, shortest: float, longest: float) -> None:
        if shortest <= 0:
            raise ValueError("the shortest pause must be longer than nothing: an attempt follows every pause")
        self._shortest = shortest
        self._longest = longest
        # no more doublings than reach the longest pause: a power of some thousand failures is no float any more
        self._doublings = max(math.ceil(math.log2(longest / shortest)), 0)
        self._failures = 0

    def after(self, failures: int) -> float:
        """Return the pause after so many failures in a row, counted from 1."""
        doublings = min(max(failures - 1, 0), self._doublings)
        return min(self._shortest * 2.0**doublings, self._longest)

    def next_pause(self) -> float:
        """Count one more failure and return the pause that follows it."""
        self._failures += 1
        return self.after(self._failures)

    def reset(self) -> None:
        """Forget the failures: the next pause is the shortest again."""
        self._failures = 0
