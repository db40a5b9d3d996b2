"""Whether a clinic takes somebody in now: the facts of tonight put to the rules of admission."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.queries.wait_forecasts import Prospects
from nightdesk_queue.rules import admission
from nightdesk_queue.rules.hours import Evening, Opening, began, opening
from nightdesk_queue.rules.kiosk_pace import doubtful
from nightdesk_queue.store import clinics, events, tickets
from nightdesk_queue.store.database import Tx


def no_number(
    tx: Tx, hospital: Hospital, clinic: Clinic, hours: Opening, state: ClinicState | None, ahead: Prospects
) -> Refused | None:
    """Return why a clinic gives no new number now, or None: closed, suspended, full.

    `state`: what staff have changed about the clinic. `ahead`: its prospects.
    """
    return (
        admission.by_hours(hospital, clinic, hours)
        or admission.by_suspension(hospital, clinic, state)
        or no_place(tx, hospital, clinic, hours)
        or no_time(hospital, clinic, hours, ahead)
    )


def no_booking(tx: Tx, hospital: Hospital, clinic: Clinic, hours: Opening, now: datetime) -> Refused | None:
    """Return why a session takes no booking more, or None: suspended (today), full."""
    today = hours.service_day == opening(clinic, hospital, now).service_day
    state = clinics.all_of(tx).get(clinic.id) if today else None
    return admission.by_suspension(hospital, clinic, state) or no_place(tx, hospital, clinic, hours)


def no_place(tx: Tx, hospital: Hospital, clinic: Clinic, hours: Opening) -> Refused | None:
    """Return why a session has no place left by its quota, or None."""
    session = hours.session
    if session is None or session.quota is None:
        return None
    given = given_in(tx, hospital, clinic, session)
    return admission.by_quota(hospital, clinic, session, given)


def given_in(tx: Tx, hospital: Hospital, clinic: Clinic, session: Evening) -> int:
    """Return how many places of a session are taken, also by numbers of kiosks that were cut off."""
    given = tickets.given_in_session(tx, session.service_day, clinic.prefix, session.opens, session.closes)
    for prefix in hospital.offline_prefixes:
        given += tickets.given_cut_off(tx, session.service_day, prefix, clinic.id)
    return given


def no_time(hospital: Hospital, clinic: Clinic, hours: Opening, ahead: Prospects) -> Refused | None:
    """Return why nobody more can be served before closing, or None.

    Leftovers of other evenings do not count, nor do numbers of a kiosk for which perhaps nobody has stayed.
    """
    if not (clinic.stop_by_forecast and hours.session):
        return None
    paces = {kiosk.id: kiosk.pace for kiosk in hospital.kiosks.values()}
    found = ahead.without_leftovers(hospital, hours.service_day).without(doubtful(ahead.living, paces))
    newcomer = len(found.line), found.forecasts[-1]
    return admission.by_forecast(hospital, clinic, hours.session, ahead.now, newcomer, found.consultation)


def no_transfer(
    tx: Tx, hospital: Hospital, target: Clinic, hours: Opening, *, way_back: bool = False, extra: bool = False
) -> Refused | None:
    """Return why a clinic takes no transferred patient now, or None: closed, suspended, full for transfers.

    After the last ticket the clinic still works, and this patient has a ticket already. `way_back`: the patient belongs
    there and does not count as transferred. `extra`: staff take them in whatever the hours and the quota say.
    """
    refused = (None if extra else admission.by_hours(hospital, target, hours, extra=True)) or admission.by_suspension(
        hospital, target, clinics.all_of(tx).get(target.id)
    )
    if refused or way_back or extra or target.transfer.quota is None:
        return refused
    since = began(target, hospital, hours)
    moved_in = events.transfers_since(tx, target.id, since) + events.referred_since(tx, target.id, since)
    return admission.by_transfer_quota(target, moved_in)
