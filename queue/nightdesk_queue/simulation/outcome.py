"""What came of played nights: waits, overtakes, overdue, and how good the forecasts were."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nightdesk_queue.domain.tickets import Lane

BASELINES = ("last_patient", "head_of_line", "rolling_average")


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait that a call ended, minutes since the credited arrival; how often others went first; whether overdue."""

    clinic: str
    lane: Lane
    minutes: float
    overtaken: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One forecast and what came: the estimate, the interval, the wait, and what simpler estimators would have said.

    `after_leaving`: told within an hour after a doctor had left a room without a word.
    """

    wait: float
    low: int
    high: int
    waited: float
    baselines: tuple[float, float, float]
    after_leaving: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One clinic at one moment of a night, for the plot."""

    clinic: str
    at: datetime
    waiting: int
    inside: int


@dataclass
class Outcome:
    """All that came of some nights."""

    waits: list[Waited] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    """Of the first night only."""
    turned_away: dict[str, int] = field(default_factory=dict)
    lapsed: dict[str, int] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """One lane of one clinic in numbers, minutes; `overtaken`: the mean, `most_overtaken`: the most a patient saw."""

    clinic: str
    lane: Lane
    called: int
    p50: float
    p90: float
    longest: float
    overtaken: float
    most_overtaken: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ForecastSummary:
    """Mean absolute errors in minutes, ours and the baselines', and the share of waits inside the interval."""

    told: int
    mae: float
    coverage: float
    baselines: dict[str, float]


def lane_summaries(outcome: Outcome, clinics: Iterable[str]) -> list[LaneSummary]:
    """Return a line for each clinic and lane that called anybody."""
    found = []
    for clinic in clinics:
        for lane in Lane:
            waits = [one for one in outcome.waits if one.clinic == clinic and one.lane is lane]
            if waits:
                minutes = sorted(one.minutes for one in waits)
                found.append(
                    LaneSummary(
                        clinic=clinic,
                        lane=lane,
                        called=len(waits),
                        p50=rank(minutes, 0.5),
                        p90=rank(minutes, 0.9),
                        longest=minutes[-1],
                        overtaken=sum(one.overtaken for one in waits) / len(waits),
                        most_overtaken=max(one.overtaken for one in waits),
                        overdue=sum(one.overdue for one in waits),
                    )
                )
    return found


def forecast_summary(judged: Sequence[Judged]) -> ForecastSummary | None:
    """Return how good the forecasts were; None where nobody had to wait."""
    if not judged:
        return None
    return ForecastSummary(
        told=len(judged),
        mae=sum(abs(one.waited - one.wait) for one in judged) / len(judged),
        coverage=sum(one.low <= one.waited <= one.high for one in judged) / len(judged),
        baselines={
            name: sum(abs(one.waited - one.baselines[index]) for one in judged) / len(judged)
            for index, name in enumerate(BASELINES)
        },
    )


def rank(ranked: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of sorted values."""
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1]
