"""Who comes, when, and how long they stay: drawn by chance, or given by files of another hospital."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.rules.waits import VARIATION, VisitType, prior_means
from nightdesk_queue.text.bilingual import Text

LONGEST_SECONDS = 12 * 3600

Session = list[tuple[VisitType, float]]
"""One session's consultations in their order: visit type and minutes."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What people do, as chances: come when called, come after all, need an examination, belong to a priority; and a
    doctor's in a session: to take a break, to go home early, both without a word to the queue."""

    no_show: float = 0.08
    comes_late: float = 0.6
    examination: float = 0.12
    priority: float = 0.15
    urgent: float = 0.03
    breaks: float = 0.0
    leavers: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One patient: at which clinic and when, with what priority, on which level."""

    clinic: str
    at: datetime
    priority: tuple[str, ...] = ()
    level: int = 4


class Consultations:
    """How long consultations last: drawn from a file's by visit type, or log-normal around the configured means."""

    def __init__(self, recorded: Sequence[Session]) -> None:
        self._by_type: dict[VisitType, list[float]] = {kind: [] for kind in VisitType}
        for session in recorded:
            for kind, minutes in session:
                self._by_type[kind].append(minutes)

    def minutes(self, clinic: Clinic, kind: VisitType, chance: Random) -> float:
        """Return the length of one consultation."""
        if recorded := self._by_type[kind]:
            return chance.choice(recorded)
        return lognormal(chance, prior_means(clinic)[kind])


def lognormal(chance: Random, mean: float, variation: float = VARIATION) -> float:
    """Draw from a log-normal distribution of this mean and coefficient of variation."""
    sigma = math.sqrt(math.log(1 + variation**2))
    return chance.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


def drawn_arrivals(
    hospital: Hospital,
    clinic: Clinic,
    opens: datetime,
    last: datetime,
    per_hour: float,
    habits: Habits,
    chance: Random,
) -> Iterator[Arrival]:
    """Yield the patients of one session: several at its opening, more in the first half than in the second.

    The rate falls linearly from 1.5 to 0.5 of `per_hour` between opening and last ticket.
    """
    span = (last - opens).total_seconds() / 3600
    groups = list(hospital.priorities)
    at = 0.0
    while True:
        at += chance.expovariate(1.5 * per_hour)
        if at >= span:
            return
        if chance.random() * 1.5 > 1.5 - at / span:
            continue
        priority = (chance.choice(groups),) if groups and chance.random() < habits.priority else ()
        level = 3 if chance.random() < habits.urgent else 4
        yield Arrival(clinic.id, opens + timedelta(hours=at), priority, level)


def read_consultations(content: bytes, file: str) -> list[Session]:
    """Read a CSV of consultations: columns `visit_type` (first or return) and `seconds`, a blank line between sessions.

    Raises Misuse naming the line of the first fault.
    """
    sessions: list[Session] = [[]]
    for line, cells in _lines(content, file, ("visit_type", "seconds")):
        if not cells:
            sessions.append([])
            continue
        try:
            kind, seconds = VisitType(cells["visit_type"].strip().lower()), float(cells["seconds"])
            if not 0 < seconds <= LONGEST_SECONDS:
                raise ValueError("no consultation's length")
        except (ValueError, KeyError, AttributeError):
            text = Text(
                zh="{file} 第 {n} 行：要 visit_type(first 或 return)和 seconds(大于 0 的秒数)",
                en="{file}, line {n}: a visit_type (first or return) and seconds (more than 0) are needed",
            )
            raise Misuse("usage", text.fill(file=file, n=line)) from None
        sessions[-1].append((kind, seconds / 60))
    found = [session for session in sessions if session]
    if not found:
        raise Misuse("usage", Text(zh="{file} 里没有就诊记录", en="{file} has no consultations").fill(file=file))
    return found


def read_arrivals(content: bytes, file: str, hospital: Hospital, day: datetime) -> list[Arrival]:
    """Read a CSV of arrivals: `clinic`, `at` (`18:05` of the evening, or a whole date and time), `priority`, `level`.

    Times before noon belong to the following morning. Raises Misuse naming the line of the first fault.
    """
    found = []
    for line, cells in _lines(content, file, ("clinic", "at")):
        if not cells:
            continue
        try:
            clinic = hospital.clinics[cells["clinic"].strip()]
            priority = tuple(cells.get("priority", "").split())
            level = int(cells.get("level", "").strip() or 4)
            if any(id_ not in hospital.priorities for id_ in priority) or level not in (3, 4):
                raise ValueError("no such priority or level")
            at = _moment(cells["at"].strip(), day)
        except (ValueError, KeyError, AttributeError):
            text = Text(
                zh="{file} 第 {n} 行：要 clinic(门诊 id)和 at(如 18:05)，可有 priority 和 level(3 或 4)",
                en="{file}, line {n}: a clinic (its id) and at (18:05) are needed; priority and level (3 or 4) may be",
            )
            raise Misuse("usage", text.fill(file=file, n=line)) from None
        found.append(Arrival(clinic.id, at, priority, level))
    if not found:
        raise Misuse("usage", Text(zh="{file} 里没有到达记录", en="{file} has no arrivals").fill(file=file))
    found.sort(key=lambda arrival: arrival.at)
    if found[-1].at - found[0].at >= timedelta(days=1):
        text = Text(
            zh="{file} 的到达超过一天；每次只给一夜", en="{file} spans more than a day; give one night at a time"
        )
        raise Misuse("usage", text.fill(file=file))
    return found


def _moment(said: str, day: datetime) -> datetime:
    if len(said) <= len("18:05:30"):
        at = datetime.combine(day.date(), time.fromisoformat(said.zfill(5)), day.tzinfo)
        return at if at.hour >= 12 else at + timedelta(days=1)
    at = datetime.fromisoformat(said)
    return at if at.tzinfo else at.replace(tzinfo=day.tzinfo)


def _lines(content: bytes, file: str, needed: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line of a CSV with its number, as a mapping by heading; an empty mapping for a blank line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = Text(zh="{file} 不是 UTF-8 文本", en="{file} is not UTF-8 text")
        raise Misuse("usage", words.fill(file=file)) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    headings: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                if headings is not None:
                    yield reader.line_num, {}
            elif headings is None or [cell.strip().lower() for cell in cells] == headings:
                headings = [cell.strip().lower() for cell in cells]
                if missing := [name for name in needed if name not in headings]:
                    words = Text(zh="{file} 第 {n} 行表头缺少 {missing}", en="{file}, line {n}: no column {missing}")
                    listed = ", ".join(missing)
                    raise Misuse("usage", words.fill(file=file, n=reader.line_num, missing=listed))
            else:
                yield reader.line_num, dict(zip(headings, cells, strict=False))
    except csv.Error as error:
        words = Text(zh="{file} 第 {n} 行不是 CSV：{e}", en="{file}, line {n} is not CSV: {e}")
        raise Misuse("usage", words.fill(file=file, n=reader.line_num, e=error)) from error
