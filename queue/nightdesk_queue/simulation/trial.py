"""How good the forecasts are on consultations that really took place.

Each session of a file is played as one evening: its patients come in the order of the file, two in five within ten
minutes of the opening and the others spread over three quarters of what the work takes; one doctor takes them first
come first served, and each stays as long as the file says. What every patient would have been told at arrival is held
against when they were called, beside three usual estimators: the wait of the last patient called, that of the patient
at the head of the line so far, and the mean of the last ten waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.waits import VisitType
from nightdesk_queue.simulation.doctors import drawn_doctors
from nightdesk_queue.simulation.night import ClinicNight, Memory
from nightdesk_queue.simulation.outcome import Outcome
from nightdesk_queue.simulation.people import Arrival, Habits, Session

ROOMS = 1
AT_THE_DOOR = 0.4
DOOR_MINUTES = 10.0
SPREAD = 0.75
"""Share of the session's expected work over which the others come."""
NOBODY_STRAYS = Habits(no_show=0.0, comes_late=0.0, examination=0.0, priority=0.0, urgent=0.0)


def forecast_trial(
    hospital: Hospital,
    clinic: Clinic,
    sessions: Sequence[Session],
    *,
    opens: datetime,
    rooms: int = ROOMS,
    habits: Habits = NOBODY_STRAYS,
    seed: int = 1,
    progress: Callable[[int], object] = lambda done: done,
) -> Outcome:
    """Play every session once and return what came of the forecasts; `progress` hears after each session."""
    memory, outcome = Memory(), Outcome()
    always = clinic.changed(hours="always", sessions=[], on_holidays="open")
    everyone = [minutes for session in sessions for _, minutes in session]
    mean = sum(everyone) / len(everyone)
    for done, session in enumerate(sessions, start=1):
        moments = _moments(len(session), mean * len(session) / rooms, Random(f"{seed}-{done}-arrivals"))
        arrivals = [Arrival(clinic.id, opens + timedelta(minutes=at)) for at in moments]
        night = ClinicNight(
            hospital,
            always,
            drawn_doctors(rooms, arrivals[0].at, arrivals[-1].at, habits, f"{seed}-{done}"),
            habits,
            lambda ticket, _, session=session: session[ticket.n - 1][1],  # type: ignore[misc]
            f"{seed}-{done}",
            memory,
            outcome,
            lambda ticket, session=session: _kind(session, ticket),  # type: ignore[misc]
        )
        night.play(arrivals)
        progress(done)
    return outcome


def _kind(session: Session, ticket: Ticket) -> VisitType:
    return session[ticket.n - 1][0]


def _moments(patients: int, work: float, chance: Random) -> list[float]:
    return sorted(
        chance.uniform(0, DOOR_MINUTES) if chance.random() < AT_THE_DOOR else chance.uniform(0, SPREAD * work)
        for _ in range(patients)
    )
