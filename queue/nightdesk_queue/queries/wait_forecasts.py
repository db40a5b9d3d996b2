"""What a patient is told about the wait: what is known of a clinic, played forward; and what was told, remembered.

The estimates are pure (`waits`); here is what they are fed with: the line, the staffed rooms, what finished
consultations and recorded residuals teach.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import Place, Standing, State, Ticket
from nightdesk_queue.queries.room_assignments import clinic_tonight
from nightdesk_queue.queries.waiting_list import ordered
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.ordering import rules_of
from nightdesk_queue.rules.waits import Forecast, Learned, VisitType, learn, prior_means, remaining_minutes, visit_type
from nightdesk_queue.rules.waits import forecasts as play
from nightdesk_queue.store import Store, consultations, forecasts, tickets

STAFFED_FOR = timedelta(minutes=60)
"""A room in which nothing happened for so long has nobody in it, as long as others are at work."""


@dataclass(frozen=True)
class Prospects:
    """A clinic's line and how it will go on. `busy`: minutes until each staffed room is free."""

    line: Sequence[Place]
    busy: Sequence[float]
    learned: Learned

    @cached_property
    def forecasts(self) -> list[Forecast]:
        """The wait of each who is in line, and last of somebody who joins now."""
        return play(self.busy, [self._mean(place.ticket) for place in self.line], self.learned)

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

    def place_of(self, ticket: Ticket) -> int | None:
        """Return how many are called before a ticket; None for one that is not in line."""
        return next((ahead for ahead, place in enumerate(self.line) if place.ticket.id == ticket.id), None)

    def _mean(self, ticket: Ticket) -> float:
        return self.learned.means[visit_type(ticket)]


def prospects(
    connection: sqlite3.Connection, hospital: Hospital, clinic_id: str, now: datetime, since: date | None = None
) -> Prospects:
    """Read a clinic's line and what is known of its consultations; of `since` on, without those left over before."""
    living = tickets.living(connection, clinic_id, State.WAITING, State.CALLED, State.SERVING)
    if since is not None:
        living = [one for one in living if one.state is not State.WAITING or came_since(hospital, one, since)]
    return prospects_of(connection, hospital, clinic_tonight(connection, hospital, clinic_id), living, now)


def came_since(hospital: Hospital, ticket: Ticket, since: date) -> bool:
    """Whether somebody belongs to a service day or a later one, or was transferred on one."""
    moved = ticket.transferred_at
    return ticket.service_day >= since or (moved is not None and moved.astimezone(hospital.zone).date() >= since)


def prospects_of(
    connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic, living: Sequence[Ticket], now: datetime
) -> Prospects:
    """Return the prospects of a clinic, with the rooms it has now, whose living tickets have been read already."""
    learned = _learned(connection, hospital, clinic, now)
    waiting = [ticket for ticket in living if ticket.state is State.WAITING]
    inside = [ticket for ticket in living if ticket.state in (State.CALLED, State.SERVING)]
    return Prospects(
        line=ordered(connection, clinic, waiting, now),
        busy=_busy(connection, clinic, inside, learned, now),
        learned=learned,
    )


def standing(store: Store, hospital: Hospital, ticket: Ticket, now: datetime) -> Standing | None:
    """Return how many are called before this patient and how long that takes; None unless they wait."""
    found = _forecast(store, hospital, ticket, now)
    return Standing(found[0], found[1].minutes) if found else None


def tell(store: Store, hospital: Hospital, ticket: Ticket, now: datetime) -> Standing | None:
    """Return a patient's standing and remember it: the call will show how good it was. None unless they wait.

    Remembered in a unit of its own, so that issuing a number never waits for a forecast.
    """
    found = _forecast(store, hospital, ticket, now)
    if found is None:
        return None
    ahead, forecast = found
    with store.unit() as connection:
        current = tickets.by_id(connection, ticket.id)
        if current and current.state is State.WAITING and current.clinic == ticket.clinic:
            forecasts.remember(connection, ticket.id, ticket.clinic, now, ahead, forecast)
    return Standing(ahead, forecast.minutes)


def _forecast(store: Store, hospital: Hospital, ticket: Ticket, now: datetime) -> tuple[int, Forecast] | None:
    clinic = hospital.clinics.get(ticket.clinic)
    if ticket.state is not State.WAITING or clinic is None:
        return None
    rules = rules_of(clinic)
    if ticket.rejoined_at and rules.cooling(ticket, now):
        # who has just reported again is told the place they have once the cool-down is over
        now = ticket.rejoined_at + rules.cool_down
    with store.reading() as connection:
        found = prospects(connection, hospital, ticket.clinic, now)
    ahead = found.place_of(ticket)
    return (ahead, found.forecasts[ahead]) if ahead is not None else None


def _learned(connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic, now: datetime) -> Learned:
    day = opening(clinic, hospital, now).service_day.isoformat()
    return learn(
        prior_means(clinic),
        consultations.observed(connection, clinic.id),
        consultations.observed(connection, clinic.id, day),
        forecasts.scores(connection, clinic.id),
    )


def _busy(
    connection: sqlite3.Connection, clinic: Clinic, inside: Sequence[Ticket], learned: Learned, now: datetime
) -> list[float]:
    """Return for each staffed room the minutes until it is free; all of the clinic's rooms while none is at work."""
    occupied = {}
    for ticket in inside:
        began = ticket.started_at if ticket.state is State.SERVING else None
        elapsed = (now - began).total_seconds() / 60 if began else 0.0
        occupied[ticket.room or ""] = remaining_minutes(learned.means[visit_type(ticket)], elapsed)
    at_work = occupied.keys() | consultations.rooms_since(connection, clinic.id, now - STAFFED_FOR)
    staffed = at_work & set(clinic.rooms) or set(clinic.rooms)
    return [occupied.get(room, 0.0) for room in sorted(staffed | occupied.keys())]
