"""SQL for the event log: every change, in order, with what was before and after.

Rows are only ever added; `retention` alone takes names out of old ones.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.domain.event_data import EventData, from_json, to_json
from nightdesk_queue.domain.events import Event, EventKind, JsonValue
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.tickets import Lane, PastCall
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, Value, inserted, listed
from nightdesk_queue.store.timestamps import moment, stamp

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = """
INSERT INTO events (at, actor, role, staff_role, station, kind, ticket, number, clinic, reason, before, after, undoes,
    lane, level, target, about, act, data)
VALUES (:at, :actor, :role, :staff_role, :station, :kind, :ticket, :number, :clinic, :reason, :before, :after, :undoes,
    :lane, :level, :target, :about, :act, :data)
"""
_STANDS = "NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.undoes = events.seq)"
"""Nobody has taken this event back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A change that is to be written; see `Event` for what each field holds."""

    kind: EventKind
    ticket: str | None = None
    number: str | None = None
    clinic: str | None = None
    reason: str | None = None
    before: Mapping[str, JsonValue] | None = None
    after: Mapping[str, JsonValue] | None = None
    undoes: int | None = None
    lane: Lane | None = None
    level: int | None = None
    target: str | None = None
    about: int | None = None
    data: EventData | None = None


def append(tx: Tx, event: NewEvent, at: datetime, by: By, act: int | None) -> int:
    """Add one event and return its seq. `act`: the seq of the first event of the same act, None for the first.

    An event behind the first is one of many, as `inserted` means it.
    """
    values: dict[str, Value] = {
        "at": stamp(at),
        "actor": by.actor,
        "role": by.recorded_role,
        "staff_role": by.role if by.signed_in else None,
        "station": by.station,
        "kind": event.kind,
        "ticket": event.ticket,
        "number": event.number,
        "clinic": event.clinic,
        "reason": event.reason,
        "before": _ENCODE(event.before) if event.before is not None else None,
        "after": _ENCODE(event.after) if event.after is not None else None,
        "undoes": event.undoes,
        "lane": event.lane,
        "level": event.level,
        "target": event.target,
        "about": event.about,
        "act": act,
        "data": to_json(event.data) if event.data is not None else None,
    }
    return inserted(tx, "events", _INSERT, values, many=act is not None)


def after(tx: Tx, seq: int, limit: int = 1000) -> list[Event]:
    """Return up to `limit` events that follow event `seq`, oldest first."""
    sql = "SELECT * FROM events WHERE seq > :seq ORDER BY seq LIMIT :limit"
    return [_read(row) for row in tx.rows(sql, {"seq": seq, "limit": limit})]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked for; None asks for any. `since` and `until`: when they happened."""

    ticket: str | None = None
    kind: EventKind | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()


def wanted_after(tx: Tx, wanted: Wanted, seq: int, limit: int) -> list[Event]:
    """Return up to `limit` events that follow event `seq` and are looked for, oldest first."""
    asked: dict[str, tuple[str, Value]] = {}
    if wanted.ticket is not None:
        asked["ticket"] = ("ticket = :ticket", wanted.ticket)
    if wanted.kind is not None:
        asked["kind"] = ("kind = :kind", wanted.kind)
    if wanted.since is not None:
        asked["since"] = ("at >= :since", stamp(wanted.since))
    if wanted.until is not None:
        asked["until"] = ("at <= :until", stamp(wanted.until))
    conditions = "".join(f" AND {condition}" for condition, _ in asked.values())
    rows = tx.rows(
        f"SELECT * FROM events WHERE seq > :seq{conditions} ORDER BY seq LIMIT :limit",
        {"seq": seq, "limit": limit, **{name: value for name, (_, value) in asked.items()}},
    )
    return [_read(row) for row in rows]


def of_ticket(tx: Tx, ticket: str) -> list[Event]:
    """Return every event of a ticket, oldest first."""
    return [
        _read(row) for row in tx.rows("SELECT * FROM events WHERE ticket = :ticket ORDER BY seq", {"ticket": ticket})
    ]


def by_seq(tx: Tx, seq: int) -> Event | None:
    """Return one event."""
    return _one(tx.row("SELECT * FROM events WHERE seq = :seq", {"seq": seq}))


def last_seq(tx: Tx) -> int:
    """Return the seq of the newest event, 0 before the first."""
    row = tx.row("SELECT max(seq) AS seq FROM events")
    return (row["seq"] or 0) if row else 0


def past_calls(tx: Tx, clinic: str, seq: int) -> list[PastCall]:
    """Return the calls a clinic made after event `seq` and nobody took back, oldest first."""
    rows = tx.rows(
        "SELECT seq, level, lane FROM events WHERE kind = 'call' AND clinic = :clinic AND seq > :seq "
        f"AND {_STANDS} ORDER BY seq",
        {"clinic": clinic, "seq": seq},
    )
    return [PastCall(row["seq"], row["level"], Lane(row["lane"])) for row in rows]


def last_of_station(tx: Tx, station: str, kinds: Collection[EventKind], actor: str | None = None) -> Event | None:
    """Return the newest event of some kinds that a station (and there one actor) made and nobody took back."""
    found = newest_of_station(tx, station, kinds, actor, 1)
    return found[0] if found else None


def newest_of_station(tx: Tx, station: str, kinds: Collection[EventKind], actor: str | None, limit: int) -> list[Event]:
    """Return the newest events as `last_of_station` means them, the newest first."""
    marks, values = listed("kind", list(kinds))
    only = "AND actor = :actor " if actor is not None else ""
    rows = tx.rows(
        f"SELECT * FROM events WHERE station = :station AND kind IN ({marks}) {only}AND {_STANDS} "
        "ORDER BY seq DESC LIMIT :limit",
        {"station": station, "limit": limit, **({"actor": actor} if actor is not None else {}), **values},
    )
    return [_read(row) for row in rows]


def of_act(tx: Tx, event: Event, kinds: Collection[EventKind]) -> list[Event]:
    """Return the events of some kinds of the act that an event belongs to and nobody took back, newest first."""
    marks, values = listed("kind", list(kinds))
    rows = tx.rows(
        "SELECT * FROM events WHERE seq >= :first AND seq <= :last AND (seq = :first OR act = :first) "
        f"AND kind IN ({marks}) AND {_STANDS} ORDER BY seq DESC",
        {"first": event.act or event.seq, "last": event.seq, **values},
    )
    return [_read(row) for row in rows]


def later_of_ticket(tx: Tx, event: Event) -> Event | None:
    """Return the newest event after `event` that changed the same ticket and that nobody took back."""
    return last_of_ticket(tx, event.ticket, event.seq)


def last_of_ticket(tx: Tx, ticket: str | None, seq: int = 0) -> Event | None:
    """Return the newest event after event `seq` that changed a ticket and that nobody took back."""
    return _one(
        tx.row(
            "SELECT * FROM events WHERE ticket = :ticket AND seq > :seq AND kind <> 'undo' "
            f"AND (before IS NOT NULL OR after IS NOT NULL) AND {_STANDS} ORDER BY seq DESC LIMIT 1",
            {"seq": seq, "ticket": ticket},
        )
    )


def looked_at_since(tx: Tx, clinic: str, since: datetime) -> frozenset[str]:
    """Return the ids of the tickets of a clinic somebody has looked at again since a moment."""
    rows = tx.rows(
        "SELECT ticket FROM events WHERE kind = 'looked' AND clinic = :clinic AND at >= :since",
        {"clinic": clinic, "since": stamp(since)},
    )
    return frozenset(row["ticket"] for row in rows)


def transfers_since(tx: Tx, clinic: str, since: datetime) -> int:
    """Return how many patients were transferred to a clinic since a moment, wherever they are now."""
    sql = (
        f"SELECT count(*) AS n FROM events WHERE kind = 'transfer' AND target = :clinic AND at >= :since AND {_STANDS}"
    )
    return _count(tx.row(sql, {"clinic": clinic, "since": stamp(since)}))


def referred_since(tx: Tx, clinic: str, since: datetime) -> int:
    """Return how many numbers a clinic has given since a moment to patients whom another system transferred."""
    sql = (
        "SELECT count(*) AS n FROM events WHERE kind = 'issue' AND target = :clinic AND target IS NOT NULL "
        f"AND at >= :since AND {_STANDS}"
    )
    return _count(tx.row(sql, {"clinic": clinic, "since": stamp(since)}))


def is_undone(tx: Tx, seq: int) -> bool:
    """Whether somebody has taken an event back."""
    return tx.row("SELECT 1 AS undone FROM events WHERE undoes = :seq LIMIT 1", {"seq": seq}) is not None


def kept(tx: Tx, ticket: str) -> bool:
    """Whether staff decided that a leftover patient is still served."""
    sql = f"SELECT 1 AS kept FROM events WHERE ticket = :ticket AND kind = 'keep' AND {_STANDS} LIMIT 1"
    return tx.row(sql, {"ticket": ticket}) is not None


def first_starts(tx: Tx, days: Collection[str]) -> dict[tuple[str, str], float]:
    """Return when each ticket of some service days was first taken into a room of each clinic.

    As POSIX seconds by (ticket, clinic).
    """
    marks, values = listed("day", list(days))
    rows = tx.rows(
        "SELECT events.ticket, events.clinic, min(events.at) AS at FROM tickets "
        "JOIN events ON events.ticket = tickets.id AND events.kind = 'start' "
        f"WHERE tickets.service_day IN ({marks}) AND {_STANDS} GROUP BY events.ticket, events.clinic",
        values,
    )
    return {(row["ticket"], row["clinic"]): moment(row["at"]).timestamp() for row in rows}


def first_calls(tx: Tx, day: str) -> dict[tuple[str, str], Event]:
    """Return the first call of each ticket of a service day at each clinic that nobody took back."""
    rows = tx.rows(
        "SELECT events.* FROM tickets JOIN events ON events.ticket = tickets.id AND events.kind = 'call' "
        f"WHERE tickets.service_day = :day AND {_STANDS} ORDER BY events.seq",
        {"day": day},
    )
    found: dict[tuple[str, str], Event] = {}
    for row in rows:
        found.setdefault((row["ticket"], row["clinic"]), _read(row))
    return found


def taken_back(tx: Tx, days: Collection[str]) -> set[str]:
    """Return the tickets of some service days whose issue (or expectation) was taken back."""
    marks, values = listed("day", list(days))
    rows = tx.rows(
        "SELECT undo.ticket FROM tickets JOIN events AS undo ON undo.ticket = tickets.id AND undo.kind = 'undo' "
        "AND undo.undoes = (SELECT min(first.seq) FROM events AS first WHERE first.ticket = tickets.id) "
        f"WHERE tickets.service_day IN ({marks})",
        values,
    )
    return {row["ticket"] for row in rows}


def last_display_test(tx: Tx, display: str) -> Event | None:
    """Return the newest wish to test a call screen."""
    sql = "SELECT * FROM events WHERE kind = 'display_test' AND target = :display ORDER BY seq DESC LIMIT 1"
    return _one(tx.row(sql, {"display": display}))


def to_speak_after(tx: Tx, seq: int) -> list[Event]:
    """Return the calls, recalls and pages after event `seq` that nobody took back, oldest first."""
    rows = tx.rows(
        "SELECT * FROM events WHERE kind IN ('call', 'recall', 'page', 'page_escalated') AND seq > :seq "
        f"AND {_STANDS} ORDER BY seq",
        {"seq": seq},
    )
    return [_read(row) for row in rows]


def spoken_after(tx: Tx, seq: int) -> set[int]:
    """Return the seqs of the calls and pages that were spoken, by what was noted after event `seq`."""
    rows = tx.rows("SELECT about FROM events WHERE kind = 'spoken' AND seq > :seq", {"seq": seq})
    return {row["about"] for row in rows}


def open_alarms(tx: Tx) -> list[Event]:
    """Return the alarms after the last one that was acknowledged and whose cause has not ended, oldest first."""
    seen = tx.row("SELECT max(about) AS about FROM events WHERE kind = 'alarm_seen'")
    rows = tx.rows(
        # spelled as in the index
        "SELECT * FROM events WHERE kind IN ('red_flag', 'help', 'cannot_walk', 'many_numbers', "
        "'no_printer', 'no_display', 'clock_step', 'notice_parked', 'alarm_seen') AND kind <> 'alarm_seen' "
        "AND seq > :seen "
        "AND NOT EXISTS (SELECT 1 FROM events AS over WHERE over.kind = 'alarm_over' AND over.about = events.seq) "
        "ORDER BY seq",
        {"seen": (seen["about"] if seen else None) or 0},
    )
    return [_read(row) for row in rows]


def newest_alarms(tx: Tx, limit: int) -> list[tuple[Event, Event | None]]:
    """Return the newest alarms, oldest of them first, each with the event that ended or acknowledged it."""
    rows = tx.rows(
        "SELECT * FROM events WHERE kind IN ('red_flag', 'help', 'cannot_walk', 'many_numbers', "
        "'no_printer', 'no_display', 'clock_step', 'notice_parked', 'alarm_seen') AND kind <> 'alarm_seen' "
        "ORDER BY seq DESC LIMIT :limit",
        {"limit": limit},
    )
    return [(_read(row), _end_of_alarm(tx, row["seq"])) for row in reversed(rows)]


def _end_of_alarm(tx: Tx, seq: int) -> Event | None:
    over = tx.row("SELECT * FROM events WHERE kind = 'alarm_over' AND about = :seq ORDER BY seq LIMIT 1", {"seq": seq})
    seen = tx.row(
        "SELECT * FROM events WHERE kind = 'alarm_seen' AND about >= :seq ORDER BY about LIMIT 1", {"seq": seq}
    )
    ends = [_read(row) for row in (over, seen) if row is not None]
    return min(ends, key=lambda event: event.seq, default=None)


def _count(row: Row | None) -> int:
    return int(row["n"]) if row else 0


def _one(row: Row | None) -> Event | None:
    return _read(row) if row else None


@reads("events")
def _read(row: Row) -> Event:
    kind = EventKind(row["kind"])
    shape, data = kind.shape, row["data"]
    values: dict[str, Value] = {name: row[name] for name in ("seq", "actor", "station", "ticket", "number", "clinic")}
    return Event(
        **values,  # type: ignore[arg-type]
        at=moment(row["at"]),
        role=Role(row["staff_role"] or row["role"]),
        kind=kind,
        reason=row["reason"],
        before=json.loads(row["before"]) if row["before"] else None,
        after=json.loads(row["after"]) if row["after"] else None,
        undoes=row["undoes"],
        lane=Lane(row["lane"]) if row["lane"] else None,
        level=row["level"],
        target=row["target"],
        about=row["about"],
        act=row["act"],
        data=from_json(shape, data) if shape and data else None,
    )
