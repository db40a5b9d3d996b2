"""SQL for pages: a doctor on call who was asked to come for a ticket, how often, and whether somebody answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.pages import Page, PostState
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, listed
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp

_SELECT = (
    "SELECT pages.*, tickets.number AS number, tickets.state AS ticket_state "
    "FROM pages JOIN tickets ON tickets.id = pages.ticket"
)


_OF_DAYS = "FROM tickets CROSS JOIN pages WHERE pages.ticket = tickets.id AND tickets.service_day IN"
"""The days' tickets first: SQLite keeps the order of a CROSS JOIN, and pages of other nights are not looked at."""


def open_page(tx: Tx, ticket: str, clinic: str, at: datetime, *, post: bool) -> None:
    """Write a new page, its first round due now."""
    tx.change(
        "INSERT INTO pages (ticket, clinic, at, rounds, last_at, post_state) "
        "VALUES (:ticket, :clinic, :at, 1, :at, :post)",
        {"ticket": ticket, "clinic": clinic, "at": stamp(at), "post": PostState.DUE if post else None},
    )


def of_ticket(tx: Tx, ticket: str) -> Page | None:
    """Return a ticket's open page."""
    return _one(tx.row(f"{_SELECT} WHERE pages.ticket = :ticket AND pages.closed_at IS NULL", {"ticket": ticket}))


def newest_of_ticket(tx: Tx, ticket: str) -> Page | None:
    """Return a ticket's newest page, answered or not."""
    sql = f"{_SELECT} WHERE pages.ticket = :ticket ORDER BY pages.id DESC LIMIT 1"
    return _one(tx.row(sql, {"ticket": ticket}))


def all_of_ticket(tx: Tx, ticket: str, limit: int) -> list[Page]:
    """Return a ticket's newest pages, oldest of them first."""
    sql = f"{_SELECT} WHERE pages.ticket = :ticket ORDER BY pages.id DESC LIMIT :limit"
    return [_read(row) for row in reversed(tx.rows(sql, {"ticket": ticket, "limit": limit}))]


def open_pages(tx: Tx) -> list[Page]:
    """Return the pages nobody has answered, oldest first."""
    return [_read(row) for row in tx.rows(f"{_SELECT} WHERE pages.closed_at IS NULL ORDER BY pages.id")]


def active_pages(tx: Tx) -> list[Page]:
    """Return the pages nobody has answered and whose patient waits, oldest first; the others rest."""
    return [page for page in open_pages(tx) if not page.resting]


def newest(tx: Tx, limit: int) -> list[Page]:
    """Return the newest pages, oldest of them first."""
    rows = tx.rows(f"{_SELECT} ORDER BY pages.id DESC LIMIT :limit", {"limit": limit})
    return [_read(row) for row in reversed(rows)]


def of_days(tx: Tx, days: Collection[date]) -> list[Page]:
    """Return the pages for tickets of some service days, answered or not."""
    marks, values = listed("day", [day.isoformat() for day in days])
    columns = "pages.*, tickets.number AS number, tickets.state AS ticket_state"
    return [_read(row) for row in tx.rows(f"SELECT {columns} {_OF_DAYS} ({marks}) ORDER BY pages.id", values)]


def closed_by_step(tx: Tx, days: Collection[date]) -> dict[int, EventKind]:
    """Return which step has closed each page for tickets of some service days; those a person closed are not there."""
    marks, values = listed("day", [day.isoformat() for day in days])
    rows = tx.rows(
        f"SELECT pages.id AS id, (SELECT kind FROM events WHERE seq = pages.closed_event) AS kind {_OF_DAYS} ({marks})",
        values,
    )
    return {row["id"]: EventKind(row["kind"]) for row in rows if row["kind"] is not None}


def next_round(tx: Tx, page: Page, at: datetime, *, post: bool) -> bool:
    """Begin another round if the page is as we read it and its patient waits.

    False when somebody answered, was faster, or the patient has been sent to an examination meanwhile.
    """
    changed = tx.change(
        "UPDATE pages SET rounds = rounds + 1, last_at = :at, post_state = :post, post_cause = NULL "
        "WHERE id = :id AND rounds = :rounds AND closed_at IS NULL "
        "AND EXISTS (SELECT 1 FROM tickets WHERE tickets.id = pages.ticket AND tickets.state = 'waiting')",
        {"at": stamp(at), "post": PostState.DUE if post else None, "id": page.id, "rounds": page.rounds},
    )
    return changed == 1


def count_from(tx: Tx, page: Page, at: datetime) -> None:
    """Count the minutes to the next round from another moment, if the page is as we read it."""
    tx.change(
        "UPDATE pages SET last_at = :at WHERE id = :id AND rounds = :rounds AND closed_at IS NULL",
        {"at": stamp(at), "id": page.id, "rounds": page.rounds},
    )


def close(tx: Tx, page: int, at: datetime, by: str, event: int | None = None) -> bool:
    """End a page; False when it had ended before. `event`: the seq of the step that answered it."""
    changed = tx.change(
        "UPDATE pages SET closed_at = :at, closed_by = :by, closed_event = :event WHERE id = :id AND closed_at IS NULL",
        {"at": stamp(at), "by": by, "event": event, "id": page},
    )
    return changed == 1


def reopen(tx: Tx, ticket: str, event: int) -> bool:
    """Open the page again that one step has ended; False when there is none."""
    changed = tx.change(
        "UPDATE pages SET closed_at = NULL, closed_by = NULL, closed_event = NULL "
        "WHERE ticket = :ticket AND closed_event = :event",
        {"ticket": ticket, "event": event},
    )
    return changed == 1


def posts_due(tx: Tx) -> list[Page]:
    """Return the pages whose newest round has still to be posted; none that rests."""
    rows = tx.rows(
        f"{_SELECT} WHERE pages.post_state IN ('due', 'sending') AND pages.closed_at IS NULL ORDER BY pages.id"
    )
    return [page for page in map(_read, rows) if not page.resting]


def post_went(tx: Tx, page: Page, state: PostState, cause: str | None = None) -> None:
    """Write how far the post of a page's round is, unless another round has begun meanwhile."""
    tx.change(
        "UPDATE pages SET post_state = :state, post_cause = :cause WHERE id = :id AND rounds = :rounds",
        {"state": state, "cause": cause, "id": page.id, "rounds": page.rounds},
    )


def _one(row: Row | None) -> Page | None:
    return _read(row) if row else None


@reads("pages")
def _read(row: Row) -> Page:
    return Page(
        id=row["id"],
        ticket=row["ticket"],
        number=row["number"],
        clinic=row["clinic"],
        at=moment(row["at"]),
        rounds=row["rounds"],
        last_at=moment(row["last_at"]),
        closed_at=moment_or_none(row["closed_at"]),
        closed_by=row["closed_by"],
        post_state=PostState(row["post_state"]) if row["post_state"] else None,
        post_cause=row["post_cause"],
        resting=row["closed_at"] is None and row["ticket_state"] != State.WAITING,
    )
