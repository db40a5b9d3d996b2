"""The commands that only look: a ticket, the queues, the events."""

from __future__ import annotations

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import LARGEST, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.clock import parse_moment
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.queries.wait_forecasts import standing
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import ChangeFeed, events
from nightdesk_queue.text.bilingual import Text

FOLLOW_SECONDS = 1.0
"""Longest wait for a commit; a commit ends it. Short, since a Ctrl+C that comes just before a wait does not end it."""
PAGE = 500


@command(cli, "show", Text(zh="查看一个号", en="look at one ticket"))
@click.argument("ticket")
@settings_of
def show(settings: Settings, ticket: str) -> None:
    """Look at one ticket."""
    hospital = settings.hospital
    with settings.looking() as tx:
        found = find_ticket(tx, hospital, ticket, settings.now)
        waits = standing(tx, hospital, found, settings.now)
    tables.show_ticket(settings, found, waits)


@command(cli, "queue", Text(zh="查看候诊队列(按呼叫顺序)", en="look at the queues, in calling order"))
@click.argument("clinic", required=False)
@settings_of
def queue(settings: Settings, clinic: str | None) -> None:
    """Look at one clinic's queue, or at all of them."""
    hospital = settings.hospital
    clinics = [refusals.known_clinic(hospital, clinic)] if clinic else hospital.clinic
    with settings.looking() as tx:
        found = [queue_view(tx, hospital, one, settings.now) for one in clinics]
    for one in found:
        tables.show_queue(settings, one)


@command(cli, "events", Text(zh="查看每一步变化的记录", en="look at the record of every change"))
@option(
    "--after",
    type=click.IntRange(0, LARGEST),
    default=0,
    metavar="SEQ",
    about=Text(zh="只看此序号之后", en="only later ones"),
)
@option(
    "--follow",
    is_flag=True,
    about=Text(zh="持续显示新事件(Ctrl+C 结束)", en="go on as they happen (Ctrl+C ends)"),
)
@option("--ticket", metavar="TICKET", about=Text(zh="只看这张号", en="only of this ticket"))
@option(
    "--kind",
    type=click.Choice([str(kind) for kind in EventKind]),
    metavar="KIND",
    about=Text(zh="只看这类", en="only of this kind"),
)
@option("--since", metavar="TIME", about=Text(zh="此时起", en="only since then"))
@option("--until", metavar="TIME", about=Text(zh="到此时", en="only until then"))
@settings_of
def follow_events(
    settings: Settings,
    after: int,
    follow: bool,
    ticket: str | None,
    kind: str | None,
    since: str | None,
    until: str | None,
) -> None:
    """Print events after a seq, and with --follow the ones to come."""
    zone = settings.hospital.zone
    with settings.looking() as tx:
        named = find_ticket(tx, settings.hospital, ticket, settings.now).id if ticket else None
    wanted = events.Wanted(
        named,
        EventKind(kind) if kind else None,
        parse_moment(since, zone, "--since") if since else None,
        parse_moment(until, zone, "--until") if until else None,
    )
    with settings.database.changes() as feed:
        shown = _print_new(settings, feed, after, wanted)
        while follow:
            feed.wait(FOLLOW_SECONDS)
            shown = _print_new(settings, feed, shown, wanted)
    if shown == after and not settings.json:
        click.echo(say(tables.NO_EVENTS))


def _print_new(settings: Settings, feed: ChangeFeed, after: int, wanted: events.Wanted) -> int:
    """Print the events since `after`; return the last seq printed."""
    feed.changed()
    while found := _page(settings, after, wanted):
        tables.show_events(settings, found)
        after = found[-1].seq
    return after


def _page(settings: Settings, after: int, wanted: events.Wanted) -> list[Event]:
    with settings.looking() as tx:
        return events.wanted_after(tx, wanted, after, PAGE)
