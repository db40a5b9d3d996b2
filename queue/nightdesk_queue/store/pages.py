"""SQL for pages: a doctor on call who was asked to come for a ticket, how often, and whether somebody answered."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.store.timestamps import moment, stamp


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `rounds` counts how often it went out, the first time included; `closed_by` who or what ended it.

    `post_state`: `due`, `sending` or `sent` where the clinic names an address to post to, else None.
    """

    id: int
    ticket: str
    number: str
    clinic: str
    at: datetime
    rounds: int
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    post_state: str | None
    post_cause: str | None


_SELECT = "SELECT pages.*, tickets.number AS number FROM pages JOIN tickets ON tickets.id = pages.ticket"


def open_page(connection: sqlite3.Connection, ticket: str, clinic: str, at: str, *, post: bool) -> int:
    """Write a new page, its first round due now; return its id."""
    cursor = connection.execute(
        "INSERT INTO pages (ticket, clinic, at, rounds, last_at, post_state) VALUES (?, ?, ?, 1, ?, ?)",
        (ticket, clinic, at, at, "due" if post else None),
    )
    return cursor.lastrowid or 0


def of_ticket(connection: sqlite3.Connection, ticket: str) -> Page | None:
    """Return a ticket's open page."""
    row = connection.execute(f"{_SELECT} WHERE pages.ticket = ? AND pages.closed_at IS NULL", (ticket,)).fetchone()
    return _read(row) if row else None


def newest_of_ticket(connection: sqlite3.Connection, ticket: str) -> Page | None:
    """Return a ticket's newest page, answered or not."""
    row = connection.execute(f"{_SELECT} WHERE pages.ticket = ? ORDER BY pages.id DESC LIMIT 1", (ticket,)).fetchone()
    return _read(row) if row else None


def sounding(connection: sqlite3.Connection) -> list[Page]:
    """Return the pages nobody has answered, oldest first."""
    rows = connection.execute(f"{_SELECT} WHERE pages.closed_at IS NULL ORDER BY pages.id").fetchall()
    return [_read(row) for row in rows]


def newest(connection: sqlite3.Connection, limit: int) -> list[Page]:
    """Return the newest pages, oldest of them first."""
    rows = connection.execute(f"{_SELECT} ORDER BY pages.id DESC LIMIT ?", (limit,)).fetchall()
    return [_read(row) for row in reversed(rows)]


def next_round(connection: sqlite3.Connection, page: Page, at: datetime, *, post: bool) -> bool:
    """Begin another round if the page is as we read it; False when somebody answered or was faster."""
    cursor = connection.execute(
        "UPDATE pages SET rounds = rounds + 1, last_at = ?, post_state = ?, post_cause = NULL "
        "WHERE id = ? AND rounds = ? AND closed_at IS NULL",
        (stamp(at), "due" if post else None, page.id, page.rounds),
    )
    return cursor.rowcount == 1


def count_from(connection: sqlite3.Connection, page: Page, at: datetime) -> None:
    """Count the minutes to the next round from another moment, if the page is as we read it."""
    connection.execute(
        "UPDATE pages SET last_at = ? WHERE id = ? AND rounds = ? AND closed_at IS NULL",
        (stamp(at), page.id, page.rounds),
    )


def close(connection: sqlite3.Connection, page: int, at: str, by: str) -> bool:
    """End a page; False when it had ended before."""
    cursor = connection.execute(
        "UPDATE pages SET closed_at = ?, closed_by = ? WHERE id = ? AND closed_at IS NULL", (at, by, page)
    )
    return cursor.rowcount == 1


def reopen(connection: sqlite3.Connection, ticket: str, closed_at: str, closed_by: str) -> bool:
    """Open the page again that one step ended at one moment; False when there is none."""
    cursor = connection.execute(
        "UPDATE pages SET closed_at = NULL, closed_by = NULL WHERE ticket = ? AND closed_at = ? AND closed_by = ?",
        (ticket, closed_at, closed_by),
    )
    return cursor.rowcount == 1


def posts_due(connection: sqlite3.Connection) -> list[Page]:
    """Return the pages whose newest round has still to be posted."""
    rows = connection.execute(
        f"{_SELECT} WHERE pages.post_state IN ('due', 'sending') AND pages.closed_at IS NULL ORDER BY pages.id"
    ).fetchall()
    return [_read(row) for row in rows]


def post_went(connection: sqlite3.Connection, page: Page, state: str, cause: str | None = None) -> None:
    """Write how far the post of a page's round is, unless another round has begun meanwhile."""
    connection.execute(
        "UPDATE pages SET post_state = ?, post_cause = ? WHERE id = ? AND rounds = ?",
        (state, cause, page.id, page.rounds),
    )


def _read(row: sqlite3.Row) -> Page:
    return Page(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        clinic=row["clinic"],
        at=moment(row["at"]),
        rounds=row["rounds"],
        last_at=moment(row["last_at"]),
        closed_at=moment(row["closed_at"]) if row["closed_at"] else None,
        closed_by=row["closed_by"],
        post_state=row["post_state"],
        post_cause=row["post_cause"],
    )
