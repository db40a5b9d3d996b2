"""Taking over bookings from another system: each row once, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.commands.issuing import Caller, expect
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.booking_files import Booking
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Database
from nightdesk_queue.text.bilingual import Text

_ANOTHER_TIME = Text(
    zh="该预约已按其他时间或门诊登记为 {number}；先取消 {number}，再导入",
    en="this booking is {number} already, for another time or clinic; cancel {number}, then import again",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the row on a line of the file: a ticket (`known` before or new), or the reason why not."""

    line: int
    ticket: Ticket | None
    known: bool
    refusal: Refused | None


def take_all(
    database: Database, hospital: Hospital, rows: Sequence[tuple[int, Booking | Refused]], now: datetime, by: By
) -> Iterator[Taken]:
    """Take the rows over one by one and yield what became of each. Raises Fault when the database fails."""
    for line, row in rows:
        if isinstance(row, Refused):
            yield Taken(line, None, known=False, refusal=row)
            continue
        try:
            with working(database, hospital, now, by) as work:
                ticket, known = take(work, row)
            yield Taken(line, ticket, known=known, refusal=None)
        except Refused as refusal:
            yield Taken(line, None, known=False, refusal=refusal)


def take(work: Work, booking: Booking) -> tuple[Ticket, bool]:
    """Return the ticket of a booking, and whether it was known before. Raises Refused: key_in_use, as `expect`."""
    key = booking.key
    known = tickets.by_key(work.tx, key)
    if known and known.state in ENDED and not _is_the_same(known, booking, work.hospital):
        # cancelled here, booked anew there: the reference belongs to the other system
        key = f"{key}:{booking.clinic}:{booking.at.isoformat()}"
        known = tickets.by_key(work.tx, key)
    if known and not _is_the_same(known, booking, work.hospital):
        raise Refused("key_in_use", _ANOTHER_TIME.fill(number=known.number))
    if known:
        return known, True
    who = Caller(
        name=booking.name or None,
        phone=booking.phone or None,
        slot_at=booking.at,
        priority=booking.priority,
        key=key,
    )
    return expect(work, booking.clinic, who), False


def _is_the_same(known: Ticket, booking: Booking, hospital: Hospital) -> bool:
    return known.slot_at == booking.at and known.prefix == hospital.clinics[booking.clinic].prefix
