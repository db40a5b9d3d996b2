"""One clinic's nights, event by event: arrivals, calls, no-shows, examinations, consultations.

Everything that decides is production's: the hours, the order with its lanes, the stop by forecast, which rooms count
as staffed, the forecasts and what they learn. Here are only the people and the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, PastCall, Place, Reason, State, Ticket
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.ordering import lane_turns, order, place_behind, rank, rules_of
from nightdesk_queue.rules.staffing import RoomFacts, staffing
from nightdesk_queue.rules.waits import (
    CALIBRATED_ON,
    LEARNED_FROM,
    Forecast,
    Learned,
    Residual,
    VisitType,
    forecasts,
    learn,
    passes_closing,
    prior_means,
    remaining_minutes,
    residual,
    visit_type,
)
from nightdesk_queue.simulation.agenda import Agenda
from nightdesk_queue.simulation.doctors import Doctors
from nightdesk_queue.simulation.outcome import Judged, Outcome, Sample, Waited
from nightdesk_queue.simulation.people import Arrival, Consultations, Habits

RECALL_SECONDS = 60
EXAMINATION_MINUTES = 18.0
LATE_MINUTES = 8.0
BETWEEN_SECONDS = 20
AFTER_LEAVING = timedelta(hours=1)
"""So long after a doctor has left, forecasts are counted as told after leaving."""
ROLLING = 10
"""So many waits the rolling-average estimator looks back on."""

Length = Callable[[Ticket, VisitType], float]
"""How many minutes a ticket's next consultation takes."""


class Memory:
    """What a clinic has learned over the nights: consultations and residuals, the newest last."""

    def __init__(self) -> None:
        self.clinic: list[tuple[VisitType, float]] = []
        self.today: list[tuple[VisitType, float]] = []
        self.residuals: list[Residual] = []

    def learned(self, clinic: Clinic) -> Learned:
        """Return what is known of a clinic now."""
        newest = self.clinic[-LEARNED_FROM:]
        return learn(prior_means(clinic), _sums(newest), _sums(self.today), self.residuals[-CALIBRATED_ON:])

    def consultation(self, kind: VisitType, minutes: float) -> None:
        """Remember a finished consultation."""
        self.clinic.append((kind, minutes))
        self.today.append((kind, minutes))


@dataclass(frozen=True, slots=True)
class Told:
    """What one patient was told and when, and what simpler estimators would have said.

    `after_leaving`: whether a doctor had left within the hour before.
    """

    at: datetime
    forecast: Forecast
    baselines: tuple[float, float, float]
    after_leaving: bool


class ClinicNight:
    """One clinic from the first arrival until nobody is left."""

    def __init__(
        self,
        hospital: Hospital,
        clinic: Clinic,
        doctors: Doctors,
        habits: Habits,
        length: Length,
        seed: str,
        memory: Memory,
        outcome: Outcome,
        kind: Callable[[Ticket], VisitType] = visit_type,
    ) -> None:
        self.hospital = hospital
        self.clinic = clinic
        self.doctors = doctors
        self.habits = habits
        self.length = length
        self.seed = seed
        self.memory = memory
        self.outcome = outcome
        self.kind = kind
        self.rules = rules_of(clinic)
        self.waiting: dict[str, Ticket] = {}
        self.calls: list[PastCall] = []
        self.inside: dict[str, tuple[Ticket, datetime] | None] = dict.fromkeys(doctors.rooms)
        self.active: dict[str, datetime] = {}
        self.left_at: datetime | None = None
        self.overtaken: dict[str, int] = {}
        self.told: dict[str, Told] = {}
        self.last_waits: list[float] = []
        self.samples: list[Sample] = []
        self._agenda = Agenda()
        self._given = 0
        self._given_in: dict[datetime | None, int] = {}
        memory.today = []

    def play(self, arrivals: Sequence[Arrival]) -> None:
        """Play until the last patient has gone."""
        if arrivals:
            self.active = dict.fromkeys(self.doctors.rooms, arrivals[0].at)
        for arrival in arrivals:
            self._agenda.note(arrival.at, lambda now, arrival=arrival: self._arrive(arrival, now))  # type: ignore[misc]
        for absence in self.doctors.absences:
            self._agenda.note(absence.begins, lambda now, room=absence.room: self._leave(room, now))  # type: ignore[misc]
            if absence.until is not None:
                back = absence.until
                self._agenda.note(back, lambda now, room=absence.room: self._call_next(room, now))  # type: ignore[misc]
        while self._agenda.next_moment() is not None:
            now = self._agenda.do_next()
            inside = sum(occupant is not None for occupant in self.inside.values())
            self.samples.append(Sample(self.clinic.id, now, len(self.waiting), inside))
        left = len(self.waiting)
        self.outcome.left_over[self.clinic.id] = self.outcome.left_over.get(self.clinic.id, 0) + left

    # patients --------------------------------------------------------------------------------------------------

    def _arrive(self, arrival: Arrival, now: datetime) -> None:
        if self._turned_away(now):
            away = self.outcome.turned_away
            away[self.clinic.id] = away.get(self.clinic.id, 0) + 1
            return
        self._given += 1
        session = opening(self.clinic, self.hospital, now).session
        opened = session.opens if session else None
        self._given_in[opened] = self._given_in.get(opened, 0) + 1
        lane = Lane.PRIORITY if arrival.priority else Lane.FIRST
        self._join(_new_ticket(self.clinic, self._given, now, arrival), lane, now)

    def _turned_away(self, now: datetime) -> bool:
        hours = opening(self.clinic, self.hospital, now)
        session = hours.session
        if not hours.issuing:
            return True
        if session and session.quota is not None and self._given_in.get(session.opens, 0) >= session.quota:
            return True
        if session is None or not self.clinic.stop_by_forecast:
            return False
        known = self.memory.learned(self.clinic)
        newcomer = self._forecasts(self._line(now), known, now)[-1]
        return passes_closing((session.closes - now).total_seconds() / 60, newcomer, known.means[VisitType.FIRST])

    def _join(self, ticket: Ticket, lane: Lane, now: datetime, queued_at: datetime | None = None) -> None:
        since = None
        if lane in INSERTED_LANES:
            standing = [one for one in self.waiting.values() if one.lane is lane and one.level == ticket.level]
            since = min((one.lane_since or 0 for one in standing), default=len(self.calls))
        joined = replace(ticket, state=State.WAITING, lane=lane, lane_since=since, queued_at=queued_at or now)
        self.waiting[ticket.id] = joined
        self.overtaken[ticket.id] = 0
        self._tell(joined, now)
        self._fill_rooms(now)

    def _tell(self, ticket: Ticket, now: datetime) -> None:
        """Remember what the patient is told, and what simpler estimators would have said."""
        line = self._line(now)
        ahead = next(index for index, place in enumerate(line) if place.ticket.id == ticket.id)
        told = self._forecasts(line, self.memory.learned(self.clinic), now)[ahead]
        oldest = min((one.queued_at for one in self.waiting.values()), default=now)
        recent = self.last_waits[-ROLLING:]
        baselines = (
            self.last_waits[-1] if self.last_waits else 0.0,
            (now - oldest).total_seconds() / 60,
            sum(recent) / len(recent) if recent else 0.0,
        )
        after_leaving = self.left_at is not None and now - self.left_at <= AFTER_LEAVING
        self.told[ticket.id] = Told(now, told, baselines, after_leaving)

    # rooms -----------------------------------------------------------------------------------------------------

    def _fill_rooms(self, now: datetime) -> None:
        for room, occupant in self.inside.items():
            if occupant is None:
                self._call_next(room, now)

    def _leave(self, room: str, now: datetime) -> None:
        """Note that a room is empty from now on; a doctor with a patient leaves after that."""
        if self.inside[room] is None and self.doctors.away(room, now):
            self.left_at = now

    def _call_next(self, room: str, now: datetime) -> None:
        if self.inside[room] is not None or self.doctors.away(room, now):
            return
        line = self._line(now)
        if not line:
            return
        if line[0].reason is Reason.COOL_DOWN:
            self._agenda.note(now + self.rules.cool_down, lambda later: self._call_next(room, later))
            return
        place = line[0]
        ticket = self.waiting.pop(place.ticket.id)
        for other in self.waiting.values():
            if rank(other)[1:] < rank(ticket)[1:]:
                self.overtaken[other.id] += 1
        self.calls.append(PastCall(len(self.calls) + 1, ticket.level, ticket.lane))
        self._note_call(place, now)
        self.inside[room] = (ticket, now)
        self.active[room] = now
        if self._chance(ticket, "show").random() < self.habits.no_show:
            gone = now + timedelta(seconds=RECALL_SECONDS * self.clinic.missed.recalls)
            self._agenda.note(gone, lambda later: self._miss(room, ticket, later))
        else:
            minutes = self.length(ticket, self.kind(ticket))
            self._agenda.note(now + timedelta(minutes=minutes), lambda later: self._end(room, ticket, minutes, later))

    def _note_call(self, place: Place, now: datetime) -> None:
        ticket = place.ticket
        minutes = (now - ticket.queued_at).total_seconds() / 60
        overtaken = self.overtaken[ticket.id]
        self.outcome.waits.append(Waited(self.clinic.id, ticket.lane, minutes, overtaken, place.overdue))
        told = self.told.pop(ticket.id)
        waited = (now - told.at).total_seconds() / 60
        off = residual(told.forecast.wait, told.forecast.half, waited)
        if off is not None:
            self.memory.residuals.append(off)
            self.outcome.judged.append(_judged(told, waited))
        self.last_waits.append(waited)

    def _end(self, room: str, ticket: Ticket, minutes: float, now: datetime) -> None:
        self.memory.consultation(self.kind(ticket), minutes)
        self._empty(room, now)
        chance = self._chance(ticket, "examination")
        if ticket.lane is not Lane.RETURN and chance.random() < self.habits.examination:
            away = timedelta(minutes=chance.expovariate(1 / EXAMINATION_MINUTES))
            self._agenda.note(now + away, lambda later: self._join(ticket, Lane.RETURN, later))
        self._agenda.note(now + timedelta(seconds=BETWEEN_SECONDS), lambda later: self._call_next(room, later))

    def _miss(self, room: str, ticket: Ticket, now: datetime) -> None:
        self._empty(room, now)
        missed, chance = replace(ticket, missed=ticket.missed + 1), self._chance(ticket, "late")
        if missed.missed >= self.clinic.missed.lapse_after or chance.random() >= self.habits.comes_late:
            lapsed = self.outcome.lapsed
            lapsed[self.clinic.id] = lapsed.get(self.clinic.id, 0) + 1
        else:
            back = now + timedelta(minutes=chance.expovariate(1 / LATE_MINUTES))
            self._agenda.note(back, lambda later: self._rejoin(missed, later))
        self._call_next(room, now)

    def _empty(self, room: str, now: datetime) -> None:
        self.inside[room] = None
        self.active[room] = now
        self._leave(room, now)

    def _rejoin(self, ticket: Ticket, now: datetime) -> None:
        queued_at, rules = now, self.clinic.missed
        if rules.comes_back == "places" and ticket.missed <= len(rules.places):
            level = [one for one in self.waiting.values() if one.level == ticket.level]
            turns = lane_turns(level, self.calls, self.rules)
            back = rules.places[ticket.missed - 1]
            queued_at = place_behind(level, ticket, back, self.rules, turns, now).queued_at or now
        self._join(replace(ticket, rejoined_at=now), Lane.MISSED, now, queued_at)

    # what production decides -------------------------------------------------------------------------------------

    def _line(self, now: datetime) -> list[Place]:
        waiting = list(self.waiting.values())
        return order(waiting, self.rules, lane_turns(waiting, self.calls, self.rules), now)

    def _forecasts(self, line: Sequence[Place], known: Learned, now: datetime) -> list[Forecast]:
        busy = []
        for room in sorted(self._counted(now)):
            occupant = self.inside[room]
            if occupant is None:
                busy.append(0.0)
            else:
                ticket, since = occupant
                elapsed = (now - since).total_seconds() / 60
                busy.append(remaining_minutes(known.means[self.kind(ticket)], elapsed))
        return forecasts(busy, [known.means[self.kind(place.ticket)] for place in line], known)

    def _counted(self, now: datetime) -> frozenset[str]:
        """Return the rooms that production would count on, none of which said that it is empty.

        Doctors who stay all night keep their rooms open however long nobody comes.
        """
        if not self.doctors.absences:
            return frozenset(self.doctors.rooms)
        occupied = [room for room, occupant in self.inside.items() if occupant is not None]
        empty_after = timedelta(minutes=self.clinic.empty_after_minutes)
        facts, waiting = RoomFacts(self.active, {}), list(self.waiting.values())
        return staffing(self.doctors.rooms, occupied, facts, waiting, empty_after, now).counted

    def _chance(self, ticket: Ticket, what: str) -> Random:
        """Return a patient's own chance: the same whatever the order, so that two policies meet the same people."""
        return Random(f"{self.seed}-{ticket.n}-{what}-{ticket.lane}-{ticket.missed}")


def drawn(clinic: Clinic, consultations: Consultations, seed: str) -> Length:
    """Return lengths drawn by visit type, the same for a patient whatever the order."""
    return lambda ticket, kind: consultations.minutes(clinic, kind, Random(f"{seed}-{ticket.n}-{kind}"))


def _judged(told: Told, waited: float) -> Judged:
    return Judged(told.forecast.wait, *told.forecast.minutes, waited, told.baselines, told.after_leaving)


def _sums(seen: Sequence[tuple[VisitType, float]]) -> dict[VisitType, tuple[int, float, float]]:
    sums = {}
    for kind in VisitType:
        minutes = [one for which, one in seen if which is kind]
        if minutes:
            sums[kind] = (len(minutes), sum(minutes), sum(one * one for one in minutes))
    return sums


def _new_ticket(clinic: Clinic, n: int, now: datetime, arrival: Arrival) -> Ticket:
    return Ticket(
        seq=n,
        id=f"{clinic.id}-{n}",
        number=f"{clinic.prefix}{n:03d}",
        prefix=clinic.prefix,
        n=n,
        service_day=date.min,
        clinic=clinic.id,
        state=State.WAITING,
        lane=Lane.FIRST,
        level=arrival.level,
        priority=arrival.priority,
        arrived_at=now,
        queued_at=now,
    )
