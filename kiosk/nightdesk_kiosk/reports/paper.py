"""A report as one A4 sheet (PDF): clinics, plots, and what was away; for the folder on the desk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from nightdesk_kiosk.reports import plots
from nightdesk_kiosk.reports.lettering import font_for, letters_of
from nightdesk_kiosk.reports.sheets import Sheet, sheets_of, span_of, title_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.queries.night_report import NightReport
from nightdesk_queue.text.bilingual import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

A4 = (8.27, 11.69)
LEFT, RIGHT, TOP = 0.07, 0.95, 0.965
ROW = 0.0155
"""Height of a row of a table, as a share of the sheet."""
LETTERS = 7
MOST_ROWS = 10
"""Rows of one table that the sheet shows; the web page and the CSV have all of them."""


def paper_of(report: NightReport, hospital: Hospital, language: Language) -> bytes:
    """Return the sheet. Raises Misuse where an extra is missing."""
    with plots.needed():
        from matplotlib import rc_context  # noqa: PLC0415 - an extra; only who wants paper needs it
        from matplotlib.figure import Figure  # noqa: PLC0415
    sheets = sheets_of(report, hospital)
    title, span = title_of(report.period, hospital).of(language), span_of(report.period).of(language)
    with font_for(letters_of(sheets, title + span, language), hospital) as font, rc_context({"pdf.fonttype": 3}):
        figure = Figure(figsize=A4)
        figure.text(LEFT, TOP, title, fontproperties=font, fontsize=16)
        figure.text(LEFT, TOP - 0.02, span, fontproperties=font, fontsize=10)
        below = _table(figure, sheets[0], TOP - 0.05, language, font)
        plots.draw_arrivals(
            figure.add_axes((LEFT, below - 0.185, RIGHT - LEFT, 0.15)), report, hospital, language, font
        )
        plots.draw_waits(figure.add_axes((LEFT, below - 0.40, RIGHT - LEFT, 0.15)), report, hospital, language, font)
        below -= 0.44
        for sheet in sheets[1:]:
            if below - ROW * (min(len(sheet.rows), MOST_ROWS) + 3) < 0.02:
                continue
            below = _table(figure, sheet, below, language, font)
        written = io.BytesIO()
        figure.savefig(written, format="pdf", metadata={"Title": f"{title}, {span}", "CreationDate": None})
    return written.getvalue()


def _table(figure: Figure, sheet: Sheet, top: float, language: Language, font: FontProperties | None) -> float:
    """Draw a table from a height on, and return where the next one may begin."""
    figure.text(LEFT, top, sheet.title.of(language), fontproperties=font, fontsize=LETTERS + 2)
    columns = len(sheet.headings)
    first = 0.25 if columns > 5 else 0.45
    width = (RIGHT - LEFT - first) / max(columns - 1, 1)
    lines = [[heading.of(language) for heading in sheet.headings]]
    lines += [[cell.of(language) for cell in row] for row in sheet.rows[:MOST_ROWS]]
    for row, line in enumerate(lines, start=1):
        y = top - ROW * row
        for column, words in enumerate(line):
            x = LEFT if column == 0 else LEFT + first + width * column
            side = "left" if column == 0 else "right"
            figure.text(x, y, words, fontproperties=font, fontsize=LETTERS, ha=side)
    return top - ROW * (len(lines) + 1.5)
