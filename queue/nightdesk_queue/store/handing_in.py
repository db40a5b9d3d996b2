"""SQL of a kiosk's own file: how far its tickets are handed in, and how the clinics were when it was last connected."""

from __future__ import annotations

from datetime import date, datetime

from nightdesk_queue.domain.records import Record
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx
from nightdesk_queue.store.timestamps import stamp


class LastKnown(Record):
    """How many numbers of a service day were given for a clinic when the kiosk was last connected."""

    clinic: str
    service_day: date
    given: int


def handed_in(tx: Tx) -> int:
    """Return the seq of the last ticket that was handed in, 0 before the first."""
    row = tx.row("SELECT ticket FROM handed_in WHERE id = 1")
    return int(row["ticket"]) if row else 0


def note_handed_in(tx: Tx, seq: int, at: datetime) -> None:
    """Write that every ticket up to one is handed in."""
    tx.change(
        "INSERT INTO handed_in (id, ticket, at) VALUES (1, :seq, :at) "
        "ON CONFLICT (id) DO UPDATE SET ticket = excluded.ticket, at = excluded.at",
        {"seq": seq, "at": stamp(at)},
    )


def last_known(tx: Tx) -> dict[str, LastKnown]:
    """Return how the clinics were when the kiosk was last connected, by id."""
    return {row["clinic"]: _read(row) for row in tx.rows("SELECT clinic, service_day, given FROM last_known")}


def remember(tx: Tx, known: LastKnown) -> None:
    """Write how a clinic is."""
    tx.change(
        "INSERT INTO last_known (clinic, service_day, given) VALUES (:clinic, :day, :given) "
        "ON CONFLICT (clinic) DO UPDATE SET service_day = excluded.service_day, given = excluded.given",
        {"clinic": known.clinic, "day": known.service_day.isoformat(), "given": known.given},
    )


@reads("last_known")
def _read(row: Row) -> LastKnown:
    return LastKnown(row["clinic"], date.fromisoformat(row["service_day"]), int(row["given"]))
