"""What a benchmark tells: figures, each beside what it is compared with and the limit that it holds or not."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, its value, what it is compared with, and the limit (`at_least` or at most)."""

    name: str
    value: float
    unit: str
    compared: str
    limit: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the limit is kept; a figure without one has nothing to keep."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def line(self) -> str:
        """The figure as it is printed."""
        limit = f"limit {'>=' if self.at_least else '<='} {self.limit:g}" if self.limit is not None else ""
        verdict = "" if self.limit is None else "holds" if self.holds else "FAILS"
        return f"{self.name:34} {self.value:9.2f} {self.unit:9} {self.compared:52} {limit:14} {verdict}".rstrip()


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def side_by_side(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median seconds of each work; they take turns, so that a busy minute meets all of them."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            times.append(seconds(work))
    return [statistics.median(times) for times in taken]


def processor_seconds(pid: int) -> float:
    """Return the processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def until(condition: Callable[[], object], limit: float = 60.0) -> None:
    """Wait until something is true. Raises TimeoutError."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(str(condition))
        time.sleep(0.001)
