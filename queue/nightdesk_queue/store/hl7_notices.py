"""SQL for notices to another system, and for how far the events have been read for them."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.foreign import ForeignId
from nightdesk_queue.domain.notices import Notice, NoticeKind, NoticeState
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment, moment_or_none, stamp

_SELECT = """
SELECT hl7_notices.event, hl7_notices.visit, foreign_visits.visit AS visit_number, foreign_visits.visit_authority,
    foreign_visits.patient, foreign_visits.patient_authority, hl7_notices.ticket, hl7_notices.number,
    hl7_notices.clinic, hl7_notices.kind,
    hl7_notices.state, hl7_notices.refusals, hl7_notices.told, hl7_notices.at
FROM hl7_notices LEFT JOIN foreign_visits ON foreign_visits.seq = hl7_notices.visit
"""
"""Each has its visit; LEFT keeps the notices the outer table, of which few are looked at."""


def read_up_to(tx: Tx) -> int | None:
    """Return up to which event notices were made; None where that has never begun."""
    row = tx.row("SELECT event FROM hl7_notices_read WHERE id = 1")
    return int(row["event"]) if row else None


def note_read(tx: Tx, event: int) -> None:
    """Write up to which event notices were made."""
    tx.change(
        "INSERT INTO hl7_notices_read (id, event) VALUES (1, :event) ON CONFLICT (id) DO UPDATE SET event = :event",
        {"event": event},
    )


def add(tx: Tx, notice: Notice) -> None:
    """Write a notice that is to be sent; one of the same event is there already, if at all, and stays."""
    tx.change(
        "INSERT INTO hl7_notices (event, visit, ticket, number, clinic, kind, state, at) "
        "VALUES (:event, :visit, :ticket, :number, :clinic, :kind, :state, :at) ON CONFLICT (event) DO NOTHING",
        {
            "event": notice.event,
            "visit": notice.visit,
            "ticket": notice.ticket,
            "number": notice.number,
            "clinic": notice.clinic,
            "kind": notice.kind,
            "state": notice.state,
            "at": stamp(notice.at),
        },
    )


def to_send(tx: Tx, limit: int) -> list[Notice]:
    """Return the notices that are to be sent, in the order of what they tell of."""
    rows = tx.rows(f"{_SELECT} WHERE hl7_notices.state = 'queued' ORDER BY hl7_notices.event LIMIT :n", {"n": limit})
    return [_read(row) for row in rows]


def waiting(tx: Tx) -> tuple[int, datetime | None]:
    """Return how many notices are to be sent, and when the first of them happened."""
    row = tx.row("SELECT count(*) AS n, min(at) AS first FROM hl7_notices WHERE state = 'queued'")
    return (int(row["n"]), moment_or_none(row["first"])) if row else (0, None)


def newest(tx: Tx, limit: int) -> list[Notice]:
    """Return the newest notices, the newest first."""
    rows = tx.rows(f"{_SELECT} ORDER BY hl7_notices.event DESC LIMIT :n", {"n": limit})
    return [_read(row) for row in rows]


def one(tx: Tx, event: int) -> Notice | None:
    """Return the notice of an event."""
    row = tx.row(f"{_SELECT} WHERE hl7_notices.event = :event", {"event": event})
    return _read(row) if row else None


def change(
    tx: Tx, event: int, state: NoticeState, *, refusals: int, told: str | None, sent_at: datetime | None = None
) -> None:
    """Write what has become of a notice."""
    tx.change(
        "UPDATE hl7_notices SET state = :state, refusals = :refusals, told = :told, sent_at = :sent_at "
        "WHERE event = :event",
        {
            "state": state,
            "refusals": refusals,
            "told": told,
            "sent_at": stamp(sent_at) if sent_at else None,
            "event": event,
        },
    )


def forget_before(tx: Tx, at: datetime, limit: int) -> int:
    """Delete those of the `limit` oldest notices that happened before a moment and are done with; return how many."""
    return tx.change(
        "DELETE FROM hl7_notices WHERE event IN (SELECT event FROM hl7_notices WHERE state <> 'queued' "
        "ORDER BY event LIMIT :limit) AND at < :at",
        {"at": stamp(at), "limit": limit},
    )


@reads("hl7_notices")
def _read(row: Row) -> Notice:
    return Notice(
        event=row["event"],
        visit=row["visit"],
        who=ForeignId(
            row["visit_number"], row["patient"], row["visit_authority"] or "", row["patient_authority"] or ""
        ),
        ticket=row["ticket"],
        number=row["number"],
        clinic=row["clinic"],
        kind=NoticeKind(row["kind"]),
        state=NoticeState(row["state"]),
        refusals=row["refusals"],
        told=row["told"],
        at=moment(row["at"]),
    )
