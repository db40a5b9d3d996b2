"""How long a patient will wait, as an interval that is honest about what it cannot know.

The estimate plays the queue forward: each of the clinic's rooms is free when its patient is expected to be done, each
patient ahead takes the room that is free first, and the wait is when a room is free for the one who asks. The 80 %
interval around it is W ± 1.28·√(σ²·(n + ½)/s² + (0.1·W)²) for n ahead, s rooms and consultations of deviation σ,
rounded outwards to 5 minutes.

So far the means are the hospital's own (`consult_minutes`); the coefficient of variation is
the 0.47 measured on evening Chinese-medicine consultations.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence

VARIATION = 0.47
STILL_TO_COME = 0.35
"""A consultation that has outrun its mean is still expected to take this share of it."""
PLAYED_OUT = 64
"""So many patients are played one by one; a longer line is work divided by rooms, which no patient can tell apart."""


def remaining_minutes(mean: float, elapsed: float) -> float:
    """Return how long a consultation that has lasted `elapsed` minutes is expected to go on."""
    return max(mean - max(elapsed, 0.0), STILL_TO_COME * mean)


def interval(busy: Sequence[float], ahead: Sequence[float]) -> tuple[int, int]:
    """Return the waiting interval in minutes, both ends multiples of 5.

    `busy`: for each room the minutes until it is free (0 for a free one), at least one room.
    `ahead`: the mean consultation in minutes of each patient ahead, in calling order.
    """
    rooms = [float(minutes) for minutes in busy]
    heapq.heapify(rooms)
    for mean in ahead[:PLAYED_OUT]:
        heapq.heapreplace(rooms, rooms[0] + mean)
    wait = rooms[0] + sum(ahead[PLAYED_OUT:]) / len(rooms)
    half = 1.28 * math.sqrt(_variance(busy, ahead) + (0.1 * wait) ** 2)
    low, high = max(0.0, wait - half), wait + half
    return _down(low), max(_up(high), 5)


def _variance(busy: Sequence[float], ahead: Sequence[float]) -> float:
    means = [*ahead] or [minutes for minutes in busy if minutes > 0]
    if not means or (not ahead and min(busy) == 0):
        return 0.0
    sigma = VARIATION * _mean(means)
    return sigma**2 * (len(ahead) + 0.5) / len(busy) ** 2


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _down(minutes: float) -> int:
    return 5 * math.floor(minutes / 5)


def _up(minutes: float) -> int:
    return 5 * math.ceil(minutes / 5)
