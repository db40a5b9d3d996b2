"""SQL for the durable spool: one row for each slip that is to be printed. `domain/slips` says what its states mean."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from nightdesk_queue.domain.slips import AskedBy, NewSlip, SlipJob, SlipKind, SlipState
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, Value, listed
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp

_COLUMNS = (
    "slips.id, slips.ticket, tickets.number AS number, slips.kind, slips.clinic, slips.service_day, slips.event, "
    "slips.printer, slips.home, slips.state, slips.settled, slips.cause, slips.last_cause, slips.attempts, slips.copy, "
    "slips.asked_by, slips.worker, slips.machine, slips.lease_until, slips.queued_at, slips.changed_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM slips LEFT JOIN tickets ON tickets.id = slips.ticket"
_OPEN = "slips.state IN ('queued', 'claimed', 'sending', 'awaiting', 'unknown') AND slips.settled = 0"
"""Spelled as in the partial index, which serves it."""
_TO_FIX = "slips.state = 'failed' OR (slips.state = 'unknown' AND slips.settled = 1)"
"""Likewise."""
_ADD = """
INSERT INTO slips (ticket, kind, clinic, service_day, event, printer, home, state, copy, asked_by, queued_at,
    changed_at)
VALUES (:ticket, :kind, :clinic, :service_day, :event, :printer, :printer, 'queued', :copy, :asked_by, :at, :at)
"""
_INSERT = f"{_ADD} RETURNING id"


def add(tx: Tx, slip: NewSlip, at: datetime) -> None:
    """Add a slip."""
    tx.write(_ADD, _values(slip, at))


def queue(tx: Tx, slip: NewSlip, at: datetime) -> int:
    """Add a slip and return its id."""
    row = tx.row(_INSERT, _values(slip, at))
    assert row is not None, "an INSERT with RETURNING returns its row"
    id_: int = row["id"]
    return id_


def _values(slip: NewSlip, at: datetime) -> dict[str, Value]:
    return {
        "ticket": slip.ticket,
        "kind": slip.kind,
        "clinic": slip.clinic,
        "service_day": slip.service_day.isoformat() if slip.service_day else None,
        "event": slip.event,
        "printer": slip.printer,
        "copy": slip.copy,
        "asked_by": slip.asked_by,
        "at": stamp(at),
    }


def unprinted(tx: Tx, ticket: str, kind: SlipKind) -> SlipJob | None:
    """Return a slip of a kind that has still to come out for a ticket."""
    sql = f"{_SELECT} WHERE slips.ticket = :ticket AND slips.kind = :kind AND {_OPEN} ORDER BY slips.id DESC LIMIT 1"
    return _one(tx.row(sql, {"ticket": ticket, "kind": kind}))


def next_job(tx: Tx, printer: str) -> SlipJob | None:
    """Return what a printer's worker has to do next: slips whose end is unknown first, then the oldest queued one."""
    sql = (
        f"{_SELECT} WHERE slips.printer = :printer AND {_OPEN} AND slips.state IN ('queued', 'unknown') "
        "ORDER BY slips.state = 'queued', slips.id LIMIT 1"
    )
    return _one(tx.row(sql, {"printer": printer}))


def queued(tx: Tx, printer: str) -> list[SlipJob]:
    """Return the slips that wait for a printer, oldest first."""
    sql = f"{_SELECT} WHERE slips.printer = :printer AND {_OPEN} AND slips.state = 'queued' ORDER BY slips.id"
    return [_read(row) for row in tx.rows(sql, {"printer": printer})]


def move(tx: Tx, job: SlipJob, state: SlipState, at: datetime, **changes: Value) -> SlipJob | None:
    """Move a slip on and write other columns with it; None when it is no longer where we read it."""
    columns: dict[str, Value] = {"cause": None, "changed_at": stamp(at), **changes, "state": state}
    changed = tx.change(
        f"UPDATE slips SET {', '.join(f'{name} = :{name}' for name in columns)}, "
        "last_cause = coalesce(:cause, last_cause) "
        "WHERE id = :_id AND state = :_state AND printer = :_printer AND copy = :_copy",
        {**columns, "_id": job.id, "_state": job.state, "_printer": job.printer, "_copy": job.copy},
    )
    return by_id(tx, job.id) if changed == 1 else None


def renew(tx: Tx, job: SlipJob, lease_until: datetime) -> None:
    """Let a worker keep the slip it has in hand for longer."""
    tx.change(
        "UPDATE slips SET lease_until = :until WHERE id = :id AND worker = :worker",
        {"until": stamp(lease_until), "id": job.id, "worker": job.worker},
    )


def in_hand(tx: Tx, printer: str) -> list[SlipJob]:
    """Return the slips of a printer that some worker has in hand."""
    sql = (
        f"{_SELECT} WHERE slips.printer = :printer AND {_OPEN} "
        "AND slips.state IN ('claimed', 'sending', 'awaiting') ORDER BY slips.id"
    )
    return [_read(row) for row in tx.rows(sql, {"printer": printer})]


def note_cause(tx: Tx, printer: str, cause: str) -> int:
    """Write the cause into every slip that waits for a printer; return how many had another one before."""
    return tx.change(
        f"UPDATE slips SET cause = :cause, last_cause = :cause WHERE printer = :printer AND {_OPEN} "
        "AND state = 'queued' AND coalesce(cause, '') <> :cause",
        {"cause": cause, "printer": printer},
    )


def revive(tx: Tx, ticket: str, at: datetime) -> bool:
    """Queue a ticket's newest slip again if it was dropped, as its patient waits again; whether there was one."""
    changed = tx.change(
        "UPDATE slips SET state = 'queued', cause = NULL, worker = NULL, queued_at = :at, changed_at = :at "
        "WHERE state = 'dropped' AND id = "
        "(SELECT max(id) FROM slips WHERE ticket = :ticket AND kind IN ('ticket', 'transfer'))",
        {"at": stamp(at), "ticket": ticket},
    )
    return changed == 1


def next_copy(tx: Tx, job: SlipJob) -> int:
    """Return the number of the next marked copy of a slip, counting those of the same ticket and kind."""
    if job.ticket is None:
        return job.copy + 1
    return copies_of(tx, job.ticket, job.kind) + 1


def copies_of(tx: Tx, ticket: str, kind: SlipKind) -> int:
    """Return the highest number of a marked copy of a ticket's slips of a kind; 0 where there is none."""
    sql = "SELECT coalesce(max(copy), 0) AS n FROM slips WHERE ticket = :ticket AND kind = :kind"
    return _count(tx.row(sql, {"ticket": ticket, "kind": kind}))


def asked(tx: Tx, ticket: str, by: AskedBy) -> int:
    """Return how many slips of a ticket somebody has asked for again."""
    sql = "SELECT count(*) AS n FROM slips WHERE ticket = :ticket AND asked_by = :by"
    return _count(tx.row(sql, {"ticket": ticket, "by": by}))


def list_of(tx: Tx, clinic: str, service_day: date) -> SlipJob | None:
    """Return the newest list of a clinic's service day."""
    sql = (
        f"{_SELECT} WHERE slips.kind = 'list' AND slips.clinic = :clinic AND slips.service_day = :day "
        "ORDER BY slips.id DESC LIMIT 1"
    )
    return _one(tx.row(sql, {"clinic": clinic, "day": service_day.isoformat()}))


def of_ticket(tx: Tx, ticket: str, kinds: Collection[SlipKind] = ()) -> SlipJob | None:
    """Return the newest slip of a ticket, of some kinds only where any are named."""
    marks, values = listed("kind", list(kinds))
    only = f"AND slips.kind IN ({marks}) " if kinds else ""
    sql = f"{_SELECT} WHERE slips.ticket = :ticket {only}ORDER BY slips.id DESC LIMIT 1"
    return _one(tx.row(sql, {"ticket": ticket, **values}))


def last_of_event(tx: Tx, event: int, kind: SlipKind) -> SlipJob | None:
    """Return the newest slip of a kind that tells of an event."""
    sql = f"{_SELECT} WHERE slips.event = :event AND slips.kind = :kind ORDER BY slips.id DESC LIMIT 1"
    return _one(tx.row(sql, {"event": event, "kind": kind}))


def by_id(tx: Tx, id_: int) -> SlipJob | None:
    """Return one slip."""
    return _one(tx.row(f"{_SELECT} WHERE slips.id = :id", {"id": id_}))


def newest(tx: Tx, limit: int) -> list[SlipJob]:
    """Return the newest slips, oldest of them first."""
    rows = tx.rows(f"{_SELECT} ORDER BY slips.id DESC LIMIT :limit", {"limit": limit})
    return [_read(row) for row in reversed(rows)]


def all_of_ticket(tx: Tx, ticket: str, limit: int) -> list[SlipJob]:
    """Return the newest slips of a ticket, oldest of them first."""
    sql = f"{_SELECT} WHERE slips.ticket = :ticket ORDER BY slips.id DESC LIMIT :limit"
    return [_read(row) for row in reversed(tx.rows(sql, {"ticket": ticket, "limit": limit}))]


def queued_since(tx: Tx, since: datetime, limit: int) -> list[SlipJob]:
    """Return the newest slips that were asked for since a moment, oldest of them first."""
    sql = f"{_SELECT} WHERE slips.queued_at >= :since ORDER BY slips.queued_at DESC, slips.id DESC LIMIT :limit"
    return [_read(row) for row in reversed(tx.rows(sql, {"since": stamp(since), "limit": limit}))]


def newest_of_printer(tx: Tx, printer: str, limit: int) -> list[SlipJob]:
    """Return the newest slips of a printer, those that are on their way or will not come out by themselves first."""
    found: dict[int, SlipJob] = {}
    for which in (f"slips.printer = :printer AND {_OPEN}", f"slips.printer = :printer AND ({_TO_FIX})"):
        sql = f"{_SELECT} WHERE {which} ORDER BY slips.id DESC LIMIT :limit"
        found |= {job.id: job for job in map(_read, tx.rows(sql, {"printer": printer, "limit": limit}))}
    first = sorted(found.values(), key=lambda job: job.id, reverse=True)
    sql = f"{_SELECT} WHERE slips.printer = :printer ORDER BY slips.id DESC LIMIT :limit"
    rest = [job for job in map(_read, tx.rows(sql, {"printer": printer, "limit": limit})) if job.id not in found]
    return [*first, *rest][:limit]


def to_fix(tx: Tx) -> list[SlipJob]:
    """Return the slips that will not come out by themselves: failed, or unknown for good."""
    return [_read(row) for row in tx.rows(f"{_SELECT} WHERE {_TO_FIX} ORDER BY slips.id")]


def waiting_by_printer(tx: Tx) -> dict[str, int]:
    """Return how many slips each printer has still to print."""
    rows = tx.rows(f"SELECT slips.printer AS printer, count(*) AS n FROM slips WHERE {_OPEN} GROUP BY slips.printer")
    return {row["printer"]: row["n"] for row in rows}


def _count(row: Row | None) -> int:
    return int(row["n"]) if row else 0


def _one(row: Row | None) -> SlipJob | None:
    return _read(row) if row else None


@reads("slips")
def _read(row: Row) -> SlipJob:
    return SlipJob(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        kind=SlipKind(row["kind"]),
        clinic=row["clinic"],
        service_day=date.fromisoformat(row["service_day"]) if row["service_day"] else None,
        event=row["event"],
        printer=row["printer"],
        home=row["home"],
        state=SlipState(row["state"]),
        settled=bool(row["settled"]),
        cause=row["cause"],
        last_cause=row["last_cause"],
        attempts=row["attempts"],
        copy=row["copy"],
        asked_by=AskedBy(row["asked_by"]) if row["asked_by"] else None,
        worker=row["worker"],
        machine=row["machine"],
        lease_until=moment_or_none(row["lease_until"]),
        queued_at=moment(row["queued_at"]),
        changed_at=moment(row["changed_at"]),
    )
