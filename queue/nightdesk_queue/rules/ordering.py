"""Who is next, and why.

Pure: the tickets that wait, the clinic's rules, the turns of its lanes and `now` come in; the order of calling goes
out, each place with its reason. The same order answers what staff are shown and whom the next call takes.

Triage level first, III before every IV. Inside a level, by the clinic's rule:

- `interleave`: the ordinary patients are one stream, the overdue first by credited arrival, then the others. After
  every so many of them one from each lane that waits is inserted (priorities, results reviews, missed patients who
  reported again). A lane's head is eligible once that many ordinary patients were called since the lane last became
  non-empty or was last served, when it is overdue itself, or when its credited time is earlier than that of the
  ordinary head; several eligible go in the order priority, return, missed. With no ordinary patient waiting, lanes go
  first come first served. So the r-th patient of a lane is overtaken by at most N·r ordinary ones, overdue or not.
- `accumulate`: the overdue by credited arrival, then the greatest b·(now − credited arrival), b the rate of the
  patient's priority or lane (L. Kleinrock, A delay dependent queue discipline, 1964).

The order of issue breaks ties, so two tickets never change places by chance. A patient who reported again just now is
last until the cool-down is over, and `call` does not take them before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic
from nightdesk_queue.config.schema import OrderRules
from nightdesk_queue.domain.tickets import INSERTED_LANES, LEVEL_ORDINARY, Lane, PastCall, Place, Reason, State, Ticket

INSERT_EVERY = 2
"""One from a lane after so many ordinary patients, where the clinic says nothing else (2+1)."""

MOMENT = timedelta(microseconds=1)

Turns = Mapping[tuple[int, Lane], int]
"""By level and lane: ordinary patients called since the lane last became non-empty or was last served."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a clinic has chosen, as the order needs it. `inserted` are the lanes interleaved among the ordinary."""

    order: OrderRules
    inserted: tuple[Lane, ...] = INSERTED_LANES
    cool_down: timedelta = timedelta(seconds=60)

    def every(self, lane: Lane, returns_lead: bool) -> int:
        """Return after how many ordinary patients one of a lane is due."""
        if lane is Lane.RETURN and returns_lead:
            return self.order.when_returns_lead
        return self.order.insert_every.get(lane, INSERT_EVERY)

    def overdue(self, ticket: Ticket, now: datetime) -> bool:
        """Whether a ticket has waited past the limit of its level."""
        return now - (ticket.waits_from or ticket.queued_at) > timedelta(
            minutes=self.order.overdue_minutes[ticket.level]
        )

    def cooling(self, ticket: Ticket, now: datetime) -> bool:
        """Whether a ticket reported again only just now; a clock set back cools nobody."""
        return ticket.rejoined_at is not None and ticket.rejoined_at <= now < ticket.rejoined_at + self.cool_down

    def booked_first(self, ticket: Ticket, now: datetime) -> bool:
        """Whether a booked patient is due and goes ahead of those who walked in."""
        return self.order.booked == "first" and ticket.lane is Lane.BOOKED and ticket.queued_at <= now

    def accumulated(self, ticket: Ticket, now: datetime) -> float:
        """Return the priority a ticket has accumulated."""
        return self.rate(ticket) * max((now - ticket.queued_at).total_seconds(), 0.0)

    def rate(self, ticket: Ticket) -> float:
        """Return how fast a ticket accumulates priority: the greatest rate of its priorities and its lane."""
        rates = [self.order.rates[name] for name in (*ticket.priority, ticket.lane.value) if name in self.order.rates]
        return max(rates, default=1.0)


def rules_of(clinic: Clinic) -> Rules:
    """Return a clinic's rules of order; missed patients who come back to a place of their own are no lane."""
    inserted = tuple(lane for lane in INSERTED_LANES if lane is not Lane.MISSED or clinic.missed.comes_back == "insert")
    return Rules(clinic.order, inserted, timedelta(seconds=clinic.missed.cool_down_seconds))


def lane_turns(waiting: Iterable[Ticket], calls: Sequence[PastCall], rules: Rules) -> dict[tuple[int, Lane], int]:
    """Return how many ordinary patients each waiting lane has let go first.

    `calls` are the clinic's calls, oldest first, from the first event any waiting lane counts from (`counted_from`).
    """
    since: dict[tuple[int, Lane], int] = {}
    for ticket in waiting:
        if ticket.lane in rules.inserted:
            key = ticket.level, ticket.lane
            since[key] = min(since.get(key, ticket.lane_since or 0), ticket.lane_since or 0)
    turns = dict.fromkeys(since, 0)
    for call in calls:
        if call.lane in rules.inserted:
            if (call.level, call.lane) in turns:
                turns[call.level, call.lane] = 0
            continue
        for lane in rules.inserted:
            if (seq := since.get((call.level, lane))) is not None and call.seq > seq:
                turns[call.level, lane] += 1
    return turns


def counted_from(waiting: Iterable[Ticket], rules: Rules) -> int | None:
    """Return the seq after which calls count for some waiting lane; None where no lane waits."""
    marks = [ticket.lane_since or 0 for ticket in waiting if ticket.lane in rules.inserted]
    return min(marks, default=None)


def order(waiting: Iterable[Ticket], rules: Rules, turns: Turns, now: datetime) -> list[Place]:
    """Return the waiting tickets of one clinic in the order in which they will be called."""
    by_level: dict[int, list[Ticket]] = {}
    cooling = []
    for ticket in sorted(waiting, key=rank):
        if rules.cooling(ticket, now):
            cooling.append(ticket)
        else:
            by_level.setdefault(ticket.level, []).append(ticket)
    places = [place for level in sorted(by_level) for place in _one_level(by_level[level], level, rules, turns, now)]
    return places + [Place(ticket, Reason.COOL_DOWN, rules.overdue(ticket, now)) for ticket in cooling]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a ticket is put: its credited arrival (None: at the end), and how many are called before it."""

    queued_at: datetime | None
    ahead: int


def place_behind(
    level: Sequence[Ticket], ticket: Ticket, back: int, rules: Rules, turns: Turns, now: datetime
) -> Placing:
    """Return the credited arrival at which a ticket is called behind the first `back` of its level's line.

    `level`: who waits on the ticket's level. The later the credited arrival, the later the call, so the place is found
    by halving between the moments at which the order changes. Where lanes are inserted, or two came in one instant, no
    credited arrival may lead to exactly that place: then to the nearest, the later of two.
    """
    placed = replace(ticket, state=State.WAITING, lane=Lane.MISSED, rejoined_at=None)
    borders = _borders(level, placed, rules, now)

    def ahead(gap: int) -> int:
        tried = replace(placed, queued_at=_between(borders, gap))
        line = order([*level, tried], rules, turns, now)
        return next(place for place, one in enumerate(line) if one.ticket.id == ticket.id)

    if len(level) <= back:
        return Placing(None, len(level))
    low, high = 0, len(borders)
    while low < high:
        middle = (low + high) // 2
        if ahead(middle) < back:
            low = middle + 1
        else:
            high = middle
    reached = ahead(low)
    if low and reached > back and back - (before := ahead(low - 1)) < reached - back:
        low, reached = low - 1, before
    return Placing(_between(borders, low), reached)


def _borders(level: Sequence[Ticket], placed: Ticket, rules: Rules, now: datetime) -> list[datetime]:
    """Return the credited arrivals at which a ticket passes another one, or becomes overdue, in order."""
    found = {one.queued_at for one in level}
    found.add(now - timedelta(minutes=rules.order.overdue_minutes[placed.level]))
    if rules.order.rule == "accumulate" and (rate := rules.rate(placed)) > 0:
        # b·(now − t) equals what the other one has accumulated
        found |= {now - timedelta(seconds=rules.accumulated(one, now) / rate) for one in level}
    return sorted(found)


def _between(borders: Sequence[datetime], gap: int) -> datetime:
    """Return a moment before the first (gap 0), between two neighbours, or after the last."""
    if gap == 0:
        return borders[0] - MOMENT
    if gap == len(borders):
        return borders[-1] + MOMENT
    return borders[gap - 1] + max((borders[gap] - borders[gap - 1]) / 2, MOMENT)


def rank(ticket: Ticket) -> tuple[int, datetime, int]:
    """Return level, credited arrival and order of issue, the smallest first."""
    return ticket.level, ticket.queued_at, ticket.seq


def _one_level(ranked: Sequence[Ticket], level: int, rules: Rules, turns: Turns, now: datetime) -> Iterator[Place]:
    if rules.order.rule == "accumulate":
        overdue, others = _parted(ranked, lambda ticket: rules.overdue(ticket, now))
        yield from (Place(ticket, Reason.OVERDUE, overdue=True) for ticket in overdue)
        due, rest = _parted(others, lambda ticket: rules.booked_first(ticket, now))
        yield from (Place(ticket, Reason.BOOKED) for ticket in due)
        by_priority = sorted(rest, key=lambda ticket: -rules.accumulated(ticket, now))
        yield from (Place(ticket, _plain(level, Reason.ACCUMULATED)) for ticket in by_priority)
        return
    yield from _Interleaving(ranked, level, rules, turns, now).places()


class _Interleaving:
    """The lanes of one level while they are played through."""

    def __init__(self, ranked: Sequence[Ticket], level: int, rules: Rules, turns: Turns, now: datetime) -> None:
        self.level = level
        self.rules = rules
        ordinary = [ticket for ticket in ranked if ticket.lane not in rules.inserted]
        overdue, others = _parted(ordinary, lambda ticket: rules.overdue(ticket, now))
        due, rest = _parted(others, lambda ticket: rules.booked_first(ticket, now))
        self.booked = {ticket.id for ticket in due}
        self.ordinary = deque([*overdue, *due, *rest])
        self.lanes = {lane: deque(t for t in ranked if t.lane is lane) for lane in rules.inserted}
        late = [ticket for lane in self.lanes.values() for ticket in lane if rules.overdue(ticket, now)]
        self.overdue = {ticket.id for ticket in [*overdue, *late]}
        self.turns = {lane: turns.get((level, lane), 0) for lane in rules.inserted}

    def count(self, lane: Lane) -> None:
        """Take note of one call from a lane: its turn begins anew, or every lane has let one more go first."""
        if lane in self.turns:
            self.turns[lane] = 0
        else:
            self.turns = {lane: let + 1 for lane, let in self.turns.items()}

    def places(self) -> Iterator[Place]:
        """Play all calls through."""
        while any(self.lanes.values()):
            lane = self._next_lane()
            if lane is None:
                ticket = self.ordinary.popleft()
                yield self._ordinary(ticket)
            else:
                turn = self._has_turn(lane)
                ticket = self.lanes[lane].popleft()
                yield self._inserted(ticket, turn=turn)
            self.count(ticket.lane)
        # nobody is left to be inserted: the others follow one another
        yield from map(self._ordinary, self.ordinary)

    def _next_lane(self) -> Lane | None:
        """Return the lane whose head is called next; None for the ordinary stream."""
        waiting = [lane for lane in self.rules.inserted if self.lanes[lane]]
        if not self.ordinary:
            return min(waiting, key=lambda lane: rank(self.lanes[lane][0]))
        first = rank(self.ordinary[0])
        return next((lane for lane in waiting if self._is_eligible(lane) or rank(self.lanes[lane][0]) < first), None)

    def _is_eligible(self, lane: Lane) -> bool:
        return self._has_turn(lane) or self.lanes[lane][0].id in self.overdue

    def _has_turn(self, lane: Lane) -> bool:
        returns_lead = len(self.lanes.get(Lane.RETURN, ())) > len(self.ordinary)
        return self.turns[lane] >= self.rules.every(lane, returns_lead)

    def _inserted(self, ticket: Ticket, *, turn: bool) -> Place:
        overdue = ticket.id in self.overdue
        reason = Reason.LANE_TURN if turn else Reason.OVERDUE if overdue else Reason.ARRIVAL
        return Place(ticket, _plain(self.level, reason), overdue)

    def _ordinary(self, ticket: Ticket) -> Place:
        if ticket.id in self.overdue:
            return Place(ticket, Reason.OVERDUE, overdue=True)
        return Place(ticket, _plain(self.level, Reason.BOOKED if ticket.id in self.booked else Reason.ARRIVAL))


def _parted(ranked: Sequence[Ticket], condition: Callable[[Ticket], bool]) -> tuple[list[Ticket], list[Ticket]]:
    """Return those who meet a condition and those who do not, each in their order."""
    meeting: list[Ticket] = []
    others: list[Ticket] = []
    for ticket in ranked:
        (meeting if condition(ticket) else others).append(ticket)
    return meeting, others


def _plain(level: int, reason: Reason) -> Reason:
    """Return the reason, or the level for those whom the level has brought before others."""
    return Reason.LEVEL if level < LEVEL_ORDINARY and reason in (Reason.ARRIVAL, Reason.ACCUMULATED) else reason
