"""A night in numbers, read from the tickets and events of some service days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules.figures import percentile
from nightdesk_queue.store import events, forecasts, tickets
from nightdesk_queue.store.database import Tx


@dataclass(frozen=True, slots=True)
class ClinicNight:
    """One clinic: tickets issued here, served here, calls missed, patients transferred in, waits in minutes.

    A wait runs from the first arrival to the first time the patient came into a room of this clinic; a transferred
    patient's counts from the arrival at the first clinic. `p50` and `p90` are None where nobody was served.
    """

    clinic: str
    issued: int
    served: int
    missed: int
    transferred: int
    no_shows: int
    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What has become of the numbers that a clinic issued on some service days; each is in one of these and no other.

    `served` here, `moved_out` to another clinic (whatever became of them there), `missed` and not back yet,
    `cancelled`, `lapsed` after misses or never come, `taken_back` right after they were given, `waiting` for or in a
    consultation here.
    """

    served: int = 0
    moved_out: int = 0
    missed: int = 0
    cancelled: int = 0
    lapsed: int = 0
    taken_back: int = 0
    waiting: int = 0

    @property
    def issued(self) -> int:
        """How many numbers these are."""
        return sum(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """One clinic on one service day: what became of the numbers issued here, and its night."""

    day: date
    whereabouts: Whereabouts
    night: ClinicNight


def by_day(tx: Tx, hospital: Hospital, days: Sequence[date]) -> list[ClinicDay]:
    """Return every clinic on every service day, the earliest first; one query a day, whatever happened on it."""
    found = []
    for day in sorted(days):
        of_day = tickets.of_days(tx, [day])
        taken_back = events.taken_back(tx, [day.isoformat()])
        starts = events.first_starts(tx, [day.isoformat()])
        for clinic in hospital.clinic:
            issued = [one for one in of_day if hospital.giver(one) == clinic.id and one.state is not State.EXPECTED]
            whereabouts = _whereabouts(clinic.id, issued, taken_back)
            found.append(ClinicDay(day, whereabouts, _clinic_night(clinic.id, hospital, of_day, starts)))
    return found


def _whereabouts(clinic: str, issued: Sequence[Ticket], taken_back: Collection[str]) -> Whereabouts:
    counted = Counter(_whereabouts_of(clinic, ticket, taken_back) for ticket in issued)
    return Whereabouts(**counted)


def _whereabouts_of(clinic: str, ticket: Ticket, taken_back: Collection[str]) -> str:
    if ticket.id in taken_back:
        return "taken_back"
    if ticket.clinic != clinic:
        return "moved_out"
    return _BY_STATE[ticket.state]


_BY_STATE = {
    State.DONE: "served",
    State.MISSED: "missed",
    State.CANCELLED: "cancelled",
    State.LAPSED: "lapsed",
    State.WAITING: "waiting",
    State.CALLED: "waiting",
    State.SERVING: "waiting",
    State.HELD: "waiting",
}


def night(tx: Tx, hospital: Hospital, days: Sequence[date]) -> list[ClinicNight]:
    """Return each clinic's night over some service days, in the configuration's order."""
    found = tickets.of_days(tx, days)
    starts = events.first_starts(tx, [day.isoformat() for day in days])
    return [_clinic_night(clinic.id, hospital, found, starts) for clinic in hospital.clinic]


@dataclass(frozen=True, slots=True)
class ForecastQuality:
    """How good the forecasts told at one clinic were: how many, the share of waits inside the interval told, and the
    mean absolute error of the estimate in minutes."""

    clinic: str
    told: int
    coverage: float
    mae: float


def forecast_quality(tx: Tx, hospital: Hospital, since: datetime, until: datetime) -> list[ForecastQuality]:
    """Return the quality of the forecasts told in a span of time, for each clinic that told any."""
    found = forecasts.settled(tx, since, until)
    qualities = []
    for clinic in hospital.clinic:
        told = [one for one in found if one.clinic == clinic.id]
        if told:
            held = sum(one.low <= one.waited <= one.high for one in told) / len(told)
            mae = sum(abs(one.waited - one.wait) for one in told) / len(told)
            qualities.append(ForecastQuality(clinic.id, len(told), held, mae))
    return qualities


def _clinic_night(
    clinic: str, hospital: Hospital, found: Sequence[Ticket], starts: dict[tuple[str, str], float]
) -> ClinicNight:
    here = [ticket for ticket in found if ticket.clinic == clinic]
    waits = [
        waited
        for ticket in found
        if (ticket.id, clinic) in starts
        # a clock that was wrong in between measures nothing
        and (waited := (starts[ticket.id, clinic] - ticket.arrived_at.timestamp()) / 60) >= 0
    ]
    return ClinicNight(
        clinic=clinic,
        issued=sum(hospital.giver(ticket) == clinic and ticket.state is not State.EXPECTED for ticket in found),
        served=sum(ticket.state is State.DONE for ticket in here),
        missed=sum(ticket.missed for ticket in here),
        transferred=sum(ticket.origin is not None for ticket in here),
        no_shows=sum(ticket.state is State.LAPSED and ticket.called_at is None for ticket in here),
        p50=percentile(waits, 0.5),
        p90=percentile(waits, 0.9),
    )
