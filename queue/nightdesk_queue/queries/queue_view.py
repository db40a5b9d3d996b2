"""What people look at: a clinic's queue, one patient's standing. Reads only, in one consistent view each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import Place, Standing, State, Ticket
from nightdesk_queue.queries import admission
from nightdesk_queue.queries.room_assignments import moved
from nightdesk_queue.queries.wait_forecasts import prospects, prospects_of, standing
from nightdesk_queue.rules.hours import Opening, opening
from nightdesk_queue.store import Store, clinics, tickets
from nightdesk_queue.store.clinics import ClinicState

__all__ = ["ClinicGlance", "QueueView", "glances", "queue_view", "standing"]

ON_VIEW = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED, State.EXPECTED)


@dataclass(frozen=True, slots=True)
class QueueView:
    """A clinic at one moment. `waiting` is in calling order, with what each patient would be told.

    `clinic` has the rooms it is in tonight. `away_too_long`: held patients of whom staff are reminded. `refusal`: why
    nobody gets a number now.
    """

    clinic: Clinic
    opening: Opening
    waiting: list[tuple[Place, Standing]]
    called: list[Ticket]
    serving: list[Ticket]
    held: list[Ticket]
    missed: list[Ticket]
    expected: list[Ticket]
    away_too_long: list[Ticket]
    suspended: bool
    notice: str | None
    refusal: Refused | None

    @property
    def giving(self) -> bool:
        """Whether the clinic gives numbers, as far as hours and suspension go."""
        return self.opening.issuing and not self.suspended

    @property
    def overdue(self) -> list[Ticket]:
        """Patients past the limit of their level, in calling order: somebody should look at them again."""
        return [place.ticket for place, _ in self.waiting if place.overdue]


@dataclass(frozen=True, slots=True)
class ClinicGlance:
    """A clinic in one line for the lobby: what a new patient would be told, or why there is no number now."""

    clinic: Clinic
    opening: Opening
    standing: Standing
    refusal: Refused | None
    state: ClinicState | None


def queue_view(store: Store, hospital: Hospital, clinic: Clinic, now: datetime) -> QueueView:
    """Return everything staff see of one clinic."""
    with store.reading() as connection:
        found = tickets.living(connection, clinic.id, *ON_VIEW)
        states = clinics.all_of(connection)
        here = moved(hospital, states).clinics[clinic.id]
        ahead = prospects_of(connection, hospital, here, found, now)
        hours = opening(clinic, hospital, now)
        refusal = admission.no_number(connection, hospital, clinic, hours, now, ahead=ahead)
    by_state = {state: [ticket for ticket in found if ticket.state is state] for state in ON_VIEW}
    state = states.get(clinic.id)
    limit = timedelta(minutes=clinic.hold.remind_after_minutes)
    return QueueView(
        clinic=here,
        opening=hours,
        waiting=list(zip(ahead.line, ahead.standings(), strict=True)),
        called=by_state[State.CALLED],
        serving=by_state[State.SERVING],
        held=by_state[State.HELD],
        missed=by_state[State.MISSED],
        expected=by_state[State.EXPECTED],
        away_too_long=[held for held in by_state[State.HELD] if held.held_at and now - held.held_at >= limit],
        suspended=bool(state and state.suspended),
        notice=state.words if state else None,
        refusal=refusal,
    )


def glances(store: Store, hospital: Hospital, shown: Sequence[Clinic], now: datetime) -> list[ClinicGlance]:
    """Return what the lobby shows of each clinic."""
    found = []
    with store.reading() as connection:
        states = clinics.all_of(connection)
        for clinic in shown:
            hours = opening(clinic, hospital, now)
            ahead = prospects(connection, hospital, clinic.id, now)
            refusal = admission.no_number(connection, hospital, clinic, hours, now, ahead=ahead)
            found.append(ClinicGlance(clinic, hours, ahead.newcomer, refusal, states.get(clinic.id)))
    return found
