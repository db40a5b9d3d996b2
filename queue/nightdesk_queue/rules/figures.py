"""A night in figures: how many came, were served, missed and transferred, how long they waited, against which limit.

Pure: visits in, figures out. A visit is one ticket at one clinic; who was transferred has made two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket at one clinic.

    `hour` and `weekday` (Monday is 0) are those of the arrival, in the hospital's zone, and of the service day.
    `waited`: minutes from the first arrival to the first consultation here, None where there was none. `limit`: minutes
    that the level may wait here.
    """

    clinic: str
    level: int
    groups: tuple[str, ...]
    hour: int
    weekday: int
    issued: bool
    served: bool
    transferred: bool
    missed: int
    waited: float | None
    limit: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What some visits come to. `p50` and `p90`: minutes; `within`: the share of waits that kept the limit.

    These are None where nobody was seen. `over`: how many waits passed the limit.
    """

    issued: int = 0
    served: int = 0
    missed: int = 0
    transferred: int = 0
    waits: int = 0
    p50: int | None = None
    p90: int | None = None
    within: float | None = None
    over: int = 0


def figures(visits: Iterable[Visit]) -> Figures:
    """Return the figures of some visits."""
    found = list(visits)
    waited = [(one.waited, one.limit) for one in found if one.waited is not None]
    over = sum(minutes > limit for minutes, limit in waited)
    return Figures(
        issued=sum(one.issued for one in found),
        served=sum(one.served for one in found),
        missed=sum(one.missed for one in found),
        transferred=sum(one.transferred for one in found),
        waits=len(waited),
        p50=percentile([minutes for minutes, _ in waited], 0.5),
        p90=percentile([minutes for minutes, _ in waited], 0.9),
        within=(len(waited) - over) / len(waited) if waited else None,
        over=over,
    )


def grouped(visits: Sequence[Visit], key: Callable[[Visit], Iterable[K]]) -> dict[K, Figures]:
    """Return the figures by what `key` says a visit belongs to: to nothing, to one, or to several."""
    parts: dict[K, list[Visit]] = {}
    for visit in visits:
        for one in key(visit):
            parts.setdefault(one, []).append(visit)
    return {one: figures(part) for one, part in parts.items()}


def percentile(values: Sequence[float], share: float) -> int | None:
    """Return the nearest-rank percentile, rounded to whole minutes; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return round(ranked[max(math.ceil(share * len(ranked)), 1) - 1])
