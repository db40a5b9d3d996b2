"""Whether a report was delivered already."""

from __future__ import annotations

from nightdesk_queue.domain.event_data import ReportSent
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.queries.night_report import Period
from nightdesk_queue.store import events
from nightdesk_queue.store.database import Tx

LOOKED_AT = 40
"""So many deliveries are looked at, the newest first: those of a month, with its weeks."""


def was_sent(tx: Tx, station: str, period: Period) -> bool:
    """Whether a service at a station has delivered the report of a period."""
    wanted = ReportSent(period.span, period.days[0].isoformat())
    newest = events.newest_of_station(tx, station, [EventKind.REPORT_SENT], None, LOOKED_AT)
    return any(event.data == wanted for event in newest)
