"""SQL for visits of other systems: which ticket a foreign visit or patient number means."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment_or_none, stamp, stamp_or_none

MOST_VISITS = 20
"""So many visits of one patient are looked at, the newest first."""
_SELECT = (
    "SELECT seq, visit, visit_authority, patient, patient_authority, ticket, said_at, void_before, void_noted_at "
    "FROM foreign_visits"
)


def _same(column: str) -> str:
    """Return the condition that an authority is the one asked for.

    A system that names it in one message and not in the next means the same.
    """
    return f"({column} = '' OR :{column} = '' OR {column} = :{column})"


def of_visit(tx: Tx, who: ForeignId) -> ForeignVisit | None:
    """Return the visit with a number; None where it is not known or the message names none."""
    row = tx.row(
        f"{_SELECT} WHERE visit = :visit AND visit IS NOT NULL AND {_same('visit_authority')} "
        "ORDER BY visit_authority = :visit_authority DESC, seq DESC LIMIT 1",
        {"visit": who.visit, "visit_authority": who.visit_authority},
    )
    return _read(row) if row else None


def of_patient(tx: Tx, who: ForeignId) -> list[ForeignVisit]:
    """Return the newest visits of a patient number, the newest first."""
    rows = tx.rows(
        f"{_SELECT} WHERE patient = :patient AND patient IS NOT NULL AND {_same('patient_authority')} "
        "ORDER BY seq DESC LIMIT :most",
        {"patient": who.patient, "patient_authority": who.patient_authority, "most": MOST_VISITS},
    )
    return [_read(row) for row in rows]


def of_ticket(tx: Tx, ticket: str) -> ForeignVisit | None:
    """Return the newest visit that has a ticket."""
    row = tx.row(f"{_SELECT} WHERE ticket = :ticket ORDER BY seq DESC LIMIT 1", {"ticket": ticket})
    return _read(row) if row else None


def add(tx: Tx, who: ForeignId, ticket: str | None, at: datetime, said_at: datetime | None = None) -> None:
    """Write a visit that is not known yet."""
    tx.change(
        "INSERT INTO foreign_visits (visit, visit_authority, patient, patient_authority, ticket, said_at, at) "
        "VALUES (:visit, :visit_authority, :patient, :patient_authority, :ticket, :said_at, :at)",
        {
            "visit": who.visit,
            "visit_authority": who.visit_authority,
            "patient": who.patient,
            "patient_authority": who.patient_authority,
            "ticket": ticket,
            "said_at": stamp_or_none(said_at),
            "at": stamp(at),
        },
    )


def change(tx: Tx, known: ForeignVisit, who: ForeignId, ticket: str | None, said_at: datetime | None = None) -> None:
    """Give a visit its ticket, and the numbers that the message has and the visit had not."""
    tx.change(
        "UPDATE foreign_visits SET ticket = :ticket, patient = coalesce(:patient, patient), "
        "patient_authority = CASE WHEN :patient IS NULL THEN patient_authority ELSE :patient_authority END, "
        "said_at = CASE WHEN said_at IS NULL OR said_at < :said_at THEN :said_at ELSE said_at END WHERE seq = :seq",
        {
            "ticket": ticket,
            "patient": who.patient,
            "patient_authority": who.patient_authority,
            "said_at": stamp_or_none(said_at),
            "seq": known.seq,
        },
    )


def void(tx: Tx, known: ForeignVisit, before: datetime, noted_at: datetime) -> None:
    """Note that what was said of a visit before a moment is taken back."""
    tx.change(
        "UPDATE foreign_visits SET void_before = :before, void_noted_at = :noted WHERE seq = :seq",
        {"before": stamp(before), "noted": stamp(noted_at), "seq": known.seq},
    )


def merge(tx: Tx, prior: ForeignId, surviving: ForeignId) -> int:
    """Give the visits of one patient number to another; return how many there were."""
    return tx.change(
        "UPDATE foreign_visits SET patient = :surviving, patient_authority = :authority "
        f"WHERE patient = :prior AND patient IS NOT NULL AND {_same('patient_authority')}",
        {
            "surviving": surviving.patient,
            "authority": surviving.patient_authority,
            "prior": prior.patient,
            "patient_authority": prior.patient_authority,
        },
    )


def forget_before(tx: Tx, at: datetime, limit: int) -> int:
    """Delete those of the `limit` oldest visits that are from before a moment and whose ticket has ended."""
    return tx.change(
        "DELETE FROM foreign_visits WHERE seq IN (SELECT seq FROM foreign_visits ORDER BY seq LIMIT :limit) "
        "AND at < :at AND NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.id = foreign_visits.ticket "
        "AND tickets.state NOT IN ('done', 'cancelled', 'lapsed')) "
        "AND NOT EXISTS (SELECT 1 FROM hl7_notices WHERE hl7_notices.visit = foreign_visits.seq)",
        {"at": stamp(at), "limit": limit},
    )


@reads("foreign_visits")
def _read(row: Row) -> ForeignVisit:
    return ForeignVisit(
        row["seq"],
        ForeignId(row["visit"], row["patient"], row["visit_authority"], row["patient_authority"]),
        row["ticket"],
        moment_or_none(row["said_at"]),
        moment_or_none(row["void_before"]),
        moment_or_none(row["void_noted_at"]),
    )
