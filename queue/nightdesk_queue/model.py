"""The field's words as types: a ticket, its state, its lane, a call, an event.

All frozen: a change is a new row in the database, never a changed object in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from nightdesk_queue.language import Text

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"

LEVEL_ORDINARY = 4
"""China's triage level IV: the level every kiosk ticket has until staff say otherwise."""


def level_numeral(level: int) -> str:
    """Return a triage level as it is written in China: III, IV."""
    return {3: "III", 4: "IV"}.get(level, str(level))


class State(StrEnum):
    """Where a ticket is in its life; the steps between them are in `states.py`."""

    EXPECTED = "expected"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    DONE = "done"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Lane(StrEnum):
    """Which line of the queue a ticket stands in inside its triage level."""

    FIRST = "first"
    RETURN = "return"
    MISSED = "missed"
    PRIORITY = "priority"
    BOOKED = "booked"


LANE_TEXTS: dict[Lane, Text] = {
    Lane.RETURN: Text(zh="回诊", en="return"),
    Lane.MISSED: Text(zh="过号", en="missed"),
    Lane.BOOKED: Text(zh="预约", en="booked"),
}
"""What staff call the lanes a ticket comes to on its way; first visits need no word, priorities have badges."""


class Reason(StrEnum):
    """Why a ticket has its place in the order, or why it was called."""

    LEVEL = "level"
    ARRIVAL = "arrival"
    STAFF = "staff_choice"


REASON_TEXTS: dict[Reason, Text] = {
    Reason.LEVEL: Text(zh="分诊级别优先", en="triage level"),
    Reason.ARRIVAL: Text(zh="按到达顺序", en="by arrival"),
    Reason.STAFF: Text(zh="医护选呼", en="chosen by staff"),
}


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, and at which station (a console, a kiosk, the command line)."""

    actor: str
    station: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One patient's place. Times are aware UTC datetimes.

    `arrived_at` never changes; `queued_at` is the credited arrival the queue is ordered by. `seq` is the order of
    issue in this database and breaks ties. `origin` is the clinic the ticket was last transferred from.
    """

    seq: int
    id: str
    number: str
    prefix: str
    n: int
    service_day: date
    clinic: str
    state: State
    lane: Lane
    level: int
    priority: tuple[str, ...]
    name: str | None
    language: str | None
    kiosk: str | None
    arrived_at: datetime
    queued_at: datetime
    room: str | None
    calls: int
    missed: int
    origin: str | None
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket's place in the order of calling and why it has it."""

    ticket: Ticket
    reason: Reason


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a number to a room. `reason` is why this ticket and not another."""

    ticket: Ticket
    room: str
    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a patient is told: people ahead, and the wait as an interval in minutes."""

    ahead: int
    wait_minutes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Event:
    """One change, as written: the columns it touched `before` and `after` (None where there was no ticket)."""

    seq: int
    at: datetime
    actor: str
    station: str
    kind: str
    ticket: str | None
    number: str | None
    clinic: str | None
    reason: str | None
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
