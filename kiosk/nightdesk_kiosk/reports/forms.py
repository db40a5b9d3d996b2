"""A report as JSON, and as the rows of one CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import cast

from nightdesk_kiosk.json_output import JsonObject
from nightdesk_kiosk.reports.sheets import sheets_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import level_numeral
from nightdesk_queue.queries.night_report import NightReport
from nightdesk_queue.rules.figures import Figures
from nightdesk_queue.text.bilingual import Language


def form(report: NightReport) -> JsonObject:
    """Return a report as JSON. Levels are numerals, weekdays 1 (Monday) to 7, hours 0 to 23."""
    period = report.period
    return {
        "span": period.span,
        "from": period.days[0].isoformat(),
        "to": period.days[-1].isoformat(),
        "before_from": period.before[0].isoformat(),
        "before_to": period.before[-1].isoformat(),
        "total": {"now": _figures(report.total.now), "before": _figures(report.total.before)},
        "clinics": {
            clinic: {"now": _figures(one.now), "before": _figures(one.before)} for clinic, one in report.clinics.items()
        },
        "hours": {str(hour): _figures(one) for hour, one in report.hours.items()},
        "levels": {level_numeral(level): _figures(one) for level, one in report.levels.items()},
        "badges": {group: _figures(one) for group, one in report.groups.items()},
        "weekdays": {str(day + 1): _figures(one) for day, one in report.weekdays.items()},
        "arrivals": {clinic: {str(hour): n for hour, n in hours.items()} for clinic, hours in report.arrivals.items()},
        "pages": cast(JsonObject, asdict(report.pages)),
        "away": [cast(JsonObject, asdict(one)) for one in report.away],
        "forecasts": [cast(JsonObject, asdict(one)) for one in report.forecasts],
    }


def csv_rows(report: NightReport, hospital: Hospital, language: Language) -> Iterator[list[str]]:
    """Yield every sheet under its title and headings, an empty row between two."""
    for place, sheet in enumerate(sheets_of(report, hospital)):
        if place:
            yield []
        yield [sheet.title.of(language)]
        yield [heading.of(language) for heading in sheet.headings]
        for row in sheet.rows:
            yield [cell.of(language) for cell in row]


def _figures(one: Figures) -> JsonObject:
    return cast(JsonObject, asdict(one))
