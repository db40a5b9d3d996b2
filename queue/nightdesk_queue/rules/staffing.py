"""Which rooms have somebody at work, which decides more about a wait than any formula. Pure.

A room is at work while its patient is in it, after staff opened it or called from it, and for STAFFED_FOR after its
last consultation. It is not once staff have paused or closed it, and not counted either once it has been idle for
`empty_after_minutes` while somebody waited: a doctor who goes home says so to nobody. Measured with one of two doctors
leaving unannounced, intervals told in the hour after held for 17 % of patients when an empty room counted for an hour,
for 69 % when it stopped counting after 3 idle minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.domain.room_state import RoomState, RoomUse
from nightdesk_queue.domain.tickets import Ticket

STAFFED_FOR = timedelta(minutes=60)
"""A room in which nothing happened for so long has nobody in it, as long as others are at work."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """`counted`: the rooms a forecast counts on, at least one. `empty`: those that seem to have nobody in them."""

    counted: frozenset[str]
    empty: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What is known of a clinic's rooms: when a consultation last ended in each, and what staff have said."""

    ended: Mapping[str, datetime]
    states: Mapping[str, RoomState]

    def use(self, room: str, now: datetime) -> RoomUse:
        """Return what staff have said of a room; nothing said is open."""
        state = self.states.get(room)
        return state.use_at(now) if state else RoomUse.OPEN

    def active_at(self, room: str) -> datetime | None:
        """Return when something last happened in a room."""
        state = self.states.get(room)
        moments = [self.ended.get(room)]
        if state is not None:
            moments += [state.active_at, state.changed_at if state.use is RoomUse.OPEN else None]
        return max((one for one in moments if one is not None), default=None)


def staffing(
    rooms: Sequence[str],
    occupied: Iterable[str],
    facts: RoomFacts,
    waiting: Sequence[Ticket],
    empty_after: timedelta,
    now: datetime,
) -> Staffing:
    """Return which of a clinic's rooms have somebody at work."""
    inside = set(occupied)
    usable = {room for room in rooms if facts.use(room, now) is RoomUse.OPEN}
    active = {room: at for room in usable if (at := facts.active_at(room)) is not None}
    at_work = {room for room, at in active.items() if now - at <= STAFFED_FOR}
    since = _somebody_waits_since(waiting, now)
    empty = {
        room
        for room in at_work - inside
        if since is not None and now - max(min(active[room], now), since) >= empty_after
    }
    counted = (at_work - empty) | inside
    # nobody is known to be at work: whoever opens counts on the rooms there are
    return Staffing(frozenset(counted or at_work or usable or set(rooms)), frozenset(empty))


def _somebody_waits_since(waiting: Sequence[Ticket], now: datetime) -> datetime | None:
    """Return since when somebody has been waiting here without a break; None while nobody does."""
    return min((_waits_since(ticket, now) for ticket in waiting), default=None)


def _waits_since(ticket: Ticket, now: datetime) -> datetime:
    """Return when a patient began to wait at this clinic, whatever waiting before that is credited."""
    moments = (ticket.arrived_at, ticket.queued_at, ticket.transferred_at, ticket.rejoined_at)
    return max((one for one in moments if one is not None and one <= now), default=now)
