"""The commands that change the queue but give no number: one for each thing people do at the desk."""

from __future__ import annotations

from collections.abc import Callable

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.cli.steps import take_step
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands import calling, describing, transferring
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.text.bilingual import Text

NO_WAY_BACK = Text(
    zh="{clinic}已停止接诊，{number} 没有回去；请告知患者",
    en="{clinic} takes nobody now, so {number} did not go back there; tell the patient",
)


@command(cli, "call", Text(zh="呼叫下一位，或指定的号", en="call the next patient, or the one named"))
@click.argument("ticket", required=False)
@option("--room", required=True, metavar="R", about=Text(zh="到哪个诊室", en="to which room"))
@option("--why", metavar="TEXT", about=Text(zh="为什么先叫这一位", en="why this one"))
@settings_of
def call(settings: Settings, ticket: str | None, room: str, why: str | None) -> None:
    """Call the next patient, or the one named, to a room."""
    with settings.working() as work:
        made = calling.call(work, room, ticket=ticket, why=why)
    tables.show_call(settings, made)


@command(cli, "recall", Text(zh="重呼", en="call a called patient once more"))
@click.argument("ticket")
@settings_of
def recall(settings: Settings, ticket: str) -> None:
    """Call a called patient once more."""
    with settings.working() as work:
        made = calling.recall(work, ticket)
    tables.show_call(settings, made)


@command(cli, "transfer", Text(zh="转诊：号码和已等候的时间一起转走", en="move a patient, number and waiting kept"))
@click.argument("ticket")
@option("--to", required=True, metavar="CLINIC", about=Text(zh="转到哪个门诊", en="to which clinic"))
@option("--level", type=click.IntRange(1, 4), about=Text(zh="新的分诊级别", en="a new triage level"))
@option("--reason", metavar="TEXT", about=Text(zh="原因", en="why"))
@option("--back/--no-back", default=None, about=Text(zh="看完后回原科室", en="afterwards back to where they came from"))
@settings_of
def transfer(
    settings: Settings, ticket: str, to: str, level: int | None, reason: str | None, back: bool | None
) -> None:
    """Move a patient to another clinic's queue."""
    wanted = Transfer(to, level, reason, back)
    take_step(settings, lambda work: transferring.transfer(work, ticket, wanted), told=True)


@command(cli, "hold", Text(zh="去检查，保留号码", en="sent to an examination; the number stays"))
@click.argument("ticket")
@option("--to", metavar="TEXT", about=Text(zh="去哪里，如 放射科", en="where to, such as X-ray"))
@settings_of
def hold(settings: Settings, ticket: str, to: str | None) -> None:
    """Send a patient to an examination."""
    take_step(settings, lambda work: calling.hold(work, ticket, to=to))


@command(cli, "note", Text(zh="给号写备注；不写文字则去掉", en="write a note on a ticket; without words it goes"))
@click.argument("ticket")
@click.argument("words", required=False)
@settings_of
def note(settings: Settings, ticket: str, words: str | None) -> None:
    """Write a note on a ticket."""
    take_step(settings, lambda work: describing.set_note(work, ticket, words))


@command(cli, "badges", Text(zh="改优先类别；不写则都去掉", en="say who goes first; without groups nobody does"))
@click.argument("ticket")
@click.argument("groups", nargs=-1)
@settings_of
def badges(settings: Settings, ticket: str, groups: tuple[str, ...]) -> None:
    """Set the groups that go first."""
    take_step(settings, lambda work: describing.set_badges(work, ticket, groups), told=True)


@command(cli, "miss", Text(zh="过号：叫了没来", en="called, did not come"))
@click.argument("ticket")
@option("--at-once", is_flag=True, about=Text(zh="不等叫满次数", en="also before they were called often enough"))
@settings_of
def miss(settings: Settings, ticket: str, at_once: bool) -> None:
    """Mark a called patient as missed."""
    take_step(settings, lambda work: calling.miss(work, ticket, at_once=at_once))


def _plain(name: str, about: Text, take: Callable[[Work, str], Ticket], *, told: bool = False) -> None:
    """Declare a command that takes a ticket and nothing else; `told`: the patient waits again and is told how long."""

    @command(cli, name, about)
    @click.argument("ticket")
    @settings_of
    def step(settings: Settings, ticket: str) -> None:
        taken = take_step(settings, lambda work: take(work, ticket), told=told)
        if taken.state is State.DONE and taken.ways_back and not settings.json:
            clinic = settings.hospital.clinic_name(taken.ways_back[0])
            click.echo(say(NO_WAY_BACK.fill(number=taken.number, clinic=clinic)))


_plain("start", Text(zh="患者已进诊室", en="the called patient has come in"), calling.start)
_plain("finish", Text(zh="就诊完成", en="the consultation is over"), calling.finish)
_plain("return", Text(zh="检查后回诊", en="back from the examination"), calling.return_, told=True)
_plain("rejoin", Text(zh="过号后重新报到", en="came after all; waits again"), calling.rejoin, told=True)
_plain("cancel", Text(zh="取消，放弃号码", en="give up a place"), transferring.cancel)
