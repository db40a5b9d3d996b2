"""A night in numbers: one table for the demo and for `report`, and its JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from nightdesk_kiosk import json_output
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.config import Hospital
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from nightdesk_queue.queries.reports import ClinicDay, ClinicNight

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


DAY_HEADINGS = (
    Text(zh="日期", en="Day"),
    HEADINGS[0],
    HEADINGS[1],
    HEADINGS[2],
    Text(zh="转出", en="Moved out"),
    Text(zh="过号未回", en="Missed"),
    Text(zh="取消", en="Cancelled"),
    Text(zh="作废", en="Lapsed"),
    Text(zh="撤回", en="Taken back"),
    Text(zh="仍候诊", en="Waiting"),
    HEADINGS[4],
    HEADINGS[6],
    HEADINGS[7],
)
"""A row a day: issued is the sum of the seven columns behind it."""


def day_cells(one: ClinicDay, hospital: Hospital) -> list[str]:
    """Return one clinic's day, in the order of DAY_HEADINGS; `-` where nobody was served."""
    where, night = one.whereabouts, one.night
    numbers = (
        where.issued, where.served, where.moved_out, where.missed, where.cancelled, where.lapsed, where.taken_back,
        where.waiting, night.transferred, night.p50, night.p90,
    )  # fmt: skip
    name = say(hospital.clinic_name(night.clinic))
    return [one.day.isoformat(), name, *("-" if number is None else str(number) for number in numbers)]


def day_form(one: ClinicDay) -> json_output.JsonObject:
    """Return one clinic's day, with what became of the numbers issued on it."""
    return {"day": one.day.isoformat(), "issued": one.whereabouts.issued, **asdict(one.whereabouts)}
