"""Whether a clinic takes somebody in now: by its hours, its suspension, its quota, and by the forecast."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.queries.wait_forecasts import Prospects, came_since, prospects
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import Opening, began
from nightdesk_queue.rules.waits import passes_closing
from nightdesk_queue.store import clinics, events, tickets
from nightdesk_queue.store.timestamps import stamp


def no_number(
    connection: sqlite3.Connection,
    hospital: Hospital,
    clinic: Clinic,
    hours: Opening,
    now: datetime,
    *,
    extra: bool = False,
    ahead: Prospects | None = None,
) -> Refused | None:
    """Return why a clinic gives no new number now, or None: closed, suspended, full.

    `extra`: staff give a number beyond quota, last ticket and forecast while the session lasts. `ahead`: the clinic's
    prospects, where they have been read already.
    """
    if not hours.issuing and not (extra and hours.session):
        return refusals.closed(hospital, clinic, hours)
    if clinics.is_suspended(connection, clinic.id):
        return suspended(connection, hospital, clinic)
    if extra or hours.session is None:
        return None
    if full := no_place(connection, hospital, clinic, hours):
        return full
    if clinic.stop_by_forecast:
        # whoever is left over from another evening has no claim on the time of this one
        since = hours.service_day
        fresh = ahead is not None and all(came_since(hospital, place.ticket, since) for place in ahead.line)
        found = ahead if ahead and fresh else prospects(connection, hospital, clinic.id, now, since)
        left = (hours.session.closes - now).total_seconds() / 60
        if passes_closing(left, found.forecasts[-1], found.consultation):
            return refusals.no_time_left(hospital, clinic, hours.session, found.newcomer)
    return None


def no_transfer(
    connection: sqlite3.Connection, hospital: Hospital, target: Clinic, hours: Opening, *, way_back: bool = False
) -> Refused | None:
    """Return why a clinic takes no transferred patient now, or None: closed, suspended, full for transfers.

    `way_back`: the patient belongs there and does not count as transferred.
    """
    # after the last ticket the clinic still works, and this patient has a ticket already
    if not hours.issuing and hours.session is None:
        return refusals.closed(hospital, target, hours)
    if clinics.is_suspended(connection, target.id):
        return suspended(connection, hospital, target)
    quota = target.transfer.quota
    if quota is not None and not way_back:
        since = stamp(began(target, hospital, hours))
        if events.transfers_since(connection, target.id, since) >= quota:
            return refusals.full_for_transfers(target, quota)
    return None


def suspended(connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic) -> Refused:
    """Return the refusal of a suspended clinic, with staff's own notice."""
    state = clinics.all_of(connection).get(clinic.id)
    return refusals.suspended(hospital, clinic, state.notice if state else None)


def no_place(connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic, hours: Opening) -> Refused | None:
    """Return why a session has no place left by its quota, or None."""
    session = hours.session
    if session is None or session.quota is None:
        return None
    day = session.service_day.isoformat()
    given = tickets.given_in_session(connection, day, clinic.prefix, stamp(session.opens))
    return refusals.full(hospital, clinic, session) if given >= session.quota else None
