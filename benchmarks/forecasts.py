"""How good the forecasts are when one of two doctors goes home without a word, with and without noticing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measure import Figure

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.simulation.nights import Plan, play_nights
from nightdesk_queue.simulation.outcome import ForecastSummary, forecast_summary
from nightdesk_queue.simulation.people import Habits

CLINIC, ROOMS, NIGHTS = "tcm-night", 2, 150
AN_HOUR = 60
"""Minutes after which an empty room stopped counting when nobody looked whether somebody waited."""


def leavers(hospital: Hospital, _: Path) -> Iterator[Figure]:
    """Coverage and error of what is told in the hour after a doctor left, on the same nights and people."""
    clinic = hospital.clinics[CLINIC]
    after = _after_leaving(hospital, clinic)
    before = _after_leaving(hospital, clinic.changed(empty_after_minutes=AN_HOUR))
    share, was = 100 * after.coverage, 100 * before.coverage
    yield Figure("coverage after a doctor left", share, "%", f"an empty room counts for an hour: {was:.1f} %", 65, True)
    compared = f"an empty room counts for an hour: {before.mae:.1f} min"
    yield Figure("error after a doctor left", after.mae, "min", compared)


def _after_leaving(hospital: Hospital, clinic: Clinic) -> ForecastSummary:
    plan = Plan(nights=NIGHTS, rooms=ROOMS, habits=Habits(leavers=1.0))
    judged = play_nights(hospital, [clinic], plan).judged
    summary = forecast_summary([one for one in judged if one.after_leaving])
    assert summary is not None, "somebody is told a wait after a doctor left"
    return summary
