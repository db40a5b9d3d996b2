"""What a patient would get at each clinic they could be transferred to: their place and their wait, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import Lane, Standing, State, Ticket
from nightdesk_queue.queries.admission import no_transfer
from nightdesk_queue.queries.wait_forecasts import prospects
from nightdesk_queue.queries.waiting_list import behind_all
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.transfers import credited
from nightdesk_queue.store.database import Tx


@dataclass(frozen=True, slots=True)
class Target:
    """A clinic a patient could be sent to: what they would be told there, or why they would not be taken."""

    clinic: Clinic
    standing: Standing | None
    refusal: Refused | None


def transfer_targets(tx: Tx, hospital: Hospital, ticket: Ticket, level: int, now: datetime) -> list[Target]:
    """Return every clinic but the patient's own, with what they would get there on a level.

    The place is what `transfer` would give at this moment: by the clinic's credit of the wait, level and lane.
    """
    return [
        _target(tx, hospital, ticket, clinic, level, now) for clinic in hospital.clinic if clinic.id != ticket.clinic
    ]


def _target(tx: Tx, hospital: Hospital, ticket: Ticket, clinic: Clinic, level: int, now: datetime) -> Target:
    try:
        refusals.accepted(hospital, ticket, clinic)
    except Refused as refused:
        return Target(clinic, None, refused)
    if refusal := no_transfer(tx, hospital, clinic, opening(clinic, hospital, now)):
        return Target(clinic, None, refusal)
    ahead = prospects(tx, hospital, clinic.id, now)
    moved = replace(
        ticket,
        clinic=clinic.id,
        origin=ticket.clinic,
        state=State.WAITING,
        level=level,
        lane=Lane.PRIORITY if ticket.priority else Lane.FIRST,
        queued_at=credited(ticket.arrived_at, behind_all(tx, clinic.id, level, now), clinic.transfer.credit),
        rejoined_at=None,
        room=None,
    )
    place, forecast = ahead.of_one_more(moved)
    return Target(clinic, Standing(place, forecast.minutes), None)
