"""The commands about kiosks, the touchscreens in the lobby."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.new_pin import PIPED, new_pin
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.kiosk_operations import resume_kiosk, set_look, suspend_kiosk
from nightdesk_queue.commands.pins import set_pin
from nightdesk_queue.commands.taking_back import take_back_numbers
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.queries.alarms import many_given
from nightdesk_queue.rules.kiosks import BRIGHTEST, DIMMEST
from nightdesk_queue.store import kiosks
from nightdesk_queue.text.bilingual import Text, same

kiosk_group = NightGroup("kiosk", about=Text(zh="自助机", en="touchscreens"))
cli.add_command(kiosk_group)

IN_USE = Text(zh="使用中", en="in use")
SUSPENDED = Text(zh="已停用", en="suspended")
PIN_SET = Text(zh="服务密码已设置，对所有自助机有效", en="the service PIN is set, for all kiosks")
PERCENT = click.IntRange(DIMMEST, BRIGHTEST)
TAKEN_BACK = Text(
    zh="已收回 {n} 个号：{numbers}；nightdesk undo 可全部恢复",
    en="{n} number(s) taken back: {numbers}; nightdesk undo gives all of them back",
)
DRAWN = Text(zh="{folder} 里有 {n} 张图", en="{n} pictures are in {folder}")
NOTHING_TO_TAKE = Text(zh="{kiosk} 没有可收回的号", en="{kiosk} has given no number that could be taken back")
MINUTES_BACK = 5
"""Of the numbers that are taken back where no alarm says since when."""


@command(kiosk_group, "list", Text(zh="自助机一览", en="list the kiosks and how they are set up"))
@settings_of
def list_kiosks(settings: Settings) -> None:
    """List the kiosks."""
    with settings.looking() as tx:
        found = [kiosks.state_of(tx, id_) for id_ in settings.hospital.kiosks]
    _show(settings, found)


@command(kiosk_group, "pin", Text(zh="设置服务菜单的密码", en="set the PIN of the service menu, for all kiosks"))
@option("--stdin", "piped", is_flag=True, about=PIPED)
@settings_of
def pin(settings: Settings, piped: bool) -> None:
    """Set the service PIN. It is never an argument: other users of the machine see those."""
    # hashed before the transaction, which nobody else could write in meanwhile
    new = new_pin(piped=piped)
    with settings.working() as work:
        set_pin(work, new)
    if settings.json:
        tables.emit({"kiosk": {"pin_set": True}})
    else:
        click.echo(say(PIN_SET))


@command(kiosk_group, "pages", Text(zh="画出取号屏的每一页", en="draw every page of its screen, as pictures"))
@click.argument("kiosk", required=False)
@option(
    "--folder",
    type=click.Path(),
    default="lobby-pages",
    show_default=True,
    about=Text(zh="放图的文件夹", en="where the pictures go"),
)
@option("--size", default="120x33", show_default=True, metavar="CxR", about=Text(zh="列数x行数", en="columns and rows"))
@settings_of
def draw(settings: Settings, kiosk: str | None, folder: str, size: str) -> None:
    """Draw every page of the lobby with the hospital's own names, in every language and size."""
    # imported here: the screens of the lobby are many imports
    from nightdesk_kiosk.cli.lobby_pictures import draw_lobby  # noqa: PLC0415

    names = draw_lobby(settings, kiosk, Path(folder), size)
    if settings.json:
        tables.emit({"pictures": [*names]})
    else:
        click.echo(say(DRAWN.fill(n=len(names), folder=folder)))


@command(kiosk_group, "suspend", Text(zh="停用一台自助机", en="no numbers and no check-ins at it"))
@click.argument("kiosk")
@settings_of
def suspend(settings: Settings, kiosk: str) -> None:
    """Take a kiosk out of use."""
    with settings.working() as work:
        state = suspend_kiosk(work, kiosk)
    _show(settings, [state])


@command(kiosk_group, "resume", Text(zh="恢复使用一台自助机", en="it is in use again"))
@click.argument("kiosk")
@settings_of
def resume(settings: Settings, kiosk: str) -> None:
    """Put a kiosk back in use."""
    with settings.working() as work:
        state = resume_kiosk(work, kiosk)
    _show(settings, [state])


@command(kiosk_group, "look", Text(zh="自助机的配色与亮度", en="its colours and brightness"))
@click.argument("kiosk")
@option(
    "--theme",
    type=click.Choice([str(theme) for theme in KioskTheme]),
    about=Text(zh="配色：自动、日间、夜间", en="colours: by the hour, of the day, of the night"),
)
@option("--day", type=PERCENT, about=Text(zh="日间亮度(百分比)", en="brightness by day, in percent"))
@option("--night", type=PERCENT, about=Text(zh="夜间亮度(百分比)", en="brightness by night, in percent"))
@settings_of
def look(settings: Settings, kiosk: str, theme: str | None, day: int | None, night: int | None) -> None:
    """Change how a kiosk looks; what is not named stays."""
    with settings.working() as work:
        was = kiosks.state_of(work.tx, kiosk)
        state = set_look(
            work,
            kiosk,
            KioskTheme(theme) if theme else was.theme,
            was.day_percent if day is None else day,
            was.night_percent if night is None else night,
        )
    _show(settings, [state])


@command(kiosk_group, "take-back", Text(zh="收回它刚发出的号", en="cancel the numbers it has just given"))
@click.argument("kiosk")
@option(
    "--minutes",
    type=click.IntRange(1, 24 * 60),
    metavar="N",
    about=Text(
        zh="收回最近几分钟的(不写则自警报起，没有警报则 5 分钟)",
        en="what it gave in so many minutes; else since its alarm, or in 5",
    ),
)
@settings_of
def take_back(settings: Settings, kiosk: str, minutes: int | None) -> None:
    """Take back the numbers somebody took for fun."""
    with settings.working() as work:
        since = work.now - timedelta(minutes=minutes or MINUTES_BACK)
        if minutes is None and (many := many_given(work.tx, kiosk)):
            since = many[0].since
        taken = take_back_numbers(work, kiosk, since=since)
    if settings.json:
        for ticket in taken:
            tables.emit({"ticket": json_output.ticket(ticket, None, settings.hospital.zone)})
        return
    numbers = " ".join(ticket.number for ticket in taken)
    click.echo(say(TAKEN_BACK.fill(n=len(taken), numbers=numbers) if taken else NOTHING_TO_TAKE.fill(kiosk=kiosk)))


def _show(settings: Settings, states: list[KioskState]) -> None:
    hospital = settings.hospital
    if settings.json:
        for state in states:
            tables.emit({"kiosk": _form(settings, state)})
        return
    headings = [
        same("ID"),
        Text(zh="打印机", en="Printer"),
        Text(zh="门诊", en="Clinics"),
        tables.STATE,
        Text(zh="配色", en="Colours"),
        Text(zh="亮度 日/夜", en="Brightness day/night"),
    ]
    rows = [
        (
            state.id,
            hospital.printer_for(state.id),
            ", ".join(clinic.id for clinic in hospital.offered_at(hospital.kiosks[state.id])),
            say(SUSPENDED if state.suspended else IN_USE),
            say(state.theme.text),
            f"{state.day_percent} % / {state.night_percent} %",
        )
        for state in states
    ]
    tables.show_rows(headings, rows, same(""))


def _form(settings: Settings, state: KioskState) -> json_output.JsonObject:
    hospital = settings.hospital
    return {
        "id": state.id,
        "printer": hospital.printer_for(state.id),
        "clinics": [clinic.id for clinic in hospital.offered_at(hospital.kiosks[state.id])],
        "suspended": state.suspended,
        "theme": state.theme.value,
        "day_percent": state.day_percent,
        "night_percent": state.night_percent,
    }
