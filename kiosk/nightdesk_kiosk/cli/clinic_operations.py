"""The commands that run the evening: undo, levels, suspended and moved clinics, leftovers, pages, reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.cli.steps import take_step
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands import clinic_operations, transferring, undo
from nightdesk_queue.commands.pages import acknowledge_pages
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries import leftovers
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.queries.wait_forecasts import standing
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import pages
from nightdesk_queue.text.bilingual import Text, same

ROOMS = Text(zh="诊室", en="Rooms")
NOTICE = Text(zh="通知", en="Notice")
KEPT = Text(zh="留诊", en="to be served")
UNDECIDED = Text(zh="待定", en="undecided")
DECISION = Text(zh="处理", en="Decision")
NO_LEFTOVERS = Text(zh="没有遗留患者", en="nobody is left over")
RESTS = Text(zh="暂停(患者暂离)", en="rests (patient away)")
NO_PAGES = Text(zh="没有值班呼叫", en="no pages")
NO_FORECASTS = Text(zh="这段时间没有预估", en="no forecasts in these days")

leftover_group = NightGroup("leftover", about=Text(zh="场次结束后仍在的患者", en="who is left over after a session"))
page_group = NightGroup("page", about=Text(zh="值班呼叫", en="pages for the doctor on call"))
cli.add_command(leftover_group)
cli.add_command(page_group)


@command(cli, "undo", Text(zh="撤销本工位的上一步", en="take back this station's last step"))
@option("--station", metavar="NAME", about=Text(zh="撤销哪个工位的(默认命令行)", en="of which station (default: cli)"))
@settings_of
def take_back(settings: Settings, station: str | None) -> None:
    """Take back the last step of a station."""
    with settings.working() as work:
        undone = undo.undo(work, station=station, actor=settings.actor)
        ticket = undone.ticket
        waits = standing(work.tx, work.hospital, ticket, work.now) if ticket else None
    if settings.json:
        tables.emit(json_output.undone(undone, settings.hospital.zone))
        return
    text = Text(zh="已撤销 {number} 的“{what}”", en="{what} of {number} is taken back")
    about = undo.whom(undone.event, settings.hospital)
    click.echo(say(text.fill(what=undone.event.kind.text, number=about)))
    if ticket:
        tables.show_ticket(settings, ticket, waits)


@command(cli, "level", Text(zh="改分诊级别(3 或 4)", en="set a triage level, 3 or 4"))
@click.argument("ticket")
@click.argument("level", type=click.IntRange(1, 4))
@settings_of
def set_level(settings: Settings, ticket: str, level: int) -> None:
    """Set a patient's triage level."""
    take_step(settings, lambda work: transferring.set_level(work, ticket, level), told=True)


@command(cli, "suspend", Text(zh="停诊：不再取号和接收转诊", en="a clinic gives no numbers and takes no transfers"))
@click.argument("clinic")
@option("--notice", metavar="TEXT", about=Text(zh="给患者看的通知", en="a notice patients see"))
@settings_of
def suspend(settings: Settings, clinic: str, notice: str | None) -> None:
    """Suspend a clinic."""
    _change(settings, lambda work: clinic_operations.suspend(work, clinic, notice=notice))


@command(cli, "resume", Text(zh="恢复开诊", en="a suspended clinic gives numbers again"))
@click.argument("clinic")
@settings_of
def resume(settings: Settings, clinic: str) -> None:
    """Resume a clinic."""
    _change(settings, lambda work: clinic_operations.resume(work, clinic))


@command(cli, "move", Text(zh="换诊室；不写 --to 则搬回", en="move a clinic to other rooms, or back without --to"))
@click.argument("clinic")
@option("--to", "rooms", multiple=True, metavar="ROOM", about=Text(zh="到哪个诊室(可多次)", en="room (repeatable)"))
@option("--notice", metavar="TEXT", about=Text(zh="给患者看的通知", en="a notice patients see"))
@settings_of
def move(settings: Settings, clinic: str, rooms: tuple[str, ...], notice: str | None) -> None:
    """Move a clinic to other rooms."""
    _change(settings, lambda work: clinic_operations.move_clinic(work, clinic, rooms, notice=notice))


@command(leftover_group, "list", Text(zh="列出遗留患者", en="list who is left over"))
@click.argument("clinic", required=False)
@settings_of
def list_leftovers(settings: Settings, clinic: str | None) -> None:
    """List who is left over."""
    hospital = settings.hospital
    clinics = [refusals.known_clinic(hospital, clinic).id] if clinic else list(hospital.clinics)
    with settings.looking() as tx:
        found = leftovers.leftovers(tx, hospital, clinics, settings.now)
    if settings.json:
        for one in found:
            form = json_output.ticket(one.ticket, None, hospital.zone)
            tables.emit({"ticket": form, "kept": one.kept})
        return
    tables.show_rows(
        [tables.NUMBER, tables.CLINIC, tables.STATE, DECISION],
        [
            (
                one.ticket.number,
                say(hospital.clinic_name(one.ticket.clinic)),
                say(STATE_TEXTS[one.ticket.state]),
                say(KEPT if one.kept else UNDECIDED),
            )
            for one in found
        ],
        NO_LEFTOVERS,
    )


@command(leftover_group, "serve", Text(zh="留诊：仍然看", en="they are served all the same"))
@click.argument("tickets", nargs=-1, required=True)
@settings_of
def serve(settings: Settings, tickets: tuple[str, ...]) -> None:
    """Keep leftover patients for service."""
    _with_each(settings, tickets, transferring.keep)


@command(leftover_group, "release", Text(zh="放行：取消号码", en="they are let go, their numbers cancelled"))
@click.argument("tickets", nargs=-1, required=True)
@settings_of
def release(settings: Settings, tickets: tuple[str, ...]) -> None:
    """Let leftover patients go."""
    _with_each(settings, tickets, transferring.release)


@command(leftover_group, "move", Text(zh="转到另一门诊", en="they go on waiting at another clinic"))
@click.argument("tickets", nargs=-1, required=True)
@option("--to", required=True, metavar="CLINIC", about=Text(zh="转到哪个门诊", en="to which clinic"))
@settings_of
def move_leftovers(settings: Settings, tickets: tuple[str, ...], to: str) -> None:
    """Move leftover patients to another clinic."""
    wanted = Transfer(to)
    _with_each(settings, tickets, lambda work, ticket: transferring.transfer(work, ticket, wanted), told=True)


@command(page_group, "list", Text(zh="值班呼叫一览", en="list the pages"))
@option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, about=Text(zh="几条", en="how many"))
@settings_of
def list_pages(settings: Settings, last: int) -> None:
    """List the newest pages."""
    with settings.looking() as tx:
        found = pages.newest(tx, last)
    _show_pages(settings, found)


@command(page_group, "ack", Text(zh="应答值班呼叫(不写则全部)", en="answer a page, or all that are open"))
@click.argument("page", required=False)
@settings_of
def acknowledge(settings: Settings, page: str | None) -> None:
    """Answer a page by its id or its ticket's number."""
    with settings.working() as work:
        answered = acknowledge_pages(work, page)
    _show_pages(settings, answered)


def _with_each(
    settings: Settings, names: Sequence[str], step: Callable[[Work, str], Ticket], *, told: bool = False
) -> None:
    """Take a step with each of these leftovers; refuses before anything is done about any of them."""
    with settings.looking() as tx:
        found = leftovers.left_over(tx, settings.hospital, names, settings.now)
    for ticket in found:
        take_step(settings, partial(_of, step, ticket.id), told=told)


def _of(step: Callable[[Work, str], Ticket], ticket: str, work: Work) -> Ticket:
    return step(work, ticket)


def _change(settings: Settings, change: Callable[[Work], ClinicState]) -> None:
    """Change a whole clinic and print how it is now."""
    with settings.working() as work:
        state = change(work)
        hospital = tonight(work.tx, settings.hospital)
    rooms = hospital.clinics[state.clinic].rooms
    if settings.json:
        tables.emit({"clinic": json_output.clinic_state(state, rooms, hospital.zone)})
        return
    words = tables.SUSPENDED if state.suspended else tables.OPEN
    names = ", ".join(say(hospital.room_name(room)) for room in rooms)
    row = (say(hospital.clinic_name(state.clinic)), say(words), names, state.words or "")
    tables.show_rows([tables.CLINIC, tables.STATE, ROOMS, NOTICE], [row], same(""))


def _rests(page: Page) -> str:
    """Return the word for a page that rests, nothing for any other."""
    return say(RESTS) if page.resting else ""


def _show_pages(settings: Settings, found: list[Page]) -> None:
    zone = settings.hospital.zone
    if settings.json:
        for page in found:
            tables.emit({"page": json_output.page(page, zone)})
        return
    tables.show_rows(
        [
            same("#"),
            tables.NUMBER,
            tables.CLINIC,
            Text(zh="自", en="Since"),
            Text(zh="次数", en="Rounds"),
            Text(zh="应答", en="Answered"),
        ],
        [
            (
                str(page.id),
                page.number,
                say(settings.hospital.clinic_name(page.clinic)),
                f"{page.at.astimezone(zone):%m-%d %H:%M}",
                str(page.rounds),
                f"{page.closed_at.astimezone(zone):%H:%M} {page.closed_by}" if page.closed_at else _rests(page),
            )
            for page in found
        ],
        NO_PAGES,
    )
