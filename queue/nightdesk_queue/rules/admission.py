"""Whether a clinic takes somebody in now: by its hours, its suspension, its quota, and by the forecast. Pure.

Each function returns the refusal, or None where there is no reason for one.
"""

from __future__ import annotations

from datetime import date, datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import Evening, Opening
from nightdesk_queue.rules.waits import Forecast, passes_closing


def by_hours(hospital: Hospital, clinic: Clinic, hours: Opening, *, extra: bool = False) -> Refused | None:
    """Refuse a number while none are given: closed. `extra`: staff give one while the session lasts."""
    if hours.issuing or (extra and hours.session):
        return None
    return refusals.closed(hospital, clinic, hours)


def by_suspension(hospital: Hospital, clinic: Clinic, state: ClinicState | None) -> Refused | None:
    """Refuse everybody while staff have suspended the clinic, with their own notice."""
    return refusals.suspended(hospital, clinic, state.notice) if state and state.suspended else None


def by_quota(hospital: Hospital, clinic: Clinic, session: Evening, given: int) -> Refused | None:
    """Refuse a number beyond what the session may give: full."""
    if session.quota is None or given < session.quota:
        return None
    return refusals.full(hospital, clinic, session)


def by_forecast(
    hospital: Hospital,
    clinic: Clinic,
    session: Evening,
    now: datetime,
    newcomer: tuple[int, Forecast],
    consultation: float,
) -> Refused | None:
    """Refuse who could not be served before closing: full. `newcomer`: people ahead, and the forecast."""
    ahead, forecast = newcomer
    left = (session.closes - now).total_seconds() / 60
    if not passes_closing(left, forecast, consultation):
        return None
    return refusals.no_time_left(hospital, clinic, session, Standing(ahead, forecast.minutes))


def by_transfer_quota(target: Clinic, moved_in: int) -> Refused | None:
    """Refuse a transfer beyond what a clinic takes in a session: full."""
    quota = target.transfer.quota
    return refusals.full_for_transfers(target, quota) if quota is not None and moved_in >= quota else None


def came_since(hospital: Hospital, ticket: Ticket, since: date) -> bool:
    """Whether somebody belongs to a service day or a later one, or was transferred on one.

    Whoever is left over from another evening has no claim on the time of this one.
    """
    moved = ticket.transferred_at
    return ticket.service_day >= since or (moved is not None and moved.astimezone(hospital.zone).date() >= since)
