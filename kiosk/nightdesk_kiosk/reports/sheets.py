"""A report as sheets of rows, the same in every format. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.tickets import level_numeral
from nightdesk_queue.queries.night_report import Compared, NightReport, Period, Span
from nightdesk_queue.rules.figures import Figures
from nightdesk_queue.text.bilingual import Text, same

NOTHING = "-"
"""What stands where nothing was measured."""

TITLES = {
    Span.DAY: Text(zh="{hospital} 日报", en="{hospital}: daily report"),
    Span.WEEK: Text(zh="{hospital} 周汇总", en="{hospital}: weekly summary"),
    Span.MONTH: Text(zh="{hospital} 月汇总", en="{hospital}: monthly summary"),
}
SPANS = {
    Span.DAY: Text(zh="{first}", en="{first}"),
    Span.WEEK: Text(zh="{first} 至 {last}", en="{first} to {last}"),
    Span.MONTH: Text(zh="{first} 至 {last}", en="{first} to {last}"),
}
BEFORE = {
    Span.DAY: Text(zh="前一日", en="the day before"),
    Span.WEEK: Text(zh="上一周", en="the week before"),
    Span.MONTH: Text(zh="上个月", en="the month before"),
}
ISSUED = Text(zh="取号", en="Issued")
SERVED = Text(zh="就诊", en="Served")
MISSED = Text(zh="过号", en="Missed")
TRANSFERRED = Text(zh="转入", en="Moved in")
P50 = Text(zh="等候 p50(分)", en="Wait p50, min")
P90 = Text(zh="等候 p90(分)", en="Wait p90, min")
WITHIN = Text(zh="限时内", en="Within limit")
OVER = Text(zh="超时(人)", en="Over limit")
FIGURES = (ISSUED, SERVED, MISSED, TRANSFERRED, P50, P90, WITHIN, OVER)
CLINICS = Text(zh="各门诊(括号内：{before})", en="By clinic (in brackets: {before})")
CLINICS_NOW = Text(zh="各门诊", en="By clinic")
CLINIC = Text(zh="门诊", en="Clinic")
TOTAL = Text(zh="合计", en="All")
HOURS = Text(zh="按取号时段", en="By hour of arrival")
HOUR = Text(zh="时段", en="Hour")
LEVELS = Text(zh="按分诊级别", en="By triage level")
LEVEL = Text(zh="级别", en="Level")
GROUPS = Text(zh="按优先类别", en="By badge")
GROUP = Text(zh="类别", en="Badge")
WEEKDAYS = Text(zh="按星期", en="By weekday")
WEEKDAY = Text(zh="星期", en="Weekday")
WEEKDAY_NAMES = (
    Text(zh="周一", en="Monday"),
    Text(zh="周二", en="Tuesday"),
    Text(zh="周三", en="Wednesday"),
    Text(zh="周四", en="Thursday"),
    Text(zh="周五", en="Friday"),
    Text(zh="周六", en="Saturday"),
    Text(zh="周日", en="Sunday"),
)
PAGES = Text(zh="值班呼叫", en="Pages for doctors on call")
PAGED = Text(zh="呼叫", en="Paged")
ANSWERED = Text(zh="应答", en="Answered")
ANSWER_P50 = Text(zh="应答 p50(分)", en="Answer p50, min")
ANSWER_P90 = Text(zh="应答 p90(分)", en="Answer p90, min")
AWAY = Text(zh="设备离线", en="Devices that were away")
DEVICE = Text(zh="设备", en="Device")
TIMES = Text(zh="次数", en="Times")
MINUTES = Text(zh="共(分)", en="Minutes")
PRINTER = Text(zh="打印机 {name}", en="printer {name}")
SCREEN = Text(zh="叫号屏 {name}", en="call screen {name}")
NONE_AWAY = Text(zh="没有设备离线", en="no device was away")
FORECASTS = Text(zh="等候预估", en="Forecasts of waits")
TOLD = Text(zh="已告知", en="Told")
INSIDE = Text(zh="落在区间内", en="Inside the interval")
ERROR = Text(zh="平均误差(分)", en="Mean error, min")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a report."""

    title: Text
    headings: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


def title_of(period: Period, hospital: Hospital) -> Text:
    """Return the title of a report."""
    return TITLES[period.span].fill(hospital=hospital.hospital.name)


def span_of(period: Period) -> Text:
    """Return the days of a report in words."""
    return SPANS[period.span].fill(first=period.days[0].isoformat(), last=period.days[-1].isoformat())


def sheets_of(report: NightReport, hospital: Hospital, *, compared: bool = True) -> list[Sheet]:
    """Return the tables of a report; what nothing is known of is left out, but clinics, pages and devices never.

    `compared`: with the figures of the period before.
    """
    found = [_clinics(report, hospital) if compared else _clinics_now(report, hospital)]
    hours = {same(f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"): one for hour, one in report.hours.items()}
    levels = {same(level_numeral(level)): one for level, one in report.levels.items()}
    groups = {_group(group, hospital): one for group, one in report.groups.items()}
    weekdays = {WEEKDAY_NAMES[day]: one for day, one in report.weekdays.items()}
    for title, heading, parts in ((HOURS, HOUR, hours), (LEVELS, LEVEL, levels), (GROUPS, GROUP, groups)):
        if parts:
            found.append(_figures(title, heading, parts))
    if weekdays and report.period.span is not Span.DAY:
        found.append(_figures(WEEKDAYS, WEEKDAY, weekdays))
    found.append(_pages(report))
    found.append(_away(report, hospital))
    if report.forecasts:
        found.append(_forecasts(report, hospital))
    return found


def figure_cells(one: Figures) -> tuple[Text, ...]:
    """Return figures in the order of FIGURES."""
    within = NOTHING if one.within is None else f"{one.within:.0%}"
    numbers = (
        one.issued,
        one.served,
        one.missed,
        one.transferred,
        _number(one.p50),
        _number(one.p90),
        within,
        one.over,
    )
    return tuple(same(str(number)) for number in numbers)


def _clinics(report: NightReport, hospital: Hospital) -> Sheet:
    before = BEFORE[report.period.span]
    named = [(hospital.clinic_name(clinic), one) for clinic, one in report.clinics.items()]
    rows = [(name, *_compared(one)) for name, one in (*named, (TOTAL, report.total))]
    return Sheet(CLINICS.fill(before=before), (CLINIC, *FIGURES), tuple(rows))


def _clinics_now(report: NightReport, hospital: Hospital) -> Sheet:
    named = {hospital.clinic_name(clinic): one.now for clinic, one in report.clinics.items()}
    return _figures(CLINICS_NOW, CLINIC, {**named, TOTAL: report.total.now})


def _compared(one: Compared) -> tuple[Text, ...]:
    now, before = figure_cells(one.now), figure_cells(one.before)
    return tuple(same(f"{new.en} ({old.en})") for new, old in zip(now, before, strict=True))


def _figures(title: Text, heading: Text, parts: Mapping[Text, Figures]) -> Sheet:
    return Sheet(title, (heading, *FIGURES), tuple((name, *figure_cells(one)) for name, one in parts.items()))


def _pages(report: NightReport) -> Sheet:
    one = report.pages
    numbers = (one.paged, one.answered, _number(one.p50), _number(one.p90))
    row = tuple(same(str(number)) for number in numbers)
    return Sheet(PAGES, (PAGED, ANSWERED, ANSWER_P50, ANSWER_P90), (row,))


def _away(report: NightReport, hospital: Hospital) -> Sheet:
    rows = []
    for one in report.away:
        words, name = PRINTER, hospital.printer_name(one.id)
        if one.kind is DeviceKind.DISPLAY:
            words, name = SCREEN, same(one.id)
        rows.append((words.fill(name=name), same(str(one.times)), same(str(one.minutes))))
    empty = ((NONE_AWAY, same("0"), same("0")),)
    return Sheet(AWAY, (DEVICE, TIMES, MINUTES), tuple(rows) or empty)


def _forecasts(report: NightReport, hospital: Hospital) -> Sheet:
    rows = tuple(
        (
            hospital.clinic_name(one.clinic),
            same(str(one.told)),
            same(f"{one.coverage:.0%}"),
            same(f"{one.mae:.1f}"),
        )
        for one in report.forecasts
    )
    return Sheet(FORECASTS, (CLINIC, TOLD, INSIDE, ERROR), rows)


def _group(group: str, hospital: Hospital) -> Text:
    known = hospital.priorities.get(group)
    return known.name if known else same(group)


def _number(value: int | None) -> str:
    return NOTHING if value is None else str(value)
