"""`report`: a night, a week or a month in numbers, for people, spreadsheets, programs, browsers and paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import click

from nightdesk_kiosk import json_output, night_report_rows, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import command, option
from nightdesk_kiosk.cli.files import NOT_WRITTEN, write_csv
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.clock import parse_day
from nightdesk_kiosk.ui_language import say, speech
from nightdesk_queue.config.service_tables import ReportFormat
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.queries import reports
from nightdesk_queue.queries.night_report import NightReport, Span, night_report, period_of
from nightdesk_queue.rules import refusals
from nightdesk_queue.store.private_files import private_opener
from nightdesk_queue.text.bilingual import Text

NO_FORECASTS = Text(zh="这段时间没有预估", en="no forecasts in these days")
ONE_SPAN = Text(zh="--day、--week、--month 只写一个", en="name one of --day, --week and --month")
OLD_FORM = Text(
    zh="--days、--forecast、--csv 不能与 --week、--month、--clinic、--format 一起用",
    en="--days, --forecast and --csv go with --day alone, not with --week, --month, --clinic or --format",
)
NEEDS_FILE = Text(zh="pdf 要写到文件：--out report.pdf", en="a PDF goes to a file: --out report.pdf")
WROTE = Text(zh="已写入 {file}", en="{file} written")
Form = Literal["table"] | ReportFormat
FORMATS: tuple[Form, ...] = ("table", "json", "csv", "html", "pdf")


@command(cli, "report", Text(zh="一夜、一周、一月的数字", en="a night, a week or a month in numbers"))
@option("--day", metavar="DATE", about=Text(zh="服务日(默认今天)", en="the service day (default: today)"))
@option("--week", metavar="DATE", about=Text(zh="这一天所在的周(周一到周日)", en="the week of a day, Monday to Sunday"))
@option("--month", metavar="DATE", about=Text(zh="这一天所在的月", en="the month of a day"))
@option("--clinic", multiple=True, metavar="ID", about=Text(zh="只要这些门诊", en="only these clinics (repeatable)"))
@option("--format", "form", type=click.Choice(FORMATS), about=Text(zh="格式", en="the format"))
@option("--out", type=click.Path(path_type=Path), metavar="FILE", about=Text(zh="写到文件", en="write into a file"))
@option(
    "--days", type=click.IntRange(1, 400), default=1, show_default=True, about=Text(zh="连同之前几天", en="so many")
)
@option("--forecast", is_flag=True, about=Text(zh="预估：覆盖率和平均误差", en="coverage and mean error of forecasts"))
@option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="写成 CSV(Excel 可直接打开)", en="write a CSV that Excel opens as it is"),
)
@settings_of
def show_report(
    settings: Settings,
    day: str | None,
    week: str | None,
    month: str | None,
    clinic: tuple[str, ...],
    form: Form | None,
    out: Path | None,
    days: int,
    forecast: bool,
    csv_file: Path | None,
) -> None:
    """Print a night in numbers."""
    if week or month or clinic or form or out:
        if days > 1 or forecast or csv_file is not None:
            raise Misuse("usage", OLD_FORM)
        report = _report(settings, day, week, month, clinic)
        _give(settings, report, form or ("json" if settings.json else "table"), out)
        return
    last = _day(settings, day)
    if forecast:
        _show_forecasts(settings, last, days)
        return
    listed = [last - timedelta(days=back) for back in range(days)]
    with settings.looking() as tx:
        found = reports.by_day(tx, settings.hospital, listed)
        night = reports.night(tx, settings.hospital, listed)
    if csv_file is not None:
        rows = [night_report_rows.day_cells(one, settings.hospital) for one in found]
        write_csv(settings, csv_file, [say(heading) for heading in night_report_rows.DAY_HEADINGS], rows)
        return
    tables.show_days(settings, found, night, settings.hospital)


def _report(
    settings: Settings, day: str | None, week: str | None, month: str | None, clinic: Sequence[str]
) -> NightReport:
    named = [(span, said) for span, said in ((Span.DAY, day), (Span.WEEK, week), (Span.MONTH, month)) if said]
    if len(named) > 1:
        raise Misuse("usage", ONE_SPAN)
    span, said = named[0] if named else (Span.DAY, None)
    hospital = settings.hospital
    shown = [refusals.known_clinic(hospital, one) for one in dict.fromkeys(clinic)] or hospital.clinic
    with settings.looking() as tx:
        return night_report(tx, hospital, period_of(span, _day(settings, said)), shown, settings.now)


def _give(settings: Settings, report: NightReport, form: Form, out: Path | None) -> None:
    """Give a report in a format, on standard output or into a file."""
    from nightdesk_kiosk.reports.files import content_of  # noqa: PLC0415 - only who asks for a report pays for it

    if form == "table":
        _show(settings, report, out)
        return
    if form == "pdf" and out is None:
        raise Misuse("usage", NEEDS_FILE)
    content = content_of(form, report, settings.hospital, speech.language)
    if out is None:
        # a CSV in a pipe has no mark of its encoding: the next program would take it for a part of the first heading
        click.echo(content.decode("utf-8-sig"), nl=False)
    else:
        _write(settings, out, content)


def _show(settings: Settings, report: NightReport, out: Path | None) -> None:
    from nightdesk_kiosk.reports import sheets  # noqa: PLC0415 - only who asks for a report pays for it

    if out is not None:
        raise Misuse("usage", Text(zh="表格只在屏幕上；--out 要和 --format 一起用", en="--out needs a --format"))
    hospital = settings.hospital
    click.echo(f"{say(sheets.title_of(report.period, hospital))}  {say(sheets.span_of(report.period))}")
    for sheet in sheets.sheets_of(report, hospital):
        click.echo(f"\n{say(sheet.title)}")
        tables.show_rows(sheet.headings, [[say(cell) for cell in row] for row in sheet.rows], Text("", ""))


def _write(settings: Settings, file: Path, content: bytes) -> None:
    """Write a file for its owner's eyes alone. Raises Misuse."""
    try:
        with open(file, "wb", opener=private_opener) as opened:
            opened.write(content)
    except OSError as error:
        raise Misuse("usage", NOT_WRITTEN.fill(file=file, e=error.strerror or error)) from error
    if settings.json:
        click.echo(json_output.line({"file": str(file)}))
    else:
        click.echo(say(WROTE.fill(file=file)))


def _show_forecasts(settings: Settings, last: date, days: int) -> None:
    begin = datetime.combine(last - timedelta(days=days - 1), time(0), settings.hospital.zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(12), settings.hospital.zone).astimezone(UTC)
    with settings.looking() as tx:
        quality = reports.forecast_quality(tx, settings.hospital, begin, end)
    tables.show_forecast_quality(settings, quality, NO_FORECASTS)


def _day(settings: Settings, said: str | None) -> date:
    if said is None:
        return settings.now.astimezone(settings.hospital.zone).date()
    return parse_day(said)
