"""Many nights of a hospital under one configuration; another configuration meets the same people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.rules.hours import evenings
from nightdesk_queue.simulation.doctors import Doctors, drawn_doctors, present
from nightdesk_queue.simulation.night import ClinicNight, Memory, drawn
from nightdesk_queue.simulation.outcome import Outcome
from nightdesk_queue.simulation.people import Arrival, Consultations, Habits, Session, drawn_arrivals

EVENING = (time(18, 0), time(23, 0))
"""The part of a day that is played of a clinic that never closes."""
LOAD = 0.9
"""Share of the rooms' time that drawn arrivals ask for, where no rate is given."""


@dataclass(frozen=True)
class Plan:
    """What is played. `per_hour`, `rooms`: instead of a full load and the configured rooms; `arrivals`: given ones."""

    nights: int = 20
    seed: int = 1
    begin: date = date(2026, 3, 2)
    per_hour: float | None = None
    rooms: int | None = None
    habits: Habits = field(default_factory=Habits)
    arrivals: Sequence[Arrival] | None = None
    recorded: Sequence[Session] = ()

    def rooms_of(self, clinic: Clinic) -> int:
        """Return how many rooms of a clinic are at work."""
        return self.rooms or len(clinic.rooms)


def play_nights(
    hospital: Hospital, clinics: Sequence[Clinic], plan: Plan, progress: Callable[[], object] = lambda: None
) -> Outcome:
    """Play every clinic's nights and return what came of them; `progress` hears after each night of each clinic."""
    outcome, consultations = Outcome(), Consultations(plan.recorded)
    for clinic in clinics:
        memory = Memory()
        for number in range(plan.nights):
            day = plan.begin + timedelta(days=number)
            for name, arrivals in _evenings(hospital, clinic, plan, day, number):
                seed = f"{plan.seed}-{clinic.id}-{name}"
                length = drawn(clinic, consultations, seed)
                doctors = _doctors(plan, clinic, arrivals, seed)
                night = ClinicNight(hospital, clinic, doctors, plan.habits, length, seed, memory, outcome)
                night.play(arrivals)
                if number == 0:
                    outcome.samples.extend(night.samples)
            progress()
    return outcome


def sessions_of(clinic: Clinic, hospital: Hospital, day: date) -> list[tuple[datetime, datetime]]:
    """Return opening and last ticket of each session of a day; of a clinic that never closes, an evening."""
    if clinic.always_open:
        opens, last = (datetime.combine(day, at, hospital.zone) for at in EVENING)
        return [(opens, last)]
    return [(evening.opens, evening.last_ticket) for evening in evenings(clinic, hospital, day)]


def _doctors(plan: Plan, clinic: Clinic, arrivals: Sequence[Arrival], seed: str) -> Doctors:
    rooms = plan.rooms_of(clinic)
    return drawn_doctors(rooms, arrivals[0].at, arrivals[-1].at, plan.habits, seed) if arrivals else present(rooms)


def _evenings(
    hospital: Hospital, clinic: Clinic, plan: Plan, day: date, number: int
) -> Iterator[tuple[str, list[Arrival]]]:
    """Yield what is played of one day of a clinic: given arrivals as one night, drawn ones session by session."""
    if plan.arrivals is not None:
        shift = timedelta(days=number)
        yield str(day), [replace(one, at=one.at + shift) for one in plan.arrivals if one.clinic == clinic.id]
        return
    per_hour = plan.per_hour or LOAD * plan.rooms_of(clinic) * 60 / clinic.consult_minutes.first
    for opens, last in sessions_of(clinic, hospital, day):
        chance = Random(f"{plan.seed}-{clinic.id}-{opens}-arrivals")
        yield str(opens), list(drawn_arrivals(hospital, clinic, opens, last, per_hour, plan.habits, chance))
