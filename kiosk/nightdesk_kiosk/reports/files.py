"""A report as files: what each is called, and what is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from nightdesk_kiosk import json_output
from nightdesk_kiosk.reports.forms import csv_rows, form
from nightdesk_kiosk.reports.page import page_of
from nightdesk_kiosk.reports.paper import paper_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import ReportFormat
from nightdesk_queue.queries.night_report import NightReport
from nightdesk_queue.text.bilingual import Language

KINDS: dict[ReportFormat, tuple[str, str]] = {
    "pdf": ("application", "pdf"),
    "html": ("text", "html"),
    "csv": ("text", "csv"),
    "json": ("application", "json"),
}
"""The media type of each format."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of a report."""

    name: str
    kind: tuple[str, str]
    content: bytes


def files_of(report: NightReport, hospital: Hospital, formats: Sequence[ReportFormat]) -> list[ReportFile]:
    """Return a report in these formats, each in every language of the hospital; JSON has none. Raises Misuse."""
    period = report.period
    stem = f"nightdesk-{period.span}-{period.days[0].isoformat()}"
    found = []
    for one in formats:
        if one == "json":
            found.append(ReportFile(f"{stem}.json", KINDS[one], json_of(report)))
            continue
        for language in hospital.hospital.languages:
            content = content_of(one, report, hospital, language)
            found.append(ReportFile(f"{stem}-{language}.{one}", KINDS[one], content))
    return found


def content_of(one: ReportFormat, report: NightReport, hospital: Hospital, language: Language) -> bytes:
    """Return what is in a file of a format; JSON has no language. Raises Misuse where an extra is missing."""
    if one == "json":
        return json_of(report)
    if one == "pdf":
        return paper_of(report, hospital, language)
    if one == "html":
        return page_of(report, hospital, language).encode()
    # by the mark Excel knows the encoding
    return csv_text(report, hospital, language).encode("utf-8-sig")


def json_of(report: NightReport) -> bytes:
    """Return a report as one line of JSON."""
    return (json_output.line(form(report)) + "\n").encode()


def csv_text(report: NightReport, hospital: Hospital, language: Language) -> str:
    """Return a report as the text of a CSV."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(csv_rows(report, hospital, language))
    return written.getvalue()
