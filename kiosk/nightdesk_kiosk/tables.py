"""What commands print: JSON lines for programs, tables for people. rich is imported only for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from nightdesk_kiosk import json_output, night_report_rows
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Call, Standing, Ticket, level_numeral
from nightdesk_queue.text.bilingual import Text, same

if TYPE_CHECKING:
    from rich.table import Table

    from nightdesk_queue.domain.events import Event
    from nightdesk_queue.queries.queue_view import QueueView
    from nightdesk_queue.queries.reports import ClinicDay, ClinicNight, ForecastQuality

NUMBER = Text(zh="号码", en="Number")
CLINIC = Text(zh="门诊", en="Clinic")
STATE = Text(zh="状态", en="State")
ROOM = Text(zh="诊室", en="Room")
AHEAD = Text(zh="前面", en="Ahead")
WAIT = Text(zh="等候(分)", en="Minutes")
WHY = Text(zh="依据", en="Why")
LEVEL = Text(zh="级别", en="Level")
BADGES = Text(zh="优先", en="Badges")
SINCE = Text(zh="到达", en="Arrived")
AT = Text(zh="时间", en="At")
STATION = Text(zh="在何处", en="Where")
WHO = Text(zh="操作人", en="Who")
WHERE = Text(zh="工位", en="Station")
WHAT = Text(zh="事件", en="What")
CHANGE = Text(zh="变化", en="Change")
OPEN = Text(zh="开诊", en="open")
CLOSED = Text(zh="停止取号", en="closed")
_NARROW = (NUMBER, STATE, LEVEL, BADGES, AHEAD, WAIT, SINCE, AT)
SUSPENDED = Text(zh="停诊", en="suspended")
AWAY = Text(zh="去：{where}", en="at: {where}")
AWAY_LONG = Text(zh="去：{where}，久未回来，请查看", en="at: {where}, away too long, ask after them")
CALLS = Text(zh="第 {n}/{of} 次，{m} 分钟前", en="call {n} of {of}, {m} min ago")
SLOT = Text(zh="预约 {at}", en="booked {at}")
NOBODY = Text(zh="没有人候诊", en="nobody is waiting")
NO_EVENTS = Text(zh="没有事件", en="no events")

PIPE_COLUMNS = 1000
"""Columns of a table that goes to a file or another program: no cell is wrapped."""


def emit(form: json_output.JsonObject) -> None:
    """Print one JSON object on a line of its own; in plain ASCII where the output cannot hold more."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    click.echo(json_output.line(form, ascii_only=encoding not in ("utf-8", "utf8")))


def show_ticket(settings: Settings, ticket: Ticket, standing: Standing | None = None) -> None:
    """Print a ticket as it is now; `standing`: what its patient is told of the wait, None for who does not wait."""
    zone = settings.hospital.zone
    if settings.json:
        emit({"ticket": json_output.ticket(ticket, standing, zone)})
        return
    name = settings.hospital.clinic_name(ticket.clinic)
    table = _table(NUMBER, CLINIC, STATE, LEVEL, BADGES, ROOM, AHEAD, WAIT, SINCE)
    cells = (
        ticket.number,
        say(name),
        say(STATE_TEXTS[ticket.state]),
        level_numeral(ticket.level),
        badges(settings, ticket),
        _room(settings, ticket),
        *_told(standing),
        _local(settings, ticket.arrived_at),
    )
    _add_row(table, cells)
    _print(table)


def show_call(settings: Settings, made: Call) -> None:
    """Print a call."""
    if settings.json:
        emit(json_output.call(made, settings.hospital.zone))
        return
    room = settings.hospital.room_name(made.room)
    table = _table(NUMBER, ROOM, WHY, AT)
    cells = (made.ticket.number, say(room), say(made.text), _local(settings, made.at))
    _add_row(table, cells)
    _print(table)


def show_queue(settings: Settings, found: QueueView) -> None:
    """Print a clinic's queue in calling order."""
    if settings.json:
        emit(json_output.queue(found, settings.hospital.zone))
        return
    state = SUSPENDED if found.suspended else OPEN if found.opening.issuing else CLOSED
    table = _table(NUMBER, STATE, LEVEL, BADGES, ROOM, AHEAD, WAIT, WHY, SINCE)
    title = " · ".join(filter(None, (say(found.clinic.name), say(state), found.notice)))
    for ticket in found.serving:
        _add(settings, table, ticket, None, same(""))
    for ticket in found.called:
        _add(settings, table, ticket, None, _calls(settings, ticket, found.clinic.missed.recalls))
    for place, standing in found.waiting:
        _add(settings, table, place.ticket, standing, place.text)
    for ticket in found.held:
        reminder = AWAY_LONG if ticket in found.away_too_long else AWAY
        _add(settings, table, ticket, None, reminder.fill(where=ticket.held_to or "-"))
    for ticket in found.missed:
        _add(settings, table, ticket, None, same(""))
    for ticket in found.expected:
        _add(settings, table, ticket, None, _slot(settings, ticket))
    if table.row_count:
        click.echo(title)
        _print(table)
    else:
        click.echo(f"{title}: {say(NOBODY)}")


def show_events(settings: Settings, found: Sequence[Event]) -> None:
    """Print events, oldest first."""
    if settings.json:
        for event in found:
            emit(json_output.event(event, settings.hospital.zone))
        return
    table = _table(same("#"), AT, WHAT, NUMBER, CLINIC, CHANGE, WHO, WHERE)
    for event in found:
        cells = (
            str(event.seq),
            _local(settings, event.at),
            say(event.kind.text),
            event.number or event.target or "",
            event.clinic or "",
            _change(event),
            event.actor,
            event.station,
        )
        _add_row(table, cells)
    _print(table)


def show_rows(headings: Sequence[Text], rows: Iterable[Sequence[str]], empty: Text) -> None:
    """Print a plain table, or a sentence where there is nothing to show."""
    table = _table(*headings)
    for row in rows:
        _add_row(table, row)
    if table.row_count:
        _print(table)
    else:
        click.echo(say(empty))


def show_expected(settings: Settings, found: Sequence[Ticket]) -> None:
    """Print expected patients."""
    hospital = settings.hospital
    if settings.json:
        for ticket in found:
            emit({"ticket": json_output.ticket(ticket, None, hospital.zone)})
        return
    show_rows(
        [NUMBER, CLINIC, STATE, Text(zh="预约", en="Booked"), Text(zh="姓名", en="Name"), BADGES],
        [
            (
                ticket.number,
                say(hospital.clinic_name(ticket.clinic)),
                say(STATE_TEXTS[ticket.state]),
                say(_slot(settings, ticket)),
                ticket.name or "",
                badges(settings, ticket),
            )
            for ticket in found
        ],
        Text(zh="没有待报到的患者", en="nobody is expected"),
    )


def show_days(
    settings: Settings, found: Sequence[ClinicDay], nights: Sequence[ClinicNight], hospital: Hospital
) -> None:
    """Print a night in numbers: a row a day and clinic, as JSON a line a clinic with its days."""
    if not settings.json:
        show_rows(
            night_report_rows.DAY_HEADINGS, [night_report_rows.day_cells(one, hospital) for one in found], same("")
        )
        return
    for night in nights:
        of_clinic = [one for one in found if one.night.clinic == night.clinic]
        emit({**night_report_rows.form(night), "by_day": [night_report_rows.day_form(one) for one in of_clinic]})


def show_forecast_quality(settings: Settings, found: Sequence[ForecastQuality], empty: Text) -> None:
    """Print how good the forecasts were, a line a clinic."""
    if settings.json:
        for one in found:
            emit({"clinic": one.clinic, "told": one.told, "coverage": one.coverage, "mae": one.mae})
        return
    show_rows(
        [
            CLINIC,
            Text(zh="已告知", en="Told"),
            Text(zh="落在区间内", en="Inside"),
            Text(zh="平均误差(分)", en="Mean error, min"),
        ],
        [
            (say(settings.hospital.clinic_name(one.clinic)), str(one.told), f"{one.coverage:.0%}", f"{one.mae:.1f}")
            for one in found
        ],
        empty,
    )


def badges(settings: Settings, ticket: Ticket) -> str:
    """Return the badges of a ticket's priorities."""
    known = settings.hospital.priorities
    return " ".join(known[id_].badge if id_ in known else id_ for id_ in ticket.priority)


def _add(settings: Settings, table: Table, ticket: Ticket, standing: Standing | None, why: Text) -> None:
    cells = (
        ticket.number,
        say(STATE_TEXTS[ticket.state]),
        level_numeral(ticket.level),
        badges(settings, ticket),
        _room(settings, ticket),
        *_told(standing),
        say(why),
        _local(settings, ticket.arrived_at),
    )
    _add_row(table, cells)


def _calls(settings: Settings, ticket: Ticket, recalls: int) -> Text:
    since = (settings.now - (ticket.called_at or settings.now)).total_seconds() // 60
    return CALLS.fill(n=ticket.calls, of=recalls, m=max(int(since), 0))


def _slot(settings: Settings, ticket: Ticket) -> Text:
    if ticket.slot_at is None:
        return same(ticket.phone or "")
    return SLOT.fill(at=f"{_local(settings, ticket.slot_at)} {ticket.phone or ''}".rstrip())


def _told(standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "", ""
    low, high = standing.wait_minutes
    return str(standing.ahead), f"{low}-{high}"


def _change(event: Event) -> str:
    before, after = event.before or {}, event.after or {}
    if "state" in before and before["state"] != after.get("state"):
        return f"{before['state']} → {after['state']}"
    return str(after.get("state", ""))


def _room(settings: Settings, ticket: Ticket) -> str:
    return say(settings.hospital.room_name(ticket.room)) if ticket.room else ""


def _local(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.hospital.zone):%m-%d %H:%M}"


def _table(*headings: Text) -> Table:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only for people
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    for heading in headings:
        is_number = heading == NUMBER
        table.add_column(
            say(heading),
            no_wrap=heading in _NARROW,
            overflow="fold",
            style="bold" if is_number else "",
            min_width=5 if is_number else None,
        )
    return table


def _add_row(table: Table, cells: Iterable[str]) -> None:
    """Add a row of plain text: what people typed is never taken for markup."""
    from rich.text import Text as RichText  # noqa: PLC0415 - only for people

    table.add_row(*(RichText(cell) for cell in cells))


def _print(table: Table) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for people

    # rich takes a pipe for 80 columns, and whoever searches its lines would find half of them
    fitted = sys.stdout.isatty() or "COLUMNS" in os.environ
    # `:x:` in a name is what was typed, no picture
    Console(highlight=False, emoji=False, width=None if fitted else PIPE_COLUMNS).print(table)
