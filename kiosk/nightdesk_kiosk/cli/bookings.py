"""The commands for who is not here yet: telephone calls, bookings, checking in, no-shows."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, Word, command, option
from nightdesk_kiosk.cli.files import content_of
from nightdesk_kiosk.cli.root import cli
from nightdesk_kiosk.cli.ticket_steps import settings_of, take_step
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands import booking_import, issuing
from nightdesk_queue.commands.booking_import import Taken
from nightdesk_queue.commands.issuing import Caller
from nightdesk_queue.queries.expected_patients import expected
from nightdesk_queue.rules import booking_files, refusals
from nightdesk_queue.text.bilingual import Text, same

REFUSED_STATUS = 1

LINE = Text(zh="行", en="Line")
RESULT = Text(zh="结果", en="Result")
NEW = Text(zh="已登记", en="taken")
KNOWN = Text(zh="已有", en="known")
SUMMARY = Text(
    zh="{new} 个新预约，{known} 个已有，{bad} 行有误", en="{new} taken, {known} known before, {bad} rows with faults"
)

booking_group = NightGroup("bookings", about=Text(zh="预约", en="bookings"))
cli.add_command(booking_group)


@command(cli, "expect", Text(zh="登记电话或预约患者(未到)", en="keep a number for somebody who is not here yet"))
@click.argument("clinic")
@option("--name", metavar="NAME", about=Text(zh="患者姓名", en="the patient's name"))
@option("--phone", metavar="TAIL", about=Text(zh="电话(只留后四位)", en="telephone; its last four digits are kept"))
@option(
    "--at",
    metavar="TIME",
    about=Text(zh="预约时间，如 2026-11-23T18:30 或 18:30(今天)", en="the slot: 2026-11-23T18:30, or 18:30 today"),
)
@option("--priority", multiple=True, metavar="ID", about=Text(zh="优先类别(可多次)", en="priority group (repeatable)"))
@option("--key", type=Word(), metavar="K", about=Text(zh="同一 key 只给一个号", en="the same key twice, one ticket"))
@settings_of
def expect(
    settings: Settings,
    clinic: str,
    name: str | None,
    phone: str | None,
    at: str | None,
    priority: tuple[str, ...],
    key: str | None,
) -> None:
    """Keep a number for somebody who telephoned or has a booking."""
    hospital = settings.hospital
    slot = None
    if at is not None:
        slot = booking_files.spoken_slot(at, refusals.known_clinic(hospital, clinic), hospital, settings.now)
    who = Caller(name, phone, slot, priority, key)
    take_step(settings, lambda work: issuing.expect(work, clinic, who))


@command(cli, "check-in", Text(zh="报到：登记过的患者到了", en="an expected patient has arrived"))
@click.argument("ticket")
@option("--kiosk", metavar="ID", about=Text(zh="在哪台自助机", en="the kiosk it is done at"))
@settings_of
def check_in(settings: Settings, ticket: str, kiosk: str | None) -> None:
    """Check in an expected patient."""
    take_step(settings, lambda work: issuing.check_in(work, ticket, kiosk=kiosk), told=True, kiosk=kiosk)


@command(
    booking_group,
    "import",
    Text(zh="从 CSV 导入预约(可重复导入)", en="take over bookings from a CSV file; again does no harm"),
)
@click.argument("file", type=click.Path(path_type=Path))
@settings_of
def import_bookings(settings: Settings, file: Path) -> int:
    """Take over bookings from a CSV file."""
    rows = booking_files.read(content_of(file), settings.hospital)
    taken: list[Taken] = []
    with click.progressbar(
        booking_import.take_all(settings.database, settings.hospital, rows, settings.now, settings.by()),
        length=len(rows),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as progress:
        taken.extend(progress)
    _show(settings, taken)
    return REFUSED_STATUS if any(one.refusal for one in taken) else 0


@command(booking_group, "list", Text(zh="待报到的患者", en="who is expected"))
@settings_of
def list_bookings(settings: Settings) -> None:
    """List the expected patients."""
    with settings.looking() as tx:
        found = expected(tx)
    tables.show_expected(settings, found)


@command(
    cli,
    "no-shows",
    Text(zh="爽约：场次已结束仍未报到的作废", en="let the numbers lapse of who did not come in their session"),
)
@settings_of
def no_shows(settings: Settings) -> None:
    """Let no-shows lapse; `run` does so by itself."""
    with settings.working() as work:
        gone = issuing.lapse_no_shows(work)
    tables.show_expected(settings, gone)


def _show(settings: Settings, taken: list[Taken]) -> None:
    bad = [one for one in taken if one.refusal]
    known = sum(one.known for one in taken)
    new = len(taken) - len(bad) - known
    if settings.json:
        for one in taken:
            tables.emit(_form(settings, one))
        tables.emit({"taken": new, "known": known, "bad": len(bad)})
        return
    tables.show_rows(
        [LINE, tables.NUMBER, RESULT],
        [
            (
                str(one.line),
                one.ticket.number if one.ticket else "",
                say(one.refusal.text if one.refusal else KNOWN if one.known else NEW),
            )
            for one in taken
        ],
        same(""),
    )
    click.echo(say(SUMMARY.fill(new=new, known=known, bad=len(bad))))


def _form(settings: Settings, one: Taken) -> json_output.JsonObject:
    ticket = json_output.ticket(one.ticket, None, settings.hospital.zone) if one.ticket else None
    error: json_output.JsonObject | None = None
    if one.refusal:
        error = {"code": one.refusal.code, "message": say(one.refusal.text)}
    return {"line": one.line, "ticket": ticket, "known": one.known, "error": error}
