"""A night in numbers: one table for the demo and for `report`, and its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightdesk_kiosk import json_output
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.config import Hospital
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from nightdesk_queue.queries.reports import ClinicNight

HEADINGS = (
    Text(zh="门诊", en="Clinic"),
    Text(zh="取号", en="Issued"),
    Text(zh="就诊", en="Served"),
    Text(zh="过号", en="Missed"),
    Text(zh="转入", en="Moved in"),
    Text(zh="爽约", en="No-shows"),
    Text(zh="等候p50(分)", en="p50 min"),
    Text(zh="等候p90(分)", en="p90 min"),
)


def cells(one: ClinicNight, hospital: Hospital) -> list[str]:
    """Return one clinic's row, in the order of HEADINGS; `-` where nobody was served."""
    numbers = (one.issued, one.served, one.missed, one.transferred, one.no_shows, one.p50, one.p90)
    name = say(hospital.clinic_name(one.clinic))
    return [name, *("-" if number is None else str(number) for number in numbers)]


def form(one: ClinicNight) -> json_output.JsonObject:
    """Return one clinic's night."""
    return {
        "clinic": one.clinic,
        "issued": one.issued,
        "served": one.served,
        "missed": one.missed,
        "transferred": one.transferred,
        "no_shows": one.no_shows,
        "wait_p50": one.p50,
        "wait_p90": one.p90,
    }
