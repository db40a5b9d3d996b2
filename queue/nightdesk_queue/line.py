"""A clinic's line as it stands in the database: who waits, in calling order. The one place where it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from nightdesk_queue.config import Clinic
from nightdesk_queue.model import Place, State, Ticket
from nightdesk_queue.ordering import counted_from, lane_turns, order, rules_of
from nightdesk_queue.store import events, tickets


def waiting_line(connection: sqlite3.Connection, clinic: Clinic, now: datetime) -> list[Place]:
    """Return who waits at a clinic, in calling order."""
    return ordered(connection, clinic, tickets.living(connection, clinic.id, State.WAITING), now)


def ordered(connection: sqlite3.Connection, clinic: Clinic, waiting: Sequence[Ticket], now: datetime) -> list[Place]:
    """Return these waiting tickets of a clinic in calling order; past calls are read only where lanes wait."""
    rules = rules_of(clinic)
    since = counted_from(waiting, rules)
    calls = [] if since is None else events.past_calls(connection, clinic.id, since)
    return order(waiting, rules, lane_turns(waiting, calls, rules), now)
