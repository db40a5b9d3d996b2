"""SQL for the durable spool: one row for each slip that is to be printed.

queued -> claimed -> sending -> sent | printed, and back to queued after a failure. `sent` means every byte was handed
over; `printed` means the printer itself answered behind them. The worker that owns a printer is the only one that
moves its rows; a row found in `claimed` or `sending` by a new owner belongs to a worker that died.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.store.stamps import moment, stamp


class SlipState(StrEnum):
    """Where a slip is on its way to paper."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SlipJob:
    """A slip to print: whose, on which printer, how far it is. `copy` counts marked copies, 0 is the original."""

    id: int
    ticket: str
    number: str
    kind: str
    printer: str
    state: SlipState
    cause: str | None
    attempts: int
    copy: int
    queued_at: datetime
    changed_at: datetime


_SELECT = "SELECT slips.*, tickets.number AS number FROM slips JOIN tickets ON tickets.id = slips.ticket"


def queue(connection: sqlite3.Connection, ticket: str, kind: str, printer: str, at: str) -> int:
    """Add a slip and return its id."""
    cursor = connection.execute(
        "INSERT INTO slips (ticket, kind, printer, state, queued_at, changed_at) VALUES (?, ?, ?, 'queued', ?, ?)",
        (ticket, kind, printer, at, at),
    )
    return cursor.lastrowid or 0


def unprinted(connection: sqlite3.Connection, ticket: str, kind: str) -> bool:
    """Whether a slip of a kind has still to come out for a ticket."""
    sql = "SELECT 1 FROM slips WHERE ticket = ? AND kind = ? AND state IN ('queued', 'claimed', 'sending')"
    return connection.execute(sql, (ticket, kind)).fetchone() is not None


def next_queued(connection: sqlite3.Connection, printer: str) -> SlipJob | None:
    """Return the oldest slip a printer has still to print."""
    row = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? AND slips.state = 'queued' "
        "AND slips.state IN ('queued', 'claimed', 'sending') ORDER BY slips.id LIMIT 1",
        (printer,),
    ).fetchone()
    return _read(row) if row else None


def move(
    connection: sqlite3.Connection,
    job: SlipJob,
    state: SlipState,
    at: datetime,
    *,
    cause: str | None = None,
    attempts: int | None = None,
    copy: int | None = None,
) -> bool:
    """Move a slip on if it is still where we read it; False when it is not."""
    cursor = connection.execute(
        "UPDATE slips SET state = ?, cause = ?, attempts = ?, copy = ?, changed_at = ? WHERE id = ? AND state = ?",
        (
            state,
            cause,
            job.attempts if attempts is None else attempts,
            job.copy if copy is None else copy,
            stamp(at),
            job.id,
            job.state,
        ),
    )
    return cursor.rowcount == 1


def left_behind(connection: sqlite3.Connection, printer: str) -> list[SlipJob]:
    """Return the slips a dead worker of this printer left claimed or half sent."""
    rows = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? AND slips.state IN ('claimed', 'sending') ORDER BY slips.id",
        (printer,),
    ).fetchall()
    return [_read(row) for row in rows]


def of_ticket(connection: sqlite3.Connection, ticket: str) -> SlipJob | None:
    """Return the newest slip of a ticket."""
    row = connection.execute(f"{_SELECT} WHERE slips.ticket = ? ORDER BY slips.id DESC LIMIT 1", (ticket,)).fetchone()
    return _read(row) if row else None


def by_id(connection: sqlite3.Connection, id_: int) -> SlipJob | None:
    """Return one slip."""
    row = connection.execute(f"{_SELECT} WHERE slips.id = ?", (id_,)).fetchone()
    return _read(row) if row else None


def newest(connection: sqlite3.Connection, limit: int) -> list[SlipJob]:
    """Return the newest slips, oldest of them first."""
    rows = connection.execute(f"{_SELECT} ORDER BY slips.id DESC LIMIT ?", (limit,)).fetchall()
    return [_read(row) for row in reversed(rows)]


def waiting_by_printer(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many slips each printer has still to print."""
    rows = connection.execute(
        "SELECT printer, count(*) AS n FROM slips WHERE state IN ('queued', 'claimed', 'sending') GROUP BY printer"
    ).fetchall()
    return {row["printer"]: row["n"] for row in rows}


def _read(row: sqlite3.Row) -> SlipJob:
    return SlipJob(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        kind=row["kind"],
        printer=row["printer"],
        state=SlipState(row["state"]),
        cause=row["cause"],
        attempts=row["attempts"],
        copy=row["copy"],
        queued_at=moment(row["queued_at"]),
        changed_at=moment(row["changed_at"]),
    )
