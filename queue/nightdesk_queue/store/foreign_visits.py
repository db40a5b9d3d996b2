"""SQL for visits of other systems: which ticket a foreign visit or patient number means."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import moment_or_none, stamp

MOST_VISITS = 20
"""So many visits of one patient are looked at, the newest first."""
_SELECT = "SELECT seq, visit, patient, authority, ticket, void_before FROM foreign_visits"
_SAME_AUTHORITY = "(authority = '' OR :authority = '' OR authority = :authority)"
"""A system that names the authority in one message and not in the next means the same visit."""


def of_visit(tx: Tx, who: ForeignId) -> ForeignVisit | None:
    """Return the visit with a number; None where it is not known or the message names none."""
    row = tx.row(
        f"{_SELECT} WHERE visit = :visit AND visit IS NOT NULL AND {_SAME_AUTHORITY} "
        "ORDER BY authority = :authority DESC, seq DESC LIMIT 1",
        {"visit": who.visit, "authority": who.authority},
    )
    return _read(row) if row else None


def of_patient(tx: Tx, who: ForeignId) -> list[ForeignVisit]:
    """Return the newest visits of a patient number, the newest first."""
    rows = tx.rows(
        f"{_SELECT} WHERE patient = :patient AND patient IS NOT NULL AND {_SAME_AUTHORITY} "
        "ORDER BY seq DESC LIMIT :most",
        {"patient": who.patient, "authority": who.authority, "most": MOST_VISITS},
    )
    return [_read(row) for row in rows]


def of_ticket(tx: Tx, ticket: str) -> ForeignVisit | None:
    """Return the newest visit that has a ticket."""
    row = tx.row(f"{_SELECT} WHERE ticket = :ticket ORDER BY seq DESC LIMIT 1", {"ticket": ticket})
    return _read(row) if row else None


def add(tx: Tx, who: ForeignId, ticket: str | None, at: datetime, *, issued_for: str | None = None) -> None:
    """Write a visit that is not known yet. `issued_for`: the clinic that gave the number for this transfer."""
    tx.change(
        "INSERT INTO foreign_visits (visit, patient, authority, ticket, issued_for, at) "
        "VALUES (:visit, :patient, :authority, :ticket, :issued_for, :at)",
        {
            "visit": who.visit,
            "patient": who.patient,
            "authority": who.authority,
            "ticket": ticket,
            "issued_for": issued_for,
            "at": stamp(at),
        },
    )


def change(
    tx: Tx, known: ForeignVisit, who: ForeignId, ticket: str | None, at: datetime, *, issued_for: str | None = None
) -> None:
    """Give a visit another ticket, and the numbers that the message has and the visit had not."""
    tx.change(
        "UPDATE foreign_visits SET ticket = :ticket, patient = coalesce(:patient, patient), "
        "visit = coalesce(visit, :visit), authority = CASE WHEN authority = '' THEN :authority ELSE authority END, "
        "issued_for = coalesce(:issued_for, issued_for), at = CASE WHEN :issued_for IS NULL THEN at ELSE :at END "
        "WHERE seq = :seq",
        {
            "ticket": ticket,
            "patient": who.patient,
            "visit": who.visit,
            "authority": who.authority,
            "issued_for": issued_for,
            "at": stamp(at),
            "seq": known.seq,
        },
    )


def void(tx: Tx, known: ForeignVisit, before: datetime) -> None:
    """Note that what was said of a visit before a moment is taken back."""
    tx.change(
        "UPDATE foreign_visits SET void_before = :before WHERE seq = :seq",
        {"before": stamp(before), "seq": known.seq},
    )


def merge(tx: Tx, prior: ForeignId, surviving: ForeignId) -> int:
    """Give the visits of one patient number to another; return how many there were."""
    return tx.change(
        f"UPDATE foreign_visits SET patient = :surviving WHERE patient = :prior AND patient IS NOT NULL "
        f"AND {_SAME_AUTHORITY}",
        {"surviving": surviving.patient, "prior": prior.patient, "authority": prior.authority},
    )


def issued_since(tx: Tx, clinic: str, since: datetime) -> int:
    """Return how many numbers a clinic has given to patients of other systems since a moment."""
    row = tx.row(
        "SELECT count(*) AS n FROM foreign_visits WHERE issued_for = :clinic AND issued_for IS NOT NULL "
        "AND at >= :since",
        {"clinic": clinic, "since": stamp(since)},
    )
    return int(row["n"]) if row else 0


@reads("foreign_visits")
def _read(row: Row) -> ForeignVisit:
    who = ForeignId(row["visit"], row["patient"], row["authority"])
    return ForeignVisit(row["seq"], who, row["ticket"], moment_or_none(row["void_before"]))
