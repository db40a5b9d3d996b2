"""Numbers for which nobody has stayed: staff take back at once what somebody took at a kiosk for fun."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.commands.steps import step
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.alarms import many_given, unseen_numbers
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp


@command(Command.TAKE_BACK_NUMBERS)
def take_back_numbers(work: Work, kiosk: str, *, since: datetime) -> list[Ticket]:
    """Cancel the numbers a kiosk has given since a moment for which nobody has seen a patient, and return them.

    Who was called, or transferred, held or set to another level by staff, keeps theirs, and so does who had one before
    and checked in there. The places of a session are free again, and the kiosk's alarm of many numbers is over.
    One act: one undo gives all of them back. Raises Refused: unknown_kiosk.
    """
    refusals.kiosk_of(work.hospital, kiosk)
    alarms = many_given(work.tx, kiosk)
    ends = {"ended_at": stamp(work.now)}
    taken = [
        step(work, ticket, EventKind.CANCEL, ends, target=kiosk) for ticket in unseen_numbers(work.tx, kiosk, since)
    ]
    for alarm in alarms:
        record(work, NewEvent(kind=EventKind.ALARM_OVER, about=alarm.alarm))
    return taken
