"""A clinic's waiting list as it stands in the database, in calling order. The one place where it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.tickets import PastCall, Place, State, Ticket
from nightdesk_queue.rules.ordering import (
    Placing,
    Rules,
    Turns,
    counted_from,
    lane_turns,
    order,
    place_behind,
    rules_of,
)
from nightdesk_queue.store import events, tickets
from nightdesk_queue.store.database import Tx

APART = timedelta(milliseconds=1)
"""How far apart the credited arrivals of two who join a line in the same instant are."""


@dataclass(frozen=True)
class WaitingList:
    """Who waits at a clinic, and all that decides the order: rules, and how many each lane has let go first."""

    waiting: Sequence[Ticket]
    rules: Rules
    turns: Turns

    def in_order(self, now: datetime) -> list[Place]:
        """Return who waits in calling order."""
        return order(self.waiting, self.rules, self.turns, now)

    def with_one_more(self, ticket: Ticket, now: datetime) -> list[Place]:
        """Return the calling order once a ticket has joined that was not in the list when it was read."""
        return order([*self.waiting, ticket], self.rules, self.turns, now)


def waiting_list(tx: Tx, clinic: Clinic, waiting: Sequence[Ticket] | None = None) -> WaitingList:
    """Read a clinic's waiting list; past calls are read only where lanes wait.

    `waiting`: who waits, where that has been read already.
    """
    if waiting is None:
        waiting = tickets.living(tx, clinic.id, State.WAITING)
    rules = rules_of(clinic)
    return WaitingList(waiting, rules, lane_turns(waiting, _calls(tx, clinic, waiting, rules), rules))


def behind_all(tx: Tx, clinic: str, level: int, now: datetime) -> datetime:
    """Return the credited arrival of somebody with an old number who joins a line now: behind all, in any clock."""
    last = tickets.last_queued(tx, clinic, level)
    return max(now, last + APART) if last else now


def placed_behind(tx: Tx, clinic: Clinic, ticket: Ticket, back: int, now: datetime) -> Placing:
    """Return where a ticket is put to stand behind the first `back` of its level."""
    found = waiting_list(tx, clinic)
    level = [one for one in found.waiting if one.level == ticket.level]
    return place_behind(level, ticket, back, found.rules, found.turns, now)


def _calls(tx: Tx, clinic: Clinic, waiting: Sequence[Ticket], rules: Rules) -> list[PastCall]:
    since = counted_from(waiting, rules)
    return [] if since is None else events.past_calls(tx, clinic.id, since)
