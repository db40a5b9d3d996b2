"""How long a patient will wait, as an interval that is as wide as what is not known. Pure.

The mean consultation of a visit type is learned: (8·prior + Σ observed)/(8 + n), first from the clinic's newest visits
with the hospital's own guess as prior, then from today's with that as prior, because doctors have their own pace.

The estimate plays the queue forward: each staffed room is free when its patient is expected to be done, each patient
ahead, in calling order, takes the room that is free first, and the wait is when a room is free for the one who asks.
The 80 % interval around it is W ± 1.28·√(σ²·(n + ½)/s² + (0.1·W)²) for n ahead, s rooms and consultations of deviation
σ, times a width that the recorded residuals of this clinic ask for, rounded outwards to 5 minutes.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.tickets import Lane, Ticket

VARIATION = 0.47
"""Coefficient of variation of 6,637 evening Chinese-medicine consultations; the prior for any other clinic."""
PRIOR_WEIGHT = 8
STILL_TO_COME = 0.35
"""A consultation that has outrun its mean is still expected to take this share of it."""
SIDE = 0.91
"""Share of the recorded waits that each side of an interval is set to hold: together 80 %, and a little for what
changes meanwhile.

Consultations outrun their mean further than they fall short of it, so with one width for both sides two of three misses
were late. Measured on 150 played evenings of 30 patients, before and after in one run: late 13.1 and 9.6 %, early 4.7
and 7.4 %, held 82.2 and 83.0 %, intervals 51 and 54 minutes wide; where each evening has a pace of its own, late 15.0
and 11.6 %; where one of two doctors goes home, late 19.3 and 11.8 %, held 78.6 and 79.6 %. Sides learned apart by the
number of patients ahead learn more slowly and held less there: 77 %.
"""
RESIDUALS_NEEDED = 30
LEARNED_FROM = 200
"""How many newest consultations of a clinic teach its long-run means: those of its last nights."""
CALIBRATED_ON = 300
"""How many newest residuals of a clinic set the width of its intervals.

Every tap reads them, so they are few; of 300 the share of waits inside the interval is known to two percent.
"""
NARROWEST, WIDEST = 0.2, 3.0
PROMISED = (
    0.01102, 0.03306, 0.05513, 0.07726, 0.09947, 0.12178, 0.14421, 0.16678, 0.18953, 0.21248,
    0.23566, 0.25910, 0.28283, 0.30689, 0.33131, 0.35614, 0.38142, 0.40720, 0.43355, 0.46051,
    0.48817, 0.51661, 0.54592, 0.57621, 0.60761, 0.64027, 0.67438, 0.71015, 0.74786, 0.78785,
    0.83057, 0.87660, 0.92673, 0.98206, 1.04426, 1.11590, 1.20145, 1.30973, 1.46270, 1.75620,
)  # fmt: skip
"""Forty sides as they would be if the formula were right, and as many of the other sign: the quantiles of a half-normal
distribution in units of 1.28 deviations, nine tenths of them because rounding outwards already holds some waits.

They stand here as figures because every command that tells a wait reads this module; a test works them out.
"""
STEP = 5
"""Minutes to which intervals are rounded outwards."""


class VisitType(StrEnum):
    """What kind of consultation it is, as far as its length goes."""

    FIRST = "first"
    RETURN = "return"


Observed = Mapping[VisitType, tuple[int, float, float]]
"""By visit type: how many consultations, the sum of their minutes, the sum of the squares."""


@dataclass(frozen=True, slots=True)
class Width:
    """The two sides of an interval, in halves of it: how far it reaches below and above the wait."""

    below: float = 1.0
    above: float = 1.0


@dataclass(frozen=True, slots=True)
class Residual:
    """How far one told wait was off: the smallest sides, in halves, at which the interval would have held.

    A side that holds even without any width is negative.
    """

    below: float
    above: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of a clinic's consultations, minutes; `width`: how far intervals reach, in halves."""

    means: Mapping[VisitType, float]
    variation: float = VARIATION
    width: Width = field(default_factory=Width)


@dataclass(frozen=True, slots=True)
class Forecast:
    """One patient's wait, minutes. `half`: the uncalibrated half of the 80 % interval, 0 for who walks straight in."""

    wait: float
    half: float
    width: Width = field(default_factory=Width)

    @property
    def minutes(self) -> tuple[int, int]:
        """The interval as it is told: rounded outwards to 5 minutes, never empty."""
        low, high = self.wait - self.half * self.width.below, self.wait + self.half * self.width.above
        return STEP * math.floor(max(0.0, low) / STEP), max(_up(high), STEP)


def visit_type(ticket: Ticket) -> VisitType:
    """Return what kind of consultation a ticket waits for."""
    return VisitType.RETURN if ticket.lane is Lane.RETURN else VisitType.FIRST


def prior_means(clinic: Clinic) -> dict[VisitType, float]:
    """Return the hospital's own guess of the mean consultations, minutes."""
    return {VisitType.FIRST: clinic.consult_minutes.first, VisitType.RETURN: clinic.consult_minutes.return_}


def learn(prior: Mapping[VisitType, float], clinic: Observed, today: Observed, newest: Sequence[Residual]) -> Learned:
    """Return what the newest and today's consultations and the newest residuals teach beyond the prior means."""
    long_run = {kind: _shrunk(mean, clinic.get(kind)) for kind, mean in prior.items()}
    means = {kind: _shrunk(mean, today.get(kind)) for kind, mean in long_run.items()}
    return Learned(means, _variation(clinic), width_of(newest))


def width_of(residuals: Sequence[Residual]) -> Width:
    """Return the sides that would have held 80 % of the recorded waits.

    What the formula itself promises counts like a few recorded waits, so that one odd evening does not decide alone.
    """
    return Width(_side([one.below for one in residuals]), _side([one.above for one in residuals]))


def residual(wait: float, half: float, waited: float) -> Residual | None:
    """Return how far a told wait was off on either side; None where the interval had no width.

    The rounding counts: floor5(W − w·h) ≤ waited as soon as W − w·h < floor5(waited) + 5, and alike above.
    """
    if half <= 0:
        return None
    below = (wait - (STEP * math.floor(waited / STEP) + STEP)) / half
    above = (_up(waited) - STEP - wait) / half
    return Residual(below, above)


def remaining_minutes(mean: float, elapsed: float) -> float:
    """Return how long a consultation that has lasted `elapsed` minutes is expected to go on."""
    return max(mean - max(elapsed, 0.0), STILL_TO_COME * mean)


def forecasts(busy: Sequence[float], line: Sequence[float], learned: Learned) -> list[Forecast]:
    """Return the wait of each patient in line, and last the wait of somebody who would join now.

    `busy`: for each staffed room the minutes until it is free (0 for a free one), at least one room.
    `line`: the mean consultation in minutes of each who waits, in calling order.
    """
    rooms = [float(minutes) for minutes in busy]
    heapq.heapify(rooms)
    found = []
    squares = _squares([minutes for minutes in busy if minutes > 0] if min(busy) > 0 else [], learned)
    work = 0.0
    for ahead in range(len(line) + 1):
        wait = rooms[0]
        variance = (work / ahead if ahead else squares) * (ahead + 0.5) / len(rooms) ** 2
        half = 1.28 * math.sqrt(variance + (0.1 * wait) ** 2) if wait or ahead else 0.0
        found.append(Forecast(wait, half if wait > 0 else 0.0, learned.width))
        if ahead < len(line):
            work += (learned.variation * line[ahead]) ** 2
            heapq.heapreplace(rooms, wait + line[ahead])
    return found


def passes_closing(minutes_left: float, forecast: Forecast, consultation: float) -> bool:
    """Whether somebody who joins now may still be with the doctor after closing: upper wait and one consultation."""
    return forecast.minutes[1] + consultation > minutes_left


def _side(sides: Sequence[float]) -> float:
    ranked = sorted([*PROMISED, *(-one for one in PROMISED), *sides])
    place = min(math.ceil(SIDE * (len(ranked) + 1)), len(ranked)) - 1
    return min(max(ranked[place] * 1.0001, NARROWEST), WIDEST)


def _squares(minutes: Sequence[float], learned: Learned) -> float:
    return sum((learned.variation * one) ** 2 for one in minutes) / len(minutes) if minutes else 0.0


def _shrunk(prior: float, seen: tuple[int, float, float] | None) -> float:
    n, total, _ = seen or (0, 0.0, 0.0)
    return (PRIOR_WEIGHT * prior + total) / (PRIOR_WEIGHT + n)


def _variation(clinic: Observed) -> float:
    """Return the coefficient of variation within visit types, shrunk to the prior like the means."""
    n = sum(count for count, _, _ in clinic.values())
    if n < RESIDUALS_NEEDED:
        return VARIATION
    total = sum(total for _, total, _ in clinic.values())
    spread = sum(squares - total**2 / count for count, total, squares in clinic.values())
    return math.sqrt(max(spread, 0.0) / n) / (total / n) if total > 0 else VARIATION


def _up(minutes: float) -> int:
    return STEP * math.ceil(minutes / STEP)
