"""What has become of reports: each that was delivered is an event."""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import ReportSent
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.queries.night_report import Period
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store.events import NewEvent


@command(Command.NOTE_REPORT)
def note_report_sent(work: Work, period: Period) -> int:
    """Record that the report of a period was delivered, and return the event's seq."""
    sent = ReportSent(period.span, period.days[0].isoformat())
    return record(work, NewEvent(kind=EventKind.REPORT_SENT, data=sent))
