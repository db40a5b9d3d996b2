"""The commands about slips: the spool and its printers, slips again, layouts, and a virtual printer."""

from __future__ import annotations

from pathlib import Path

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import LARGEST, NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.clock import parse_day, parse_moment
from nightdesk_kiosk.device_wording import (
    capability_text,
    cause_text,
    paper_text,
    slip_kind_text,
    slip_state_text,
    state_text,
)
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands import slip_printing
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.domain.slips import SlipJob, SlipKind
from nightdesk_queue.queries.device_health import printer_health
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import slip_rules as rules
from nightdesk_queue.store import slips
from nightdesk_queue.text.bilingual import Text, same

printing = NightGroup("print", about=Text(zh="小票与打印机", en="slips and printers"))
cli.add_command(printing)

PRINTER = Text(zh="打印机", en="Printer")
CAUSE = Text(zh="原因", en="Cause")
NO_JOBS = Text(zh="没有打印任务", en="no slips yet")
NOTHING_TO_RETRY = Text(zh="没有需要重试的任务", en="nothing to try again")
WRITTEN = Text(zh="已写入 {file}", en="{file} written")
CANNOT_WRITE = Text(
    zh="{file} 写不进去：{e}；写一个可写文件夹里的 .png 文件",
    en="{file} cannot be written: {e}; name a .png you may write",
)
NOBODY_PRINTS = Text(
    zh="nightdesk run 没有运行，测试页要等它启动后才打印",
    en="nightdesk run is not running: nobody prints the page until it is started",
)
KINDS = [str(kind) for kind in SlipKind]
PRINTER_OPTION = option("--printer", metavar="ID", about=Text(zh="用哪台打印机", en="at which printer"))
TO_OPTION = option("--to", "printer", metavar="PRINTER", about=Text(zh="改到哪台打印机", en="at another printer"))


@command(printing, "jobs", Text(zh="打印任务一览", en="list the slips of the spool"))
@option(
    "--last",
    type=click.IntRange(1, LARGEST),
    default=100,
    show_default=True,
    about=Text(zh="最近几条", en="how many"),
)
@option("--ticket", metavar="TICKET", about=Text(zh="只看这张号的", en="only those of this ticket"))
@option("--since", metavar="TIME", about=Text(zh="只看此时之后的", en="only those asked for since then"))
@settings_of
def jobs(settings: Settings, last: int, ticket: str | None, since: str | None) -> None:
    """List the newest slips, oldest of them first."""
    begin = parse_moment(since, settings.hospital.zone, "--since") if since else None
    with settings.looking() as tx:
        if ticket is not None:
            of_ticket = slips.all_of_ticket(tx, find_ticket(tx, settings.hospital, ticket, settings.now).id, last)
            found = [job for job in of_ticket if begin is None or job.queued_at >= begin]
        else:
            found = slips.queued_since(tx, begin, last) if begin else slips.newest(tx, last)
    show_jobs(settings, found, NO_JOBS)


@command(printing, "status", Text(zh="各打印机的状态、纸和能力", en="every printer: state, paper, what it can confirm"))
@settings_of
def status(settings: Settings) -> int:
    """List the printers; the exit status says whether all of them work."""
    hospital = settings.hospital
    with settings.looking() as tx:
        found = printer_health(tx, hospital)
    rows = []
    for printer in hospital.printers.values():
        health = found[printer.id]
        if settings.json:
            tables.emit(json_output.printer(printer.device, health, hospital.zone))
            continue
        state, cause = say(state_text(health.state)), say(cause_text(health.cause))
        told = (say(paper_text(health.paper)), say(capability_text(health.capability)))
        rows.append((printer.id, printer.device, state, cause, *told, str(health.slips_waiting or "")))
    if not settings.json:
        headings = [
            same("ID"),
            Text(zh="地址", en="Device"),
            tables.STATE,
            CAUSE,
            Text(zh="纸", en="Paper"),
            Text(zh="能力", en="Confirms"),
            Text(zh="待打", en="Slips"),
        ]
        tables.show_rows(headings, rows, same(""))
    return 0 if all(found[printer].works for printer in hospital.printers) else Fault.exit_status


@command(printing, "retry", Text(zh="重试失败或不明的任务，或指定一个", en="try failed slips again, or one job"))
@click.argument("job", type=click.IntRange(1, LARGEST), required=False)
@TO_OPTION
@settings_of
def retry(settings: Settings, job: int | None, printer: str | None) -> None:
    """Try slips again."""
    with settings.working() as work:
        if job is None:
            found = slip_printing.retry_slips(work, printer=printer)
        else:
            found = [slip_printing.retry_slip(work, job, printer=printer)]
    show_jobs(settings, found, NOTHING_TO_RETRY)


@command(printing, "reprint", Text(zh="补打：同一号码，标明补打", en="print a slip again, marked as a copy"))
@click.argument("ticket")
@PRINTER_OPTION
@settings_of
def reprint(settings: Settings, ticket: str, printer: str | None) -> None:
    """Print a ticket's slip again."""
    with settings.working() as work:
        job = slip_printing.reprint(work, ticket, printer=printer)
    show_jobs(settings, [job], NO_JOBS)


@command(printing, "test", Text(zh="打印测试页", en="print a test page"))
@click.argument("printer")
@settings_of
def test(settings: Settings, printer: str) -> None:
    """Print a test page."""
    with settings.working() as work:
        job = slip_printing.print_test_page(work, printer)
        served = work.tx.is_served(DeviceKind.PRINTER, printer)
    show_jobs(settings, [job], NO_JOBS)
    if not served and not settings.json:
        click.echo(say(NOBODY_PRINTS), err=True)


@command(printing, "list", Text(zh="打印场次清单", en="print the list of a clinic's day"))
@click.argument("clinic")
@option("--day", metavar="DATE", about=Text(zh="服务日(默认当前)", en="the service day (default: the present one)"))
@PRINTER_OPTION
@settings_of
def session_list(settings: Settings, clinic: str, day: str | None, printer: str | None) -> None:
    """Print the list of a session."""
    service_day = parse_day(day) if day else None
    with settings.working() as work:
        job = slip_printing.print_list(work, clinic, day=service_day, printer=printer)
    show_jobs(settings, [job], NO_JOBS)


@command(printing, "template", Text(zh="输出内置模板，供修改", en="write out a built-in layout to start from"))
@click.argument("kind", type=click.Choice(KINDS))
@settings_of
def template(settings: Settings, kind: str) -> None:
    """Print a built-in template."""
    # imported here: only the commands about layouts need it
    from nightdesk_printers.templating import built_in_text  # noqa: PLC0415

    text = built_in_text(SlipKind(kind))
    if settings.json:
        tables.emit({"kind": kind, "template": text})
    else:
        click.echo(text, nl=False)


@command(printing, "preview", Text(zh="预览小票：终端或 PNG", en="see a slip in the terminal or as a PNG"))
@click.argument("kind", type=click.Choice(KINDS))
@option("--png", type=click.Path(path_type=Path), metavar="FILE", about=Text(zh="写成 PNG", en="write a PNG"))
@option("--ticket", metavar="TICKET", about=Text(zh="用这张号(默认样例)", en="of this ticket (default: a sample)"))
@PRINTER_OPTION
@settings_of
def preview(settings: Settings, kind: str, png: Path | None, ticket: str | None, printer: str | None) -> None:
    """Show what a slip will look like on a printer's paper. Raises Refused, Misuse, ConfigError."""
    # imported here: drawing needs its libraries, other commands do not
    from nightdesk_kiosk.diagnostics import slip_preview  # noqa: PLC0415

    hospital = settings.hospital
    if printer is not None and printer not in hospital.printers:
        raise rules.unknown_printer(hospital, printer)
    chosen = hospital.printers[printer or hospital.printer_for(None)]
    slip = slip_preview.sample(settings, SlipKind(kind), chosen, ticket)
    if png is None:
        lines = list(slip_preview.in_terminal(slip, chosen))
        if settings.json:
            tables.emit({"kind": kind, "printer": chosen.id, "lines": [*lines]})
            return
        for line in lines:
            click.echo(line)
        return
    try:
        slip_preview.as_png(slip, chosen, hospital, png)
    except (OSError, ValueError) as error:
        raise Misuse("usage", CANNOT_WRITE.fill(file=png, e=error)) from error
    if settings.json:
        tables.emit({"file": str(png)})
    else:
        click.echo(say(WRITTEN.fill(file=png)))


def show_jobs(settings: Settings, found: list[SlipJob], empty: Text) -> None:
    """Print jobs of the spool."""
    if settings.json:
        for job in found:
            tables.emit(json_output.slip_job(job, settings.hospital.zone))
        return
    headings = [
        same("#"),
        tables.NUMBER,
        Text(zh="类别", en="Kind"),
        PRINTER,
        tables.STATE,
        Text(zh="自", en="Since"),
        CAUSE,
        Text(zh="次数", en="Tries"),
        Text(zh="补打", en="Copy"),
    ]
    tables.show_rows(headings, [_cells(settings, job) for job in found], empty)


def _cells(settings: Settings, job: SlipJob) -> tuple[str, ...]:
    at = job.printer if job.printer == job.home else f"{job.home} → {job.printer}"
    return (
        str(job.id),
        job.number or "",
        say(slip_kind_text(job.kind)),
        at,
        say(slip_state_text(job.state)),
        f"{job.changed_at.astimezone(settings.hospital.zone):%m-%d %H:%M:%S}",
        say(cause_text(job.cause or job.last_cause)),
        str(job.attempts),
        str(job.copy or ""),
    )
