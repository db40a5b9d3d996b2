"""The field's words as types: a ticket, its state, its lane, a call, an event.

All frozen: a change is a new row in the database, never a changed object in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text

LEVEL_URGENT = 3
"""The most urgent level that waits in a line: I and II wait in none."""
LEVEL_ORDINARY = 4
"""China's triage level IV: the level every kiosk ticket has until staff say otherwise."""

_NUMERALS = {1: "I", 2: "II", 3: "III", 4: "IV"}


def level_numeral(level: int) -> str:
    """Return a triage level as it is written in China: I to IV."""
    return _NUMERALS.get(level) or str(level)


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


INSERTED_LANES = (Lane.PRIORITY, Lane.RETURN, Lane.MISSED)
"""The lanes whose patients are inserted among the ordinary ones, in the order that decides between several."""

LANE_TEXTS: dict[Lane, Text] = {
    Lane.RETURN: Text(zh="回诊", en="return"),
    Lane.MISSED: Text(zh="过号", en="missed"),
    Lane.BOOKED: Text(zh="预约", en="booked"),
}
"""What staff call the lanes a ticket comes to on its way; first visits need no word, priorities have badges."""


class Reason(StrEnum):
    """Why a ticket has its place in the order, or why it was called."""

    LEVEL = "level"
    OVERDUE = "overdue"
    LANE_TURN = "lane_turn"
    BOOKED = "booked"
    ACCUMULATED = "accumulated"
    ARRIVAL = "arrival"
    COOL_DOWN = "cool_down"
    STAFF = "staff_choice"


REASON_TEXTS: dict[Reason, Text] = {
    Reason.LEVEL: Text(zh="分诊级别优先", en="triage level"),
    Reason.OVERDUE: Text(zh="候诊超时", en="overdue"),
    Reason.LANE_TURN: Text(zh="轮到插入", en="its lane's turn"),
    Reason.BOOKED: Text(zh="预约已到时", en="booked, now due"),
    Reason.ACCUMULATED: Text(zh="按累积优先", en="accumulated priority"),
    Reason.ARRIVAL: Text(zh="按到达顺序", en="by arrival"),
    Reason.COOL_DOWN: Text(zh="刚重新报到", en="reported again just now"),
    Reason.STAFF: Text(zh="医护选呼", en="chosen by staff"),
}

_TURN_TEXTS: dict[Lane, Text] = {
    Lane.PRIORITY: Text(zh="优先插入", en="turn of priorities"),
    Lane.RETURN: Text(zh="回诊插入", en="turn of returns"),
    Lane.MISSED: Text(zh="过号插入", en="turn of missed"),
}


def reason_text(reason: Reason, lane: Lane) -> Text:
    """Return why a ticket of a lane has its place, in words staff can say to a waiting room."""
    return _TURN_TEXTS.get(lane, REASON_TEXTS[reason]) if reason is Reason.LANE_TURN else REASON_TEXTS[reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One patient's place. Times are aware UTC datetimes.

    `arrived_at` never changes once the patient is there (for an expected one it is when they were announced);
    `queued_at` is the credited arrival the queue is ordered by. `seq` is the order of issue in this database and
    breaks ties. `origin` is the clinic the ticket was last transferred from, `ways_back` the ones the patient
    returns to after finishing, the next one first. `slot_at` is the booked time, `phone` the last digits of a
    telephone number. `lane_since` is the seq of the last event before the ticket's lane last became non-empty.
    `held_to` is where a held patient was sent. `waits_from` is where their own wait is measured from, by the clock at
    their own arrival: None where that is `queued_at`, which a wrong clock of somebody before them may have moved.
    `note`: words of staff for staff.
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
    name: str | None = None
    language: str | None = None
    kiosk: str | None = None
    arrived_at: datetime
    queued_at: datetime
    room: str | None = None
    calls: int = 0
    missed: int = 0
    origin: str | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    phone: str | None = None
    slot_at: datetime | None = None
    lane_since: int | None = None
    held_at: datetime | None = None
    held_to: str | None = None
    rejoined_at: datetime | None = None
    transferred_at: datetime | None = None
    ways_back: tuple[str, ...] = ()
    key: str | None = None
    waits_from: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket's place in the order of calling and why it has it; `overdue` past its level's limit."""

    ticket: Ticket
    reason: Reason
    overdue: bool = False

    @property
    def text(self) -> Text:
        """The reason in words."""
        return reason_text(self.reason, self.ticket.lane)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a number to a room. `reason` is why this ticket and not another."""

    ticket: Ticket
    room: str
    reason: Reason
    at: datetime

    @property
    def text(self) -> Text:
        """The reason in words."""
        return reason_text(self.reason, self.ticket.lane)


class PastCall(Record):
    """A call made before, as the lanes count it: the seq of its event, the level and the lane it was made from."""

    seq: int
    level: int
    lane: Lane


@dataclass(frozen=True, slots=True)
class Standing:
    """What a patient is told: people ahead, and the wait as an interval in minutes."""

    ahead: int
    wait_minutes: tuple[int, int]
