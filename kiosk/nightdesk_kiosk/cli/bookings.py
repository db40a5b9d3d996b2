"""The commands for who is not here yet: telephone calls, bookings, checking in, no-shows."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, Word, command, option
from nightdesk_kiosk.cli.import_shown import ImportShown
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.cli.spreadsheets import open_table
from nightdesk_kiosk.cli.steps import take_step
from nightdesk_queue.commands import booking_import, issuing
from nightdesk_queue.commands.issuing import Caller
from nightdesk_queue.queries.expected_patients import expected
from nightdesk_queue.rules import booking_files, refusals
from nightdesk_queue.text.bilingual import Text

REFUSED_STATUS = 1

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
    Text(
        zh="从表格导入预约(CSV、.xlsx；可重复导入，更改会被采用)",
        en="take over bookings from a table (CSV, .xlsx); again takes over what changed",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--dry-run", is_flag=True, about=Text(zh="只显示会发生什么", en="show what would happen and do nothing"))
@option(
    "--missing",
    type=click.Choice(["keep", "cancel"]),
    default="keep",
    show_default=True,
    about=Text(
        zh="文件里(同一门诊、同一时段内)已没有的预约：保留或取消",
        en="bookings of the file's clinics and days that it no longer has",
    ),
)
@settings_of
def import_bookings(settings: Settings, file: Path, dry_run: bool, missing: str) -> int:
    """Take over bookings from a table."""
    hospital = settings.hospital
    settings.creates = not dry_run
    with ExitStack() as closing:
        table = closing.enter_context(open_table(file))
        database = settings.database
        if dry_run:
            database = closing.enter_context(database.rehearsal())
        progress = closing.enter_context(
            click.progressbar(length=table.length, file=sys.stderr, hidden=not sys.stderr.isatty())
        )
        rows = booking_files.bookings(table.rows, hospital)
        shown = ImportShown(settings)
        for taken in booking_import.take_all(
            database, hospital, rows, settings.now, settings.by(), cancel_missing=missing == "cancel"
        ):
            progress.update(table.done() - progress.pos)
            shown.note(taken)
    shown.end(dry_run=dry_run)
    return REFUSED_STATUS if shown.counts["bad"] else 0


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
