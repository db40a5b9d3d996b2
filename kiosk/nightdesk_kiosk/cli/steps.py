"""A step with one ticket, as all commands take it: do it, and print the ticket."""

from __future__ import annotations

from collections.abc import Callable

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_queue.commands.telling import tell
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.wait_forecasts import standing


def take_step(
    settings: Settings, step: Callable[[Work], Ticket], *, told: bool = False, kiosk: str | None = None
) -> Ticket:
    """Take a step with a ticket and print the ticket. `told`: its patient waits and is told how long."""
    with settings.working(kiosk) as work:
        ticket = step(work)
        waits = tell(work, ticket) if told else standing(work.tx, work.hospital, ticket, work.now)
    tables.show_ticket(settings, ticket, waits)
    return ticket
