"""What staff and the lobby see of clinics at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import Place, Standing, State, Ticket
from nightdesk_queue.queries import admission
from nightdesk_queue.queries.room_assignments import moved
from nightdesk_queue.queries.wait_forecasts import IN_QUEUE, Prospects, prospects_of
from nightdesk_queue.rules.hours import Opening, opening
from nightdesk_queue.store import clinics, events, tickets
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.cleaning import normalised

ON_VIEW = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED, State.EXPECTED)


@dataclass(frozen=True, slots=True)
class QueueView:
    """A clinic at one moment. `ahead` knows who waits, in calling order, and what each would be told.

    `clinic` has the rooms it is in tonight. `away_too_long`: held patients of whom staff are reminded.
    `not_come`: who was called some time ago and has not come. `refusal`: why nobody gets a number now. `ended`: how
    many of the service day have ended here, by state.
    """

    clinic: Clinic
    opening: Opening
    ahead: Prospects
    called: list[Ticket]
    serving: list[Ticket]
    held: list[Ticket]
    missed: list[Ticket]
    expected: list[Ticket]
    away_too_long: list[Ticket]
    not_come: list[Ticket]
    suspended: bool
    notice: str | None
    refusal: Refused | None
    ended: Mapping[State, int] = field(default_factory=dict)
    looked_at: frozenset[str] = frozenset()
    """Who was looked at again a short while ago: nobody has to be told of them."""

    @property
    def line(self) -> list[Place]:
        """Who waits, in calling order."""
        return self.ahead.line

    @property
    def everybody(self) -> list[Ticket]:
        """Everybody who is here or expected, in whatever state."""
        line = [place.ticket for place in self.line]
        return [*self.serving, *self.called, *line, *self.held, *self.missed, *self.expected]

    @property
    def waiting(self) -> list[tuple[Place, Standing]]:
        """Who waits, in calling order, with what each would be told; worked out for whoever asks."""
        return list(zip(self.line, self.ahead.standings(), strict=True))

    @property
    def giving(self) -> bool:
        """Whether the clinic gives numbers, as far as hours and suspension go."""
        return self.opening.issuing and not self.suspended

    @property
    def empty_rooms(self) -> list[str]:
        """Rooms in which nobody seems to be although somebody waits; no forecast counts on them."""
        return sorted(self.ahead.staffing.empty)

    @property
    def namesakes(self) -> frozenset[str]:
        """The tickets of patients who bear the same name as somebody else here: a name alone would call both."""
        return frozenset(one.id for found in self._by_name().values() if len(found) > 1 for one in found)

    def same_name(self, ticket: Ticket) -> list[Ticket]:
        """Return who else here bears the name of a patient."""
        found = self._by_name().get(_name_of(ticket), []) if ticket.name else []
        return [one for one in found if one.id != ticket.id]

    def _by_name(self) -> dict[str, list[Ticket]]:
        here = [*(place.ticket for place in self.line), *self.called, *self.serving, *self.held, *self.missed]
        found: dict[str, list[Ticket]] = {}
        for ticket in here:
            if ticket.name:
                found.setdefault(_name_of(ticket), []).append(ticket)
        return found

    @property
    def overdue(self) -> list[Ticket]:
        """Patients past the limit of their level, in calling order, at whom somebody should look again."""
        return [place.ticket for place in self.line if place.overdue and place.ticket.id not in self.looked_at]


def _name_of(ticket: Ticket) -> str:
    return "".join(normalised(ticket.name or "").casefold().split())


@dataclass(frozen=True, slots=True)
class ClinicGlance:
    """A clinic in one line for the lobby: what a new patient would be told, or why there is no number now.

    `standing` is None where nobody can tell: the kiosk is cut off from the server.
    """

    clinic: Clinic
    opening: Opening
    standing: Standing | None
    refusal: Refused | None
    state: ClinicState | None


def queue_view(tx: Tx, hospital: Hospital, clinic: Clinic, now: datetime) -> QueueView:
    """Return everything staff see of one clinic."""
    found = tickets.living(tx, clinic.id, *ON_VIEW)
    states = clinics.all_of(tx)
    here = moved(hospital, states).clinics[clinic.id]
    ahead = prospects_of(tx, hospital, here, found, now)
    hours = opening(clinic, hospital, now)
    state = states.get(clinic.id)
    refusal = admission.no_number(tx, hospital, clinic, hours, state, ahead)
    by_state = {state: [ticket for ticket in found if ticket.state is state] for state in ON_VIEW}
    limit = timedelta(minutes=clinic.hold.remind_after_minutes)
    patience = timedelta(minutes=clinic.missed.called_minutes)
    looked = events.looked_at_since(tx, clinic.id, now - timedelta(minutes=clinic.order.look_again_minutes))
    away = [held for held in by_state[State.HELD] if held.held_at and now - held.held_at >= limit]
    return QueueView(
        clinic=here,
        opening=hours,
        ahead=ahead,
        called=by_state[State.CALLED],
        serving=by_state[State.SERVING],
        held=by_state[State.HELD],
        missed=by_state[State.MISSED],
        expected=by_state[State.EXPECTED],
        away_too_long=[held for held in away if held.id not in looked],
        not_come=[one for one in by_state[State.CALLED] if one.called_at and now - one.called_at >= patience],
        suspended=bool(state and state.suspended),
        notice=state.words if state else None,
        refusal=refusal,
        ended=tickets.ended_of_day(tx, clinic.id, hours.service_day),
        looked_at=looked,
    )


def glances(tx: Tx, hospital: Hospital, shown: Sequence[Clinic], now: datetime) -> list[ClinicGlance]:
    """Return what the lobby shows of each clinic."""
    states = clinics.all_of(tx)
    here = moved(hospital, states)
    found = []
    for clinic in shown:
        hours, state = opening(clinic, hospital, now), states.get(clinic.id)
        living = tickets.living(tx, clinic.id, *IN_QUEUE)
        ahead = prospects_of(tx, hospital, here.clinics[clinic.id], living, now)
        refusal = admission.no_number(tx, hospital, clinic, hours, state, ahead)
        found.append(ClinicGlance(clinic, hours, ahead.newcomer, refusal, state))
    return found
