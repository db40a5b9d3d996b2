"""Forecasts that patients were told, remembered: the call shows how good they were."""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.queries.wait_forecasts import forecast_of
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import forecasts


@command(Command.TELL)
def tell(work: Work, ticket: Ticket) -> Standing | None:
    """Return a patient's standing and remember it. None unless they wait.

    In the transaction of the step that let them wait, so nothing can have come between.
    """
    found = forecast_of(work.tx, work.hospital, ticket, work.now)
    if found is None:
        return None
    ahead, forecast = found
    forecasts.remember(work.tx, ticket.id, ticket.clinic, work.now, ahead, forecast)
    return Standing(ahead, forecast.minutes)
