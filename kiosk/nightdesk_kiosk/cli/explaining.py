"""The commands of the morning after: a ticket's story, a table for Excel, the history of a device."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import LARGEST, NightGroup, command, option
from nightdesk_kiosk.cli.files import STDOUT, write_csv, write_workbook
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.clock import parse_day
from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_kiosk.diagnostics.ticket_story import story
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.ticket_facts import ticket_facts
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.store import devices, tickets
from nightdesk_queue.text.bilingual import Text

device_group = NightGroup("device", about=Text(zh="设备", en="devices"))
cli.add_command(device_group)

NOTHING = Text(zh="没有记录", en="nothing is recorded")
BACKWARDS = Text(zh="--from 在 --to 之后", en="--from is after --to")
MOST_DAYS = 400
TOO_LONG = Text(zh="最多 {n} 天；请分几次导出", en="{n} days are the most; export in parts")
COLUMNS: dict[str, Text] = {
    "service_day": Text(zh="服务日", en="service day"),
    "number": Text(zh="号码", en="number"),
    "clinic": Text(zh="门诊", en="clinic"),
    "state": Text(zh="状态", en="state"),
    "level": Text(zh="分诊级别", en="level"),
    "priority": Text(zh="优先", en="priority"),
    "arrived_at": Text(zh="到达", en="arrived"),
    "called_at": Text(zh="呼叫", en="called"),
    "started_at": Text(zh="开始就诊", en="started"),
    "ended_at": Text(zh="结束", en="ended"),
    "wait_minutes": Text(zh="等候(分)", en="wait min"),
    "calls": Text(zh="呼叫次数", en="calls"),
    "missed": Text(zh="过号次数", en="missed"),
    "room": Text(zh="诊室", en="room"),
    "origin": Text(zh="转自", en="came from"),
    "kiosk": Text(zh="自助机", en="kiosk"),
    "slot_at": Text(zh="预约时间", en="slot"),
}
NAME = Text(zh="姓名", en="name")


@command(cli, "explain", Text(zh="一张号的全部经过", en="a ticket's whole story in sentences"))
@click.argument("ticket")
@settings_of
def explain(settings: Settings, ticket: str) -> None:
    """Tell a ticket's story."""
    hospital = settings.hospital
    with settings.looking() as tx:
        facts = ticket_facts(tx, find_ticket(tx, hospital, ticket, settings.now))
    for line in story(facts, hospital):
        at = line.at.astimezone(hospital.zone)
        if settings.json:
            tables.emit({"at": at.isoformat(timespec="seconds"), "text": {"zh": line.text.zh, "en": line.text.en}})
        else:
            click.echo(f"{at:%m-%d %H:%M:%S}  {say(line.text)}")


@command(cli, "export", Text(zh="导出号码，供 Excel 使用", en="write the tickets of some days for Excel"))
@click.argument("file", type=click.Path(path_type=Path), required=False)
@option("--from", "since", required=True, metavar="DATE", about=Text(zh="从哪个服务日", en="the first service day"))
@option(
    "--to", "until", metavar="DATE", about=Text(zh="到哪个服务日(默认同一天)", en="the last one (default: the same)")
)
@option(
    "--format",
    "kind",
    type=click.Choice(["csv", "xlsx"]),
    about=Text(zh="格式(默认按文件名)", en="the format (default: as the file's name says)"),
)
@option("--names", is_flag=True, about=Text(zh="连同患者姓名", en="with the patients' names"))
@settings_of
def export(settings: Settings, file: Path | None, since: str, until: str | None, kind: str | None, names: bool) -> None:
    """Write the tickets of some days."""
    first = parse_day(since, "--from")
    last = parse_day(until, "--to") if until else first
    if first > last:
        raise Misuse("usage", BACKWARDS)
    if (last - first).days >= MOST_DAYS:
        raise Misuse("usage", TOO_LONG.fill(n=MOST_DAYS))
    headings = [say(heading) for heading in (*COLUMNS.values(), *([NAME] if names else []))]
    rows = _rows(settings, first, last, names=names)
    file = file or STDOUT
    if (kind or file.suffix.lstrip(".").lower()) == "xlsx":
        write_workbook(settings, file, headings, rows)
    else:
        write_csv(settings, file, headings, rows)


@command(device_group, "history", Text(zh="设备状态的变化", en="how a device has been"))
@click.argument("device")
@option("--last", type=click.IntRange(1, LARGEST), default=50, show_default=True, about=Text(zh="几条", en="how many"))
@settings_of
def history(settings: Settings, device: str, last: int) -> None:
    """List the newest states of a device, oldest of them first."""
    with settings.looking() as tx:
        found = devices.history(tx, device, last)
    zone = settings.hospital.zone
    if settings.json:
        for one in found:
            at = one.at.astimezone(zone).isoformat(timespec="seconds")
            tables.emit({"kind": one.kind, "device": one.device, "at": at, "state": one.state, "cause": one.cause})
        return
    rows = [
        (f"{one.at.astimezone(zone):%m-%d %H:%M:%S}", say(state_text(one.state)), say(cause_text(one.cause)))
        for one in found
    ]
    tables.show_rows([tables.AT, tables.STATE, Text(zh="原因", en="Cause")], rows, NOTHING)


def _rows(settings: Settings, first: date, last: date, *, names: bool) -> Iterator[list[object]]:
    """Yield a row a ticket, a day at a time: a year of them does not have to fit into memory."""
    for back in range((last - first).days + 1):
        with settings.looking() as tx:
            of_day = tickets.of_days(tx, [first + timedelta(days=back)])
        for ticket in of_day:
            yield [*_cells(settings, ticket), *([ticket.name or ""] if names else [])]


def _cells(settings: Settings, ticket: Ticket) -> list[object]:
    hospital = settings.hospital
    moments = (ticket.arrived_at, ticket.called_at, ticket.started_at, ticket.ended_at)
    local = [f"{one.astimezone(hospital.zone):%Y-%m-%d %H:%M:%S}" if one else "" for one in moments]
    waited = (ticket.called_at - ticket.arrived_at).total_seconds() / 60 if ticket.called_at else None
    return [
        ticket.service_day.isoformat(),
        ticket.number,
        say(hospital.clinic_name(ticket.clinic)),
        say(STATE_TEXTS[ticket.state]),
        ticket.level,
        " ".join(ticket.priority),
        *local,
        round(waited) if waited is not None and waited >= 0 else "",
        ticket.calls,
        ticket.missed,
        say(hospital.room_name(ticket.room)) if ticket.room else "",
        say(hospital.clinic_name(ticket.origin)) if ticket.origin else "",
        ticket.kiosk or "",
        f"{ticket.slot_at.astimezone(hospital.zone):%Y-%m-%d %H:%M}" if ticket.slot_at else "",
    ]
