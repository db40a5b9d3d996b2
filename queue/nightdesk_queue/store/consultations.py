"""SQL for finished consultations: how long each took, from which the waiting times are learned.

A row carries the seq of the event that ended it, so that taking that event back takes the row back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nightdesk_queue.rules.waits import LEARNED_FROM, Observed, VisitType
from nightdesk_queue.store.database import Row, Tx, Value
from nightdesk_queue.store.timestamps import stamp

_SUMS = (
    "SELECT {tonight} AS tonight, visit_type, "
    "count(*) AS n, sum(seconds / 60) AS total, sum(seconds * seconds / 3600) AS squares "
    "FROM (SELECT visit_type, seconds FROM consultations WHERE {which} ORDER BY event DESC LIMIT :limit) AS newest "
    "GROUP BY visit_type"
)
_NEWEST = _SUMS.format(tonight=0, which="clinic = :clinic")
_OF_DAY = _SUMS.format(tonight=1, which="clinic = :clinic AND service_day = :day")


@dataclass(frozen=True, slots=True)
class Consultation:
    """One finished consultation, and the seq of the event that ended it."""

    event: int
    clinic: str
    room: str
    service_day: date
    visit_type: VisitType
    seconds: float
    ended_at: datetime


def add(tx: Tx, one: Consultation) -> None:
    """Write one finished consultation."""
    tx.change(
        "INSERT INTO consultations (event, clinic, room, service_day, visit_type, seconds, ended_at) "
        "VALUES (:event, :clinic, :room, :service_day, :visit_type, :seconds, :ended_at)",
        {
            "event": one.event,
            "clinic": one.clinic,
            "room": one.room,
            "service_day": one.service_day.isoformat(),
            "visit_type": one.visit_type,
            "seconds": one.seconds,
            "ended_at": stamp(one.ended_at),
        },
    )


def take_back(tx: Tx, event: int) -> None:
    """Forget the consultation that an event ended."""
    tx.change("DELETE FROM consultations WHERE event = :event", {"event": event})


def newest(tx: Tx, clinic: str, service_day: date) -> tuple[Observed, Observed]:
    """Return what a clinic's newest consultations teach, and what those of a service day do, in one statement.

    Each is count, sum and sum of squares (minutes) by visit type.
    """
    values: dict[str, Value] = {"clinic": clinic, "day": service_day.isoformat(), "limit": LEARNED_FROM}
    rows = tx.rows(f"{_NEWEST} UNION ALL {_OF_DAY}", values)
    return _observed(rows, tonight=False), _observed(rows, tonight=True)


def _observed(rows: list[Row], *, tonight: bool) -> Observed:
    return {
        VisitType(row["visit_type"]): (row["n"], row["total"], row["squares"])
        for row in rows
        if bool(row["tonight"]) is tonight
    }
