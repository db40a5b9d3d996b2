"""How long patients will wait: what is known of a clinic, played forward.

The estimates are pure (`rules/waits`); here is what they are fed with: the waiting list, the staffed rooms, what
finished consultations and recorded residuals teach.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import Place, Standing, State, Ticket
from nightdesk_queue.queries.room_assignments import clinic_tonight
from nightdesk_queue.queries.waiting_list import WaitingList, waiting_list
from nightdesk_queue.rules.admission import came_since
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.ordering import rules_of
from nightdesk_queue.rules.staffing import STAFFED_FOR, RoomFacts, Staffing, staffing
from nightdesk_queue.rules.waits import (
    Forecast,
    Learned,
    VisitType,
    forecasts,
    learn,
    prior_means,
    remaining_minutes,
    visit_type,
)
from nightdesk_queue.store import consultations, rooms, tickets
from nightdesk_queue.store import forecasts as told_forecasts
from nightdesk_queue.store.database import Tx

IN_QUEUE = (State.WAITING, State.CALLED, State.SERVING, State.MISSED)
"""States of the patients a forecast needs; the missed say of a kiosk's numbers whether they came in a burst."""


@dataclass(frozen=True)
class Prospects:
    """A clinic's line and how it will go on.

    `clinic` has the rooms it is in tonight. `busy`: minutes until each room at work is free. `living`: everybody at the
    clinic, those called and missed, too.
    """

    clinic: Clinic
    waiting: WaitingList
    busy: Sequence[float]
    learned: Learned
    now: datetime
    staffing: Staffing
    living: Sequence[Ticket] = ()

    @cached_property
    def line(self) -> list[Place]:
        """Who waits, in calling order."""
        return self.waiting.in_order(self.now)

    @cached_property
    def forecasts(self) -> list[Forecast]:
        """The wait of each who is in line, and last of somebody who joins now."""
        return self._played(self.line)

    @property
    def newcomer(self) -> Standing:
        """What somebody who joins now would be told."""
        return Standing(len(self.line), self.forecasts[-1].minutes)

    @property
    def consultation(self) -> float:
        """Mean minutes of a first consultation."""
        return self.learned.means[VisitType.FIRST]

    def standings(self) -> list[Standing]:
        """Return what each patient in line would be told, in calling order."""
        return [Standing(ahead, self.forecasts[ahead].minutes) for ahead in range(len(self.line))]

    def of(self, ticket: Ticket) -> tuple[int, Forecast] | None:
        """Return how many are called before a ticket, and its forecast; None for one that is not in line."""
        ahead = _place_of(self.line, ticket)
        return None if ahead is None else (ahead, self.forecasts[ahead])

    def of_one_more(self, ticket: Ticket) -> tuple[int, Forecast]:
        """Return place and forecast of a ticket that has joined since the line was read.

        Who stands at the end has the forecast of the newcomer, which is known already.
        """
        line = self.waiting.with_one_more(ticket, self.now)
        ahead = _place_of(line, ticket)
        assert ahead is not None, "a ticket just added is in line"
        return ahead, self.forecasts[ahead] if ahead == len(self.line) else self._played(line)[ahead]

    def without_leftovers(self, hospital: Hospital, since: date) -> Prospects:
        """Return the prospects without those who wait since before a service day; itself where there are none."""
        return self.without({one.id for one in self.waiting.waiting if not came_since(hospital, one, since)})

    def without(self, ids: Collection[str]) -> Prospects:
        """Return the prospects as if some tickets did not wait; itself where there are none."""
        if not ids:
            return self
        waiting = self.waiting
        others = [one for one in waiting.waiting if one.id not in ids]
        return replace(self, waiting=WaitingList(others, waiting.rules, waiting.turns))

    def _played(self, line: Sequence[Place]) -> list[Forecast]:
        means = [self.learned.means[visit_type(place.ticket)] for place in line]
        return forecasts(self.busy, means, self.learned)


def prospects(tx: Tx, hospital: Hospital, clinic_id: str, now: datetime) -> Prospects:
    """Read a clinic's line and what is known of its consultations."""
    living = tickets.living(tx, clinic_id, *IN_QUEUE)
    return prospects_of(tx, hospital, clinic_tonight(tx, hospital, clinic_id), living, now)


def prospects_of(tx: Tx, hospital: Hospital, clinic: Clinic, living: Sequence[Ticket], now: datetime) -> Prospects:
    """Return the prospects of a clinic, with the rooms it has now, whose living tickets have been read already."""
    learned = _learned(tx, hospital, clinic, now)
    waiting = [ticket for ticket in living if ticket.state is State.WAITING]
    inside = [ticket for ticket in living if ticket.state in (State.CALLED, State.SERVING)]
    busy, staffed = _busy(tx, clinic, inside, waiting, learned, now)
    return Prospects(clinic, waiting_list(tx, clinic, waiting), busy, learned, now, staffed, living)


def forecast_of(tx: Tx, hospital: Hospital, ticket: Ticket, now: datetime) -> tuple[int, Forecast] | None:
    """Return how many are called before a patient, and their forecast; None unless they wait."""
    clinic = hospital.clinics.get(ticket.clinic)
    if ticket.state is not State.WAITING or clinic is None:
        return None
    return prospects(tx, hospital, ticket.clinic, told_for(clinic, ticket, now)).of(ticket)


def told_for(clinic: Clinic, ticket: Ticket, now: datetime) -> datetime:
    """Return the moment a patient's place is told for: once the cool-down is over, for who has just reported again."""
    rules = rules_of(clinic)
    return ticket.rejoined_at + rules.cool_down if ticket.rejoined_at and rules.cooling(ticket, now) else now


def standing(tx: Tx, hospital: Hospital, ticket: Ticket, now: datetime) -> Standing | None:
    """Return how many are called before this patient and how long that takes; None unless they wait."""
    found = forecast_of(tx, hospital, ticket, now)
    return Standing(found[0], found[1].minutes) if found else None


def _place_of(line: Sequence[Place], ticket: Ticket) -> int | None:
    return next((ahead for ahead, place in enumerate(line) if place.ticket.id == ticket.id), None)


def _learned(tx: Tx, hospital: Hospital, clinic: Clinic, now: datetime) -> Learned:
    day = opening(clinic, hospital, now).service_day
    lately, tonight = consultations.newest(tx, clinic.id, day)
    return learn(prior_means(clinic), lately, tonight, told_forecasts.residuals(tx, clinic.id))


def _busy(
    tx: Tx, clinic: Clinic, inside: Sequence[Ticket], waiting: Sequence[Ticket], learned: Learned, now: datetime
) -> tuple[list[float], Staffing]:
    """Return for each room at work the minutes until it is free, and which rooms these are."""
    occupied = {}
    for ticket in inside:
        began = ticket.started_at if ticket.state is State.SERVING else None
        elapsed = (now - began).total_seconds() / 60 if began else 0.0
        occupied[ticket.room or ""] = remaining_minutes(learned.means[visit_type(ticket)], elapsed)
    facts = RoomFacts(*rooms.at_work(tx, clinic.id, now - STAFFED_FOR))
    empty_after = timedelta(minutes=clinic.empty_after_minutes)
    staffed = staffing(clinic.rooms, occupied, facts, waiting, empty_after, now)
    return [occupied.get(room, 0.0) for room in sorted(staffed.counted)], staffed
