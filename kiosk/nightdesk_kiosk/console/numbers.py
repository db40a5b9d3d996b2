"""Tonight in numbers, as lines for the console: who came when as small bars, and the sheets of the daily report."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text as RichText

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.reports import sheets
from nightdesk_kiosk.reports.sheets import Sheet, sheets_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.queries.night_report import NightReport, in_night
from nightdesk_queue.text.bilingual import Language, Text

BARS = "▁▂▃▄▅▆▇█"
GAP = 2
"""Columns between two columns of a sheet."""
MOST_NAME = 24
"""Columns of a name where there is little room."""
SHORT = {
    sheets.P50: Text(zh="p50", en="p50"),
    sheets.P90: Text(zh="p90", en="p90"),
    sheets.WITHIN: Text(zh="限时内", en="in limit"),
    sheets.OVER: Text(zh="超时", en="over"),
    sheets.TRANSFERRED: Text(zh="转入", en="in"),
}
"""Headings where there is little room."""


def numbers_lines(report: NightReport, hospital: Hospital, language: Language, width: int) -> list[RichText]:
    """Return the lines: a sparkline a clinic, then every sheet with its columns below each other.

    `width`: columns there are. Where a sheet is wider, it stands without the figures of the day before and with short
    headings.
    """
    lines = [RichText(texts.ARRIVALS_BY_HOUR.of(language), "bold")]
    lines += _sparklines(report, hospital, language)
    narrow = any(_width(sheet, language) > width for sheet in sheets_of(report, hospital))
    for sheet in sheets_of(report, hospital, compared=not narrow):
        lines.append(RichText(""))
        lines.append(RichText(sheet.title.of(language), "bold"))
        lines += _aligned(sheet, language, short=narrow)
    return lines


def sparkline(counts: Sequence[int]) -> str:
    """Return counts as bars of equal width, the highest of them full; nothing is the lowest bar."""
    most = max(counts, default=0)
    return "".join(BARS[round(count / most * (len(BARS) - 1))] if most else BARS[0] for count in counts)


def _sparklines(report: NightReport, hospital: Hospital, language: Language) -> list[RichText]:
    hours = sorted({hour for found in report.arrivals.values() for hour in found}, key=in_night)
    if not hours:
        return [RichText(texts.NOBODY_CAME.of(language))]
    first, last = in_night(hours[0]), in_night(hours[-1])
    every = [(place + 12) % 24 for place in range(first, last + 1)]
    names = {clinic: hospital.clinics[clinic].short_name.of(language) for clinic in report.arrivals}
    width = max(cell_len(name) for name in names.values())
    lines = []
    for clinic, found in report.arrivals.items():
        counts = [found.get(hour, 0) for hour in every]
        name = names[clinic] + " " * (width - cell_len(names[clinic]))
        lines.append(
            RichText(f"{name}  {sparkline(counts)}  {every[0]:02d}:00–{(every[-1] + 1) % 24:02d}:00  {sum(counts)}")
        )
    return lines


def _width(sheet: Sheet, language: Language) -> int:
    rows = [[cell.of(language) for cell in row] for row in (sheet.headings, *sheet.rows)]
    return sum(max(cell_len(row[column]) for row in rows) + GAP for column in range(len(rows[0]))) - GAP


def _aligned(sheet: Sheet, language: Language, *, short: bool) -> list[RichText]:
    headings = [SHORT.get(heading, heading) if short else heading for heading in sheet.headings]
    rows = [[cell.of(language) for cell in row] for row in (headings, *sheet.rows)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    if short:
        widths[0] = min(widths[0], MOST_NAME)
        rows = [[set_cell_size(row[0], widths[0]), *row[1:]] for row in rows]
    lines = []
    for place, row in enumerate(rows):
        cells = [_padded(words, widths[column], left=column == 0) for column, words in enumerate(row)]
        lines.append(RichText((" " * GAP).join(cells), "" if place else "underline"))
    return lines


def _padded(words: str, width: int, *, left: bool) -> str:
    blank = " " * (width - cell_len(words))
    return words + blank if left else blank + words
