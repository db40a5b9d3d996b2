"""Alarms: a person is needed at a kiosk (a danger sign, help, no printer that works), or at a screen that is away.

Alarms are events without a ticket; they stay open on every console until one acknowledges them.
"""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import NoPrinter
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store.events import NewEvent


@command(Command.RAISE_ALARM)
def raise_alarm(work: Work, kind: EventKind, *, clinic: str | None = None, data: NoPrinter | None = None) -> int:
    """Record an alarm raised at the station of the work and return its event's seq."""
    return record(work, NewEvent(kind=kind, clinic=clinic, data=data))


@command(Command.ACKNOWLEDGE_ALARMS)
def acknowledge_alarms(work: Work, *, up_to: int) -> int:
    """Record that somebody has seen the alarms up to event `up_to`; return how many of them were open.

    An alarm that is raised meanwhile stays open.
    """
    count = sum(event.seq <= up_to for event in open_alarms(work.tx))
    if count:
        record(work, NewEvent(kind=EventKind.ALARM_SEEN, about=up_to))
    return count
