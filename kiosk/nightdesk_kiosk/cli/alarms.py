"""The commands about alarms, rooms and the clock."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import LARGEST, NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.clock import parse_moment
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.alarms import acknowledge_alarms, acknowledge_one
from nightdesk_queue.commands.clock_fix import WrongSpan, fix_clock
from nightdesk_queue.commands.room_operations import set_room
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.queries.alarms import alarm_text
from nightdesk_queue.store import events
from nightdesk_queue.text.bilingual import Text, same

alarm_group = NightGroup("alarm", about=Text(zh="警报", en="alarms"))
room_group = NightGroup("room", about=Text(zh="诊室：开诊、暂停、下班", en="rooms: open, pause, close"))
clock_group = NightGroup("clock", about=Text(zh="时钟错误的更正", en="correcting for a wrong clock"))
for group in (alarm_group, room_group, clock_group):
    cli.add_command(group)

NO_ALARMS = Text(zh="没有警报", en="no alarms")
SEEN = Text(zh="已确认 {n} 个警报", en="{n} alarm(s) acknowledged")
ROOM = Text(zh="{room}：{use}{until}", en="{room}: {use}{until}")
UNTIL = Text(zh="，到 {at}", en=" until {at}")
FIXED = Text(zh="已更正 {n} 个号：{numbers}", en="{n} ticket(s) corrected: {numbers}")
NOTHING_FIXED = Text(zh="这段时间没有取号，没有更正", en="no tickets were taken in that span, nothing was corrected")
NO_SPAN = Text(
    zh="--by {by} 不是时长；写成 -1h、+25m、-3600s 或 -1d", en="--by {by} is no span; write -1h, +25m, -3600s or -1d"
)
LONGEST = timedelta(days=366 * 100)
_SPAN = re.compile(r"([+-])(\d{1,10})(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@command(alarm_group, "list", Text(zh="警报一览", en="list the alarms"))
@option("--all", "every", is_flag=True, about=Text(zh="也列出已结束的", en="also those that are over"))
@option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, about=Text(zh="几条", en="how many"))
@settings_of
def list_alarms(settings: Settings, every: bool, last: int) -> None:
    """List the newest alarms: those that are open, or all of them with how they ended."""
    with settings.looking() as tx:
        newest = events.newest_alarms(tx, last) if every else [(one, None) for one in events.open_alarms(tx)[-last:]]
        told = [(event, end, alarm_text(tx, event, end.at if end else settings.now)) for event, end in newest]
    zone = settings.hospital.zone
    if settings.json:
        for event, end, text in told:
            over = json_output.event(end, zone) if end else None
            tables.emit({"alarm": json_output.event(event, zone), "over": over, "text": json_output.pair(text)})
        return
    rows = [
        (
            str(event.seq),
            f"{event.at.astimezone(zone):%m-%d %H:%M:%S}",
            event.station,
            say(text),
            f"{end.at.astimezone(zone):%m-%d %H:%M:%S} {end.actor}" if end else "",
        )
        for event, end, text in told
    ]
    headings = [same("#"), tables.AT, tables.STATION, Text(zh="警报", en="Alarm"), Text(zh="结束", en="Over")]
    tables.show_rows(headings, rows, NO_ALARMS)


@command(alarm_group, "ack", Text(zh="确认警报(不写则全部)", en="acknowledge an alarm, or all that are open"))
@click.argument("alarm", type=click.IntRange(1, LARGEST), required=False)
@settings_of
def acknowledge(settings: Settings, alarm: int | None) -> None:
    """Acknowledge one alarm by its number, or all."""
    with settings.working() as work:
        if alarm is not None:
            acknowledge_one(work, alarm)
            count = 1
        else:
            found: list[Event] = events.open_alarms(work.tx)
            count = acknowledge_alarms(work, up_to=found[-1].seq) if found else 0
    if settings.json:
        tables.emit({"acknowledged": count})
    else:
        click.echo(say(SEEN.fill(n=count)))


def _declare_room(name: str, use: RoomUse, about: Text) -> None:
    @command(room_group, name, about)
    @click.argument("room")
    @settings_of
    def change(settings: Settings, room: str) -> None:
        _set_room(settings, room, use, None)


_declare_room("open", RoomUse.OPEN, Text(zh="诊室开诊", en="somebody is at work in it again"))
_declare_room("close", RoomUse.CLOSED, Text(zh="诊室下班", en="nobody is at work in it any more tonight"))


@command(room_group, "pause", Text(zh="诊室暂停", en="nobody is at work in it for a while"))
@click.argument("room")
@option(
    "--minutes",
    type=click.IntRange(1, 24 * 60),
    metavar="N",
    about=Text(zh="几分钟后自动开诊(不写则到再次开诊)", en="open again by itself after so long"),
)
@settings_of
def pause(settings: Settings, room: str, minutes: int | None) -> None:
    """Pause a room."""
    _set_room(settings, room, RoomUse.PAUSED, minutes)


def _set_room(settings: Settings, room: str, use: RoomUse, minutes: int | None) -> None:
    with settings.working() as work:
        state = set_room(work, room, use, minutes=minutes)
    zone = settings.hospital.zone
    if settings.json:
        until = state.until.astimezone(zone).isoformat() if state.until else None
        tables.emit({"room": {"room": state.room, "use": state.use, "until": until}})
        return
    until_text = UNTIL.fill(at=f"{state.until.astimezone(zone):%H:%M}") if state.until else same("")
    click.echo(say(ROOM.fill(room=settings.hospital.room_name(room), use=use.text, until=until_text)))


@command(clock_group, "fix", Text(zh="更正一段时间里取的号", en="correct the tickets taken while the clock was wrong"))
@option(
    "--from", "since", required=True, metavar="TIME", about=Text(zh="错误时钟的开始", en="the span by the wrong clock")
)
@option("--to", "until", required=True, metavar="TIME", about=Text(zh="错误时钟的结束", en="its end"))
@option(
    "--by",
    required=True,
    metavar="SPAN",
    about=Text(zh="加多少：快了一小时写 -1h", en="what is added: -1h if it was an hour fast"),
)
@settings_of
def fix(settings: Settings, since: str, until: str, by: str) -> None:
    """Correct the times of the tickets taken in a span of a wrong clock."""
    zone = settings.hospital.zone
    span = WrongSpan(parse_moment(since, zone, "--from"), parse_moment(until, zone, "--to"), _span(by))
    with settings.working() as work:
        changed = fix_clock(work, span)
    if settings.json:
        for ticket in changed:
            tables.emit({"ticket": json_output.ticket(ticket, None, zone)})
        return
    numbers = " ".join(ticket.number for ticket in changed)
    click.echo(say(FIXED.fill(n=len(changed), numbers=numbers) if changed else NOTHING_FIXED))


def _span(said: str) -> timedelta:
    found = _SPAN.fullmatch(said.strip())
    if found is not None:
        try:
            span = timedelta(**{_UNITS[found[3]]: int(found[2])})
        except OverflowError:
            span = LONGEST + timedelta(days=1)
        if span <= LONGEST:
            return -span if found[1] == "-" else span
    raise Misuse("usage", NO_SPAN.fill(by=said[:40]))
