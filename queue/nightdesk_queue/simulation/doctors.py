"""Doctors of a played night: which rooms they are in, when one takes a break and when one goes home early.

They tell nobody, as on real nights. Who is with a patient finishes first. The first room's doctor never goes home
early: somebody has to see who is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from nightdesk_queue.simulation.people import Habits

BREAK_MINUTES = (10.0, 30.0)
"""The shortest and the longest break."""
STAYS_AT_LEAST = 0.25
"""Share of a session before which nobody takes a break or goes home."""


@dataclass(frozen=True, slots=True)
class Absence:
    """One room without its doctor. `until`: when the doctor is back, None for one who has gone home."""

    room: str
    begins: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Doctors:
    """The doctors of one session, one to a room, all there from its opening."""

    rooms: tuple[str, ...]
    absences: tuple[Absence, ...] = ()

    def away(self, room: str, now: datetime) -> bool:
        """Return whether a room's doctor is away at a moment."""
        return any(
            one.room == room and one.begins <= now and (one.until is None or now < one.until) for one in self.absences
        )


def present(rooms: int) -> Doctors:
    """Return doctors who stay in their rooms all night."""
    return Doctors(tuple(f"room-{n}" for n in range(1, rooms + 1)))


def drawn_doctors(rooms: int, opens: datetime, last: datetime, habits: Habits, seed: str) -> Doctors:
    """Return doctors whose breaks and early leaving are drawn by chance, the same for a seed."""
    doctors = present(rooms)
    absences = [
        absence
        for place, room in enumerate(doctors.rooms)
        for absence in _of_one(room, opens, last, habits, Random(f"{seed}-{room}-doctor"), may_leave=place > 0)
    ]
    return Doctors(doctors.rooms, tuple(absences))


def _of_one(
    room: str, opens: datetime, last: datetime, habits: Habits, chance: Random, *, may_leave: bool
) -> Sequence[Absence]:
    """Draw one doctor's absences: all chances are drawn, so that a share changed changes nobody else's night."""
    rests, goes = chance.random() < habits.breaks, chance.random() < habits.leavers
    span = last - opens
    begins = opens + span * chance.uniform(STAYS_AT_LEAST, 1)
    back = begins + timedelta(minutes=chance.uniform(*BREAK_MINUTES))
    leaves = opens + span * chance.uniform(STAYS_AT_LEAST, 1)
    found = [Absence(room, begins, back)] if rests else []
    if goes and may_leave:
        found.append(Absence(room, leaves, None))
    return found
