"""A report as one web page: no script, no address of another machine, readable on paper, too."""

from __future__ import annotations

import io
from importlib.resources import files

from nightdesk_kiosk.reports import plots
from nightdesk_kiosk.reports.lettering import font_for, letters_of
from nightdesk_kiosk.reports.sheets import Sheet, sheets_of, span_of, title_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.queries.night_report import NightReport
from nightdesk_queue.text.bilingual import Language

INCHES = (9, 3)


def page_of(report: NightReport, hospital: Hospital, language: Language) -> str:
    """Return the page. Raises Misuse where an extra is missing."""
    with plots.needed():
        from jinja2 import Environment  # noqa: PLC0415 - an extra; only who wants pages needs it
    template = files("nightdesk_kiosk.reports").joinpath("page.html.j2").read_text(encoding="utf-8")
    # everything that a hospital or a person has written is escaped; the plots are ours
    return (
        Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(template)
        .render(
            language="zh-CN" if language == "zh" else "en",
            title=title_of(report.period, hospital).of(language),
            span=span_of(report.period).of(language),
            sheets=[_in_language(sheet, language) for sheet in sheets_of(report, hospital)],
            plots=_plots(report, hospital, language),
        )
    )


def _in_language(sheet: Sheet, language: Language) -> dict[str, object]:
    return {
        "title": sheet.title.of(language),
        "headings": [heading.of(language) for heading in sheet.headings],
        "rows": [[cell.of(language) for cell in row] for row in sheet.rows],
    }


def _plots(report: NightReport, hospital: Hospital, language: Language) -> list[str]:
    """Return the plots as SVG whose letters are letters, drawn with the reader's own fonts."""
    with plots.needed():
        from matplotlib import rc_context  # noqa: PLC0415 - an extra; only who wants plots needs it
        from matplotlib.figure import Figure  # noqa: PLC0415
    found = []
    letters = letters_of(sheets_of(report, hospital), "", language)
    with font_for(letters, hospital) as font, rc_context({"svg.fonttype": "none", "svg.hashsalt": "nightdesk"}):
        for draw in (plots.draw_arrivals, plots.draw_waits):
            figure = Figure(figsize=INCHES, layout="constrained")
            draw(figure.add_subplot(), report, hospital, language, font)
            written = io.StringIO()
            figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
            svg = written.getvalue()
            found.append(svg[svg.index("<svg") :])
    return found
