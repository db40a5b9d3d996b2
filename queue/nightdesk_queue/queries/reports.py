"""A night in numbers, read from the tickets and events of some service days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State, Ticket
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


def night(tx: Tx, hospital: Hospital, days: Sequence[date]) -> list[ClinicNight]:
    """Return each clinic's night over some service days, in the configuration's order."""
    found = tickets.of_days(tx, days)
    starts = events.first_starts(tx, [day.isoformat() for day in days])
    return [_clinic_night(clinic.id, clinic.prefix, found, starts) for clinic in hospital.clinic]


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


def percentile(values: Sequence[float], share: float) -> int | None:
    """Return the nearest-rank percentile, rounded to whole minutes; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return round(ranked[max(math.ceil(share * len(ranked)), 1) - 1])


def _clinic_night(
    clinic: str, prefix: str, found: Sequence[Ticket], starts: dict[tuple[str, str], float]
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
        issued=sum(ticket.prefix == prefix and ticket.state is not State.EXPECTED for ticket in found),
        served=sum(ticket.state is State.DONE for ticket in here),
        missed=sum(ticket.missed for ticket in here),
        transferred=sum(ticket.origin is not None for ticket in here),
        no_shows=sum(ticket.state is State.LAPSED and ticket.called_at is None for ticket in here),
        p50=percentile(waits, 0.5),
        p90=percentile(waits, 0.9),
    )
