"""SQL for tickets. Every change of state names the state it expects, so two writers can never both succeed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, Value, inserted, listed
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp

Columns: TypeAlias = Mapping[str, Value]

COLUMNS = (
    "id", "number", "prefix", "n", "service_day", "clinic", "state", "lane", "level", "priority", "name", "language",
    "kiosk", "key", "arrived_at", "queued_at", "room", "calls", "missed", "origin", "called_at", "started_at",
    "ended_at", "phone", "slot_at", "lane_since", "held_at", "held_to", "rejoined_at", "transferred_at", "ways_back",
    "waits_from", "note",
)  # fmt: skip
_ALL = ", ".join(("seq", *COLUMNS))
_SELECT = f"SELECT {_ALL} FROM tickets"
_INSERT = f"INSERT INTO tickets ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"
_LIVING = "state NOT IN ('done', 'cancelled', 'lapsed')"
ENDED = "state IN ('done', 'cancelled', 'lapsed')"
"""Spelled as in the partial indexes, which serve it."""
_LAST_ISSUED = f"""
SELECT service_day, top, EXISTS (
    SELECT 1 FROM tickets AS held WHERE held.prefix = :prefix AND held.n = top + 1 AND held.{_LIVING}) AS next_is_held
FROM (
    SELECT service_day, (SELECT max(n) FROM tickets AS day WHERE day.prefix = :prefix
        AND day.service_day = last.service_day) AS top
    FROM tickets AS last WHERE prefix = :prefix AND slot_at IS NULL ORDER BY service_day DESC, n DESC LIMIT 1
) AS newest
"""
_LAST_OF_DAY = f"""
SELECT top, EXISTS (
    SELECT 1 FROM tickets AS held WHERE held.prefix = :prefix AND held.n = top + 1 AND held.{_LIVING}) AS next_is_held
FROM (SELECT coalesce(max(n), 0) AS top FROM tickets WHERE prefix = :prefix AND service_day = :day) AS newest
"""
_FIRST_FREE = f"""
SELECT held.n + 1 AS n FROM tickets AS held WHERE held.prefix = :prefix AND held.n >= :n AND held.{_LIVING}
AND EXISTS (SELECT 1 FROM tickets AS wanted WHERE wanted.prefix = :prefix AND wanted.n = :n AND wanted.{_LIVING})
AND NOT EXISTS (SELECT 1 FROM tickets AS next WHERE next.prefix = :prefix AND next.n = held.n + 1 AND next.{_LIVING})
ORDER BY held.n LIMIT 1
"""
"""One number behind the run of held ones that begins with the wanted one; no row where that is free."""
_GIVEN = """
SELECT count(*) AS n FROM tickets WHERE prefix = :prefix AND service_day IN (:day, :next)
AND ((service_day = :day AND (arrived_at >= :opens OR state = 'expected' OR slot_at >= :opens))
    OR (service_day = :next AND slot_at IS NULL AND arrived_at >= :opens AND arrived_at < :closes))
AND (slot_at IS NULL OR state NOT IN ('lapsed', 'cancelled'))
AND NOT (state = 'cancelled' AND EXISTS (
    SELECT 1 FROM events AS back WHERE back.ticket = tickets.id AND back.kind = 'cancel' AND back.target IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.undoes = back.seq)))
AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.ticket = tickets.id AND undo.kind = 'undo'
    AND undo.undoes = (SELECT min(first.seq) FROM events AS first WHERE first.ticket = tickets.id))
"""
_GIVEN_AT_KIOSK = """
kiosk = :kiosk AND arrived_at >= :since
AND NOT EXISTS (SELECT 1 FROM events AS known WHERE known.ticket = tickets.id AND known.kind = 'expect')
"""
"""Who was expected has checked in at a kiosk; their number was not given there."""


def insert(tx: Tx, row: Columns, *, many: bool = False) -> int:
    """Write a new ticket and return its seq; `many` as of `inserted`. The database refuses a number or key in use."""
    return inserted(tx, "tickets", _INSERT, row, many=many)


def change(tx: Tx, ticket: Ticket, columns: Columns) -> Ticket | None:
    """Change a ticket if it is still in the state we read and return it; None when somebody was faster."""
    settings = ", ".join(f"{name} = :{name}" for name in columns)
    return _one(
        tx.row(
            f"UPDATE tickets SET {settings} WHERE seq = :_seq AND state = :_state AND clinic = :_clinic "
            f"RETURNING {_ALL}",
            {**columns, "_seq": ticket.seq, "_state": ticket.state, "_clinic": ticket.clinic},
        )
    )


def last_issued(tx: Tx, prefix: str) -> tuple[date, int, bool] | None:
    """Return the latest service day a prefix was issued on, its highest number, and whether the one after it is free.

    None before the first. Bookings for days to come do not make a day begin. One statement, because every ticket
    begins with it.
    """
    row = tx.row(_LAST_ISSUED, {"prefix": prefix})
    return (date.fromisoformat(row["service_day"]), row["top"], not row["next_is_held"]) if row else None


def last_of_day(tx: Tx, prefix: str, service_day: date) -> tuple[int, bool]:
    """Return the highest number of a prefix on one service day, 0 where there is none, and whether the next is free."""
    row = tx.row(_LAST_OF_DAY, {"prefix": prefix, "day": service_day.isoformat()})
    return (row["top"], not row["next_is_held"]) if row else (0, True)


def has_number(tx: Tx, prefix: str, service_day: date, n: int) -> bool:
    """Whether a number was given on a service day."""
    sql = "SELECT 1 AS given FROM tickets WHERE prefix = :prefix AND service_day = :day AND n = :n"
    return tx.row(sql, {"prefix": prefix, "day": service_day.isoformat(), "n": n}) is not None


def first_free(tx: Tx, prefix: str, n: int) -> int:
    """Return the first number from `n` on that no ticket of any day still holds."""
    row = tx.row(_FIRST_FREE, {"prefix": prefix, "n": n})
    return row["n"] if row else n


def last_queued(tx: Tx, clinic: str, level: int) -> datetime | None:
    """Return the latest credited arrival among those waiting at a clinic on a level; slots to come do not count."""
    row = tx.row(
        f"SELECT queued_at FROM tickets WHERE state = 'waiting' AND clinic = :clinic AND level = :level "
        f"AND lane <> 'booked' AND {_LIVING} ORDER BY queued_at DESC LIMIT 1",
        {"clinic": clinic, "level": level},
    )
    return moment(row["queued_at"]) if row else None


def lane_since(tx: Tx, clinic: str, level: int, lane: Lane) -> int | None:
    """Return since which event a lane is non-empty; None while nobody waits in it."""
    row = tx.row(
        "SELECT min(coalesce(lane_since, 0)) AS since FROM tickets WHERE state = 'waiting' AND clinic = :clinic "
        f"AND level = :level AND lane = :lane AND {_LIVING}",
        {"clinic": clinic, "level": level, "lane": lane},
    )
    return row["since"] if row else None


def given_in_session(tx: Tx, service_day: date, prefix: str, opens: datetime, closes: datetime) -> int:
    """Return how many places of a session are taken: numbers given since it opened, and bookings that still hold.

    A number that was taken back, right after it was given or with others of its kiosk, has taken no place. A clock that
    was a day ahead for one ticket files the numbers after it under the next day; they count where they were given.
    """
    values: dict[str, Value] = {
        "day": service_day.isoformat(),
        "next": (service_day + timedelta(days=1)).isoformat(),
        "prefix": prefix,
        "opens": stamp(opens),
        "closes": stamp(closes),
    }
    row = tx.row(_GIVEN, values)
    return int(row["n"]) if row else 0


def given_cut_off(tx: Tx, service_day: date, prefix: str, clinic: str) -> int:
    """Return how many numbers of a kiosk that was cut off are a clinic's on a service day."""
    row = tx.row(
        "SELECT count(*) AS n FROM tickets WHERE prefix = :prefix AND service_day = :day AND clinic = :clinic",
        {"prefix": prefix, "day": service_day.isoformat(), "clinic": clinic},
    )
    return int(row["n"]) if row else 0


def given_at_kiosk(tx: Tx, kiosk: str, since: datetime, until: datetime) -> list[datetime]:
    """Return when a kiosk gave its numbers in a span of time, oldest first, whatever has become of them."""
    rows = tx.rows(
        f"SELECT arrived_at FROM tickets WHERE {_GIVEN_AT_KIOSK} AND arrived_at <= :until ORDER BY arrived_at",
        {"kiosk": kiosk, "since": stamp(since), "until": stamp(until)},
    )
    return [moment(row["arrived_at"]) for row in rows]


def waiting_of_kiosk(tx: Tx, kiosk: str, since: datetime) -> list[Ticket]:
    """Return the numbers a kiosk has given since a moment that wait, in order of arrival."""
    rows = tx.rows(
        f"{_SELECT} WHERE {_GIVEN_AT_KIOSK} AND state = 'waiting' AND {_LIVING} ORDER BY arrived_at, seq",
        {"kiosk": kiosk, "since": stamp(since)},
    )
    return [read(row) for row in rows]


def living_number(tx: Tx, prefix: str, n: int) -> Ticket | None:
    """Return the living ticket with a number."""
    return _one(tx.row(f"{_SELECT} WHERE prefix = :prefix AND n = :n AND {_LIVING}", _number(prefix, n)))


def living_by_phone(tx: Tx, tail: str, days: Collection[date]) -> list[Ticket]:
    """Return the living tickets of some service days with these last digits of a telephone number."""
    marks, values = listed("day", [day.isoformat() for day in days])
    rows = tx.rows(
        f"{_SELECT} WHERE phone = :tail AND service_day IN ({marks}) AND {_LIVING} ORDER BY seq",
        {"tail": tail, **values},
    )
    return [read(row) for row in rows]


def expected_by_phone(tx: Tx, clinic: str, tail: str, name: str) -> list[Ticket]:
    """Return who is expected at a clinic under a name and the last digits of a telephone number."""
    rows = tx.rows(
        f"{_SELECT} WHERE phone = :tail AND name = :name AND clinic = :clinic AND state = 'expected' AND {_LIVING} "
        "ORDER BY seq",
        {"tail": tail, "name": name, "clinic": clinic},
    )
    return [read(row) for row in rows]


def expected_after(tx: Tx, clinic: str, seq: int, limit: int) -> list[Ticket]:
    """Return up to `limit` of a clinic's expected patients that were entered after `seq`, in that order."""
    rows = tx.rows(
        f"{_SELECT} WHERE clinic = :clinic AND state = 'expected' AND seq > :seq AND {_LIVING} ORDER BY seq "
        "LIMIT :limit",
        {"clinic": clinic, "seq": seq, "limit": limit},
    )
    return [read(row) for row in rows]


def expected(tx: Tx) -> list[Ticket]:
    """Return everybody who is expected at the hospital, oldest credited arrival first."""
    sql = f"{_SELECT} WHERE state = 'expected' AND {_LIVING} ORDER BY queued_at, seq"
    return [read(row) for row in tx.rows(sql)]


def by_id(tx: Tx, id_: str) -> Ticket | None:
    """Return the ticket with this id."""
    return _one(tx.row(f"{_SELECT} WHERE id = :id", {"id": id_}))


def by_key(tx: Tx, key: str) -> Ticket | None:
    """Return the ticket issued under an idempotency key."""
    return _one(tx.row(f"{_SELECT} WHERE key = :key", {"key": key}))


def by_keys(tx: Tx, keys: Sequence[str]) -> dict[str, Ticket]:
    """Return the tickets issued under any of some idempotency keys, by key, in the order of the keys."""
    marks, values = listed("key", keys)
    rows = tx.rows(f"{_SELECT} WHERE key IN ({marks}) AND key IS NOT NULL", values)
    found = {row["key"]: read(row) for row in rows}
    return {key: found[key] for key in keys if key in found}


def expected_under(tx: Tx, beginning: str) -> Ticket | None:
    """Return the newest expected ticket whose key begins so."""
    return _one(
        tx.row(
            f"{_SELECT} WHERE key >= :low AND key < :high AND key IS NOT NULL AND state = 'expected' "
            "ORDER BY key DESC, seq DESC LIMIT 1",
            {"low": beginning, "high": f"{beginning}\U0010ffff"},
        )
    )


def by_number(tx: Tx, prefix: str, n: int, service_day: date) -> Ticket | None:
    """Return the ticket with a number: of this service day, else the one still living, else the most recent."""
    named = f"{_SELECT} WHERE prefix = :prefix AND n = :n"
    found = tx.row(f"{named} AND service_day = :day", {**_number(prefix, n), "day": service_day.isoformat()})
    if found is None:
        found = tx.row(f"{named} AND {_LIVING}", _number(prefix, n))
    if found is None:
        found = tx.row(f"{named} ORDER BY service_day DESC LIMIT 1", _number(prefix, n))
    return _one(found)


def living(tx: Tx, clinic: str, *states: State) -> list[Ticket]:
    """Return a clinic's tickets in any of `states` (all of them living), oldest credited arrival first."""
    marks, values = listed("state", states)
    rows = tx.rows(
        f"{_SELECT} WHERE state IN ({marks}) AND clinic = :clinic AND {_LIVING} ORDER BY queued_at, seq",
        {"clinic": clinic, **values},
    )
    return [read(row) for row in rows]


def last_of_kiosk(tx: Tx, kiosk: str, since: datetime, until: datetime) -> Ticket | None:
    """Return the newest ticket that a kiosk gave or took in after `since`, not after `until`, and that still waits."""
    found = tx.row(
        f"{_SELECT} WHERE kiosk = :kiosk AND kiosk IS NOT NULL AND arrived_at > :since AND arrived_at <= :until "
        "AND state = 'waiting' ORDER BY arrived_at DESC, seq DESC LIMIT 1",
        {"kiosk": kiosk, "since": stamp(since), "until": stamp(until)},
    )
    return _one(found)


def in_room(tx: Tx, room: str) -> Ticket | None:
    """Return the ticket that is called to a room or being served in it."""
    return _one(tx.row(f"{_SELECT} WHERE room = :room AND state IN ('called', 'serving')", {"room": room}))


def of_days(tx: Tx, days: Collection[date]) -> list[Ticket]:
    """Return every ticket of some service days, in order of issue."""
    marks, values = listed("day", [day.isoformat() for day in days])
    return [read(row) for row in tx.rows(f"{_SELECT} WHERE service_day IN ({marks}) ORDER BY seq", values)]


def first_after(tx: Tx, seq: int) -> tuple[int, Columns] | None:
    """Return the first ticket that was written after `seq`: its own seq and its columns; None without one."""
    row = tx.row(f"{_SELECT} WHERE seq > :seq ORDER BY seq LIMIT 1", {"seq": seq})
    return (row["seq"], {name: row[name] for name in COLUMNS}) if row else None


def waiting_before(tx: Tx, before: datetime) -> list[Ticket]:
    """Return who waits and came before a moment, in order of issue."""
    rows = tx.rows(
        f"{_SELECT} WHERE state = 'waiting' AND arrived_at < :before AND {_LIVING} ORDER BY seq",
        {"before": stamp(before)},
    )
    return [read(row) for row in rows]


def ended_of_day(tx: Tx, clinic: str, day: date) -> dict[State, int]:
    """Return how many tickets of a service day have ended at a clinic, by their state."""
    rows = tx.rows(
        "SELECT state, count(*) AS n FROM tickets WHERE service_day = :day AND clinic = :clinic "
        "AND state IN ('done', 'cancelled', 'lapsed') GROUP BY state",
        {"day": day.isoformat(), "clinic": clinic},
    )
    return {State(row["state"]): int(row["n"]) for row in rows}


def arrived_between(tx: Tx, since: datetime, until: datetime) -> list[Ticket]:
    """Return the tickets whose patients arrived in a span of time, in order of issue."""
    rows = tx.rows(
        f"{_SELECT} WHERE arrived_at >= :since AND arrived_at <= :until ORDER BY seq",
        {"since": stamp(since), "until": stamp(until)},
    )
    return [read(row) for row in rows]


def waiting_from_elsewhere(tx: Tx) -> list[Ticket]:
    """Return who waits and was put behind somebody with a wrong clock, in order of issue."""
    rows = tx.rows(f"{_SELECT} WHERE state = 'waiting' AND waits_from IS NOT NULL AND {_LIVING} ORDER BY seq")
    return [read(row) for row in rows]


def read(row: Row) -> Ticket:
    """Return a row of the table, all its columns in the order of `_ALL`, as a Ticket."""
    return _of_values(tuple(row))


# a screen reads its whole line again after each change, and of three hundred tickets one has changed; what it reads
# is frozen, so the same values may be the same Ticket
@lru_cache(maxsize=2048)
def _of_values(values: tuple[Value, ...]) -> Ticket:
    return of_columns(dict(zip(("seq", *COLUMNS), values, strict=True)))


@reads("tickets")
def of_columns(row: Mapping[str, Any]) -> Ticket:
    """Return the values of all columns as a Ticket."""
    return Ticket(
        seq=row["seq"],
        id=row["id"],
        number=row["number"],
        prefix=row["prefix"],
        n=row["n"],
        service_day=date.fromisoformat(row["service_day"]),
        clinic=row["clinic"],
        state=State(row["state"]),
        lane=Lane(row["lane"]),
        level=row["level"],
        priority=tuple(json.loads(row["priority"])) if row["priority"] != "[]" else (),
        name=row["name"],
        language=row["language"],
        kiosk=row["kiosk"],
        arrived_at=moment(row["arrived_at"]),
        queued_at=moment(row["queued_at"]),
        room=row["room"],
        calls=row["calls"],
        missed=row["missed"],
        origin=row["origin"],
        called_at=moment_or_none(row["called_at"]),
        started_at=moment_or_none(row["started_at"]),
        ended_at=moment_or_none(row["ended_at"]),
        phone=row["phone"],
        slot_at=moment_or_none(row["slot_at"]),
        lane_since=row["lane_since"],
        held_at=moment_or_none(row["held_at"]),
        held_to=row["held_to"],
        rejoined_at=moment_or_none(row["rejoined_at"]),
        transferred_at=moment_or_none(row["transferred_at"]),
        ways_back=tuple(json.loads(row["ways_back"])) if row["ways_back"] != "[]" else (),
        key=row["key"],
        waits_from=moment_or_none(row["waits_from"]),
        note=row["note"],
    )


def _number(prefix: str, n: int) -> dict[str, Value]:
    return {"prefix": prefix, "n": n}


def _one(row: Row | None) -> Ticket | None:
    return read(row) if row else None
