"""A clinic's line as it stands in the database: who waits, in calling order. The one place where it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.tickets import PastCall, Place, State, Ticket
from nightdesk_queue.rules.ordering import Rules, counted_from, lane_turns, order, place_behind, rules_of
from nightdesk_queue.store import events, tickets


def waiting_line(connection: sqlite3.Connection, clinic: Clinic, now: datetime) -> list[Place]:
    """Return who waits at a clinic, in calling order."""
    return ordered(connection, clinic, tickets.living(connection, clinic.id, State.WAITING), now)


def placed_behind(
    connection: sqlite3.Connection, clinic: Clinic, ticket: Ticket, back: int, now: datetime
) -> datetime | None:
    """Return the credited arrival that puts a ticket behind the first `back` of its level; None: at the end."""
    rules = rules_of(clinic)
    waiting = tickets.living(connection, clinic.id, State.WAITING)
    turns = lane_turns(waiting, _calls(connection, clinic, waiting, rules), rules)
    return place_behind([one for one in waiting if one.level == ticket.level], ticket, back, rules, turns, now)


def ordered(connection: sqlite3.Connection, clinic: Clinic, waiting: Sequence[Ticket], now: datetime) -> list[Place]:
    """Return these waiting tickets of a clinic in calling order; past calls are read only where lanes wait."""
    rules = rules_of(clinic)
    return order(waiting, rules, lane_turns(waiting, _calls(connection, clinic, waiting, rules), rules), now)


def _calls(connection: sqlite3.Connection, clinic: Clinic, waiting: Sequence[Ticket], rules: Rules) -> list[PastCall]:
    since = counted_from(waiting, rules)
    return [] if since is None else events.past_calls(connection, clinic.id, since)
