"""SQL for the durable spool: one row for each slip that is to be printed.

queued -> claimed -> sending -> awaiting -> printed | sent, with these ways out:

- before a byte has left, a slip goes back to `queued` with its cause, here or at the backup printer;
- once a byte has left, a slip whose end is not known is `unknown`. Until it is `settled` the worker asks the printer,
  then prints it again as a marked copy or records that it came out after all;
- `failed` slips cannot be made, `dropped` ones are no longer needed by anybody; both say why in `cause`.

`sent` means that every byte was handed over, `printed` that the printer itself confirmed it. A row in `claimed`,
`sending` or `awaiting` belongs to `worker` until `lease_until`; only that worker moves it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.store.timestamps import moment, stamp


class SlipState(StrEnum):
    """Where a slip is on its way to paper."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    AWAITING = "awaiting"
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


class SlipKind(StrEnum):
    """What a slip is: whose, and by which template it is laid out."""

    TICKET = "ticket"
    TRANSFER = "transfer"
    PAGE = "page"
    TEST = "test"
    LIST = "list"
    ALARM = "alarm"


OUT = (SlipState.SENT, SlipState.PRINTED)
"""States of a slip that has come out, as far as anybody can tell."""
BEGUN = (SlipState.CLAIMED, SlipState.SENDING, SlipState.AWAITING)
"""States in which a worker has the slip in hand."""

Value = str | int | None


@dataclass(frozen=True, slots=True)
class SlipJob:
    """A slip to print: whose, on which printer, how far it is.

    `ticket` and `number` are None for slips about no ticket; `subject` then says what they are about. `home` is the
    printer it was meant for, `printer` the one that has it now. `copy` is the number of the marked copy, 0 for the
    original. `asked_by`: `staff` or `patient` where a person asked for it. `settled`: an `unknown` slip that nobody
    asks about any more.
    """

    id: int
    ticket: str | None
    number: str | None
    kind: str
    subject: str | None
    printer: str
    home: str
    state: SlipState
    settled: bool
    cause: str | None
    attempts: int
    copy: int
    asked_by: str | None
    worker: str | None
    lease_until: datetime | None
    queued_at: datetime
    changed_at: datetime

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in (SlipState.QUEUED, *BEGUN) or (self.state is SlipState.UNKNOWN and not self.settled)


_SELECT = "SELECT slips.*, tickets.number AS number FROM slips LEFT JOIN tickets ON tickets.id = slips.ticket"
_OPEN = "slips.state IN ('queued', 'claimed', 'sending', 'awaiting', 'unknown') AND slips.settled = 0"
"""Spelled as in the partial index, which serves it."""


def queue(
    connection: sqlite3.Connection,
    ticket: str | None,
    kind: str,
    printer: str,
    at: str,
    *,
    subject: str | None = None,
    copy: int = 0,
    asked_by: str | None = None,
) -> int:
    """Add a slip and return its id."""
    cursor = connection.execute(
        "INSERT INTO slips (ticket, kind, subject, printer, home, state, copy, asked_by, queued_at, changed_at) "
        "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)",
        (ticket, kind, subject, printer, printer, copy, asked_by, at, at),
    )
    return cursor.lastrowid or 0


def unprinted(connection: sqlite3.Connection, ticket: str, kind: str) -> SlipJob | None:
    """Return a slip of a kind that has still to come out for a ticket."""
    row = connection.execute(
        f"{_SELECT} WHERE slips.ticket = ? AND slips.kind = ? AND {_OPEN} ORDER BY slips.id DESC LIMIT 1",
        (ticket, kind),
    ).fetchone()
    return _read(row) if row else None


def next_job(connection: sqlite3.Connection, printer: str) -> SlipJob | None:
    """Return what a printer's worker has to do next: slips whose end is unknown first, then the oldest queued one."""
    row = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? AND {_OPEN} AND slips.state IN ('queued', 'unknown') "
        "ORDER BY slips.state = 'queued', slips.id LIMIT 1",
        (printer,),
    ).fetchone()
    return _read(row) if row else None


def queued(connection: sqlite3.Connection, printer: str) -> list[SlipJob]:
    """Return the slips that wait for a printer, oldest first."""
    rows = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? AND {_OPEN} AND slips.state = 'queued' ORDER BY slips.id", (printer,)
    ).fetchall()
    return [_read(row) for row in rows]


def move(
    connection: sqlite3.Connection, job: SlipJob, state: SlipState, at: datetime, **changes: Value
) -> SlipJob | None:
    """Move a slip on and write other columns with it; None when it is no longer where we read it."""
    columns: dict[str, Value] = {"cause": None, "changed_at": stamp(at), **changes, "state": state}
    cursor = connection.execute(
        f"UPDATE slips SET {', '.join(f'{name} = ?' for name in columns)} "
        "WHERE id = ? AND state = ? AND printer = ? AND copy = ?",
        (*columns.values(), job.id, job.state, job.printer, job.copy),
    )
    return by_id(connection, job.id) if cursor.rowcount == 1 else None


def renew(connection: sqlite3.Connection, job: SlipJob, lease_until: datetime) -> None:
    """Let a worker keep the slip it has in hand for longer."""
    connection.execute(
        "UPDATE slips SET lease_until = ? WHERE id = ? AND worker = ?", (stamp(lease_until), job.id, job.worker)
    )


def left_behind(connection: sqlite3.Connection, printer: str) -> list[SlipJob]:
    """Return the slips of a printer that some worker has in hand."""
    rows = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? AND {_OPEN} AND slips.state IN ('claimed', 'sending', 'awaiting') "
        "ORDER BY slips.id",
        (printer,),
    ).fetchall()
    return [_read(row) for row in rows]


def blame(connection: sqlite3.Connection, printer: str, cause: str) -> int:
    """Write on every slip that waits for a printer why it has to; return how many did not say so yet."""
    cursor = connection.execute(
        f"UPDATE slips SET cause = ? WHERE printer = ? AND {_OPEN} AND state = 'queued' AND cause IS NOT ?",
        (cause, printer, cause),
    )
    return cursor.rowcount


def revive(connection: sqlite3.Connection, ticket: str, at: str) -> bool:
    """Queue a ticket's newest slip again if it was dropped: its patient waits again. Whether there was one."""
    cursor = connection.execute(
        "UPDATE slips SET state = 'queued', cause = NULL, worker = NULL, queued_at = ?, changed_at = ? "
        "WHERE state = 'dropped' AND id = "
        "(SELECT max(id) FROM slips WHERE ticket = ? AND kind IN ('ticket', 'transfer'))",
        (at, at, ticket),
    )
    return cursor.rowcount == 1


def next_copy(connection: sqlite3.Connection, job: SlipJob) -> int:
    """Return the number of the next marked copy of a slip, counting those of the same ticket and kind."""
    if job.ticket is None:
        return job.copy + 1
    return copies_of(connection, job.ticket, job.kind) + 1


def copies_of(connection: sqlite3.Connection, ticket: str, kind: str) -> int:
    """Return the highest number of a marked copy of a ticket's slips of a kind; 0 where there is none."""
    sql = "SELECT coalesce(max(copy), 0) FROM slips WHERE ticket = ? AND kind = ?"
    return int(connection.execute(sql, (ticket, kind)).fetchone()[0])


def asked(connection: sqlite3.Connection, ticket: str, by: str) -> int:
    """Return how many slips somebody (`staff`, `patient`) has asked for again."""
    sql = "SELECT count(*) FROM slips WHERE ticket = ? AND asked_by = ?"
    return int(connection.execute(sql, (ticket, by)).fetchone()[0])


def about(connection: sqlite3.Connection, kind: str, subject: str) -> SlipJob | None:
    """Return the newest slip of a kind about a subject."""
    row = connection.execute(
        f"{_SELECT} WHERE slips.subject = ? AND slips.kind = ? ORDER BY slips.id DESC LIMIT 1", (subject, kind)
    ).fetchone()
    return _read(row) if row else None


def of_ticket(connection: sqlite3.Connection, ticket: str, kinds: tuple[str, ...] = ()) -> SlipJob | None:
    """Return the newest slip of a ticket, of some kinds only where any are named."""
    only = f"AND slips.kind IN ({', '.join('?' * len(kinds))}) " if kinds else ""
    row = connection.execute(
        f"{_SELECT} WHERE slips.ticket = ? {only}ORDER BY slips.id DESC LIMIT 1", (ticket, *kinds)
    ).fetchone()
    return _read(row) if row else None


def by_id(connection: sqlite3.Connection, id_: int) -> SlipJob | None:
    """Return one slip."""
    row = connection.execute(f"{_SELECT} WHERE slips.id = ?", (id_,)).fetchone()
    return _read(row) if row else None


def newest(connection: sqlite3.Connection, limit: int) -> list[SlipJob]:
    """Return the newest slips, oldest of them first."""
    rows = connection.execute(f"{_SELECT} ORDER BY slips.id DESC LIMIT ?", (limit,)).fetchall()
    return [_read(row) for row in reversed(rows)]


def newest_of_printer(connection: sqlite3.Connection, printer: str, limit: int) -> list[SlipJob]:
    """Return the newest slips of a printer, those that are on their way or failed first."""
    rows = connection.execute(
        f"{_SELECT} WHERE slips.printer = ? "
        "ORDER BY slips.state IN ('sent', 'printed', 'dropped') OR slips.settled, slips.id DESC LIMIT ?",
        (printer, limit),
    ).fetchall()
    return [_read(row) for row in rows]


def to_mend(connection: sqlite3.Connection) -> list[SlipJob]:
    """Return the slips that will not come out by themselves: failed, or unknown for good."""
    rows = connection.execute(
        f"{_SELECT} WHERE slips.state = 'failed' OR (slips.state = 'unknown' AND slips.settled) ORDER BY slips.id"
    ).fetchall()
    return [_read(row) for row in rows]


def waiting_by_printer(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many slips each printer has still to print."""
    rows = connection.execute(f"SELECT printer, count(*) AS n FROM slips WHERE {_OPEN} GROUP BY printer").fetchall()
    return {row["printer"]: row["n"] for row in rows}


def _read(row: sqlite3.Row) -> SlipJob:
    return SlipJob(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        kind=row["kind"],
        subject=row["subject"],
        printer=row["printer"],
        home=row["home"],
        state=SlipState(row["state"]),
        settled=bool(row["settled"]),
        cause=row["cause"],
        attempts=row["attempts"],
        copy=row["copy"],
        asked_by=row["asked_by"],
        worker=row["worker"],
        lease_until=moment(row["lease_until"]) if row["lease_until"] else None,
        queued_at=moment(row["queued_at"]),
        changed_at=moment(row["changed_at"]),
    )
