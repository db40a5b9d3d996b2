"""Taking over bookings from another system, as often as it sends them: what changed there is changed here.

Rows are written in short transactions of many, so that nobody at a kiosk waits for a long file, and a file that was
broken off is simply read again: what is known is passed over.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import TypeAlias

from nightdesk_queue.commands.issuing import NAME_LENGTH, Caller, expect_another
from nightdesk_queue.commands.steps import found, next_number, step
from nightdesk_queue.commands.work import Work, command, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.admission import no_booking
from nightdesk_queue.rules.booking_files import Booking, plain_reference
from nightdesk_queue.rules.bookings import phone_tail, session_of
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import tickets
from nightdesk_queue.store.database import Database, Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean

MOST_ROWS, MOST_SECONDS = 500, 0.08
"""How many rows one transaction writes, and how long it lasts: so long a tap may have to wait."""
PAUSE_SECONDS = 0.002
"""Between two transactions: whoever waits for a turn asks at least once."""
IMPORTED = "booking:"
"""How the key of a ticket begins that came from a file."""

_ANOTHER_CLINIC = Text(
    zh="该预约已在其他门诊登记为 {number}；先取消 {number}，再导入",
    en="this booking is {number} already, for another clinic; cancel {number}, then import again",
)
_HERE_ALREADY = Text(
    zh="{number} 已报到或就诊，预约的改动没有采用",
    en="{number} has come already, so the change of the booking was not made",
)
_ANOTHER_NUMBER = Text(
    zh="{old} 在那一天已被占用，改为 {number}", en="{old} is taken on that day, the number is {number} now"
)
_ROWS_WITH_FAULTS = Text(
    zh="有 {n} 行读不懂，文件里没有的预约因此没有取消；改好后重新导入",
    en="{n} rows cannot be read, so bookings that are missing in the file were not cancelled; mend them, import again",
)


Row: TypeAlias = "tuple[int, Booking | Refused]"
"""The line of a row, and what stands in it or why it cannot be read."""


class Change(StrEnum):
    """What became of a row: a new number, nothing, other facts, another time, the end of the booking."""

    NEW = "new"
    KNOWN = "known"
    CHANGED = "changed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    NEVER_TAKEN = "never_taken"
    """Cancelled in the file, and never taken over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the row on a line of the file: a ticket (`known` before or new), or the reason why not.

    `line` is None for a booking that the file no longer has. `changed`: which of its facts are others now.
    """

    line: int | None
    ticket: Ticket | None
    known: bool
    refusal: Refused | None
    change: Change = Change.KNOWN
    changed: tuple[str, ...] = ()
    warning: Text | None = None


@dataclass
class _Span:
    """Which clinics and days a file speaks of."""

    clinics: set[str] = field(default_factory=set)
    first: date = date.max
    last: date = date.min

    def note(self, booking: Booking) -> None:
        self.clinics.add(booking.clinic)
        day = booking.at.date()
        self.first, self.last = min(self.first, day), max(self.last, day)


class _Seen:
    """Which tickets the file spoke of; one bit each, so that a million cost little."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def note(self, seq: int) -> None:
        if seq >> 3 >= len(self._bits):
            self._bits.extend(bytes((seq >> 3) - len(self._bits) + 1024))
        self._bits[seq >> 3] |= 1 << (seq & 7)

    def __contains__(self, seq: int) -> bool:
        return seq >> 3 < len(self._bits) and bool(self._bits[seq >> 3] & 1 << (seq & 7))


def take_all(
    database: Database,
    hospital: Hospital,
    rows: Iterable[Row],
    now: datetime,
    by: By,
    *,
    cancel_missing: bool = False,
) -> Iterator[Taken]:
    """Take the rows over and yield what became of each. Raises Fault when the database fails.

    A row without a reference may be a known booking with another time. Whether it is can only be told when all rows
    were read, so such rows come last. `cancel_missing`: bookings of the file's clinics and days that it no longer has
    are cancelled, unless a row cannot be read: it may be one of them.
    """
    importing = _Import(database, hospital, now, by)
    yield from importing.in_batches(rows, importing.take)
    deferred, importing.deferred = importing.deferred, []
    yield from importing.in_batches(deferred, importing.take_late)
    if cancel_missing:
        yield from importing.missing()


@command(Command.EXPECT)
def take_booking(work: Work, booking: Booking) -> Taken:
    """Take over one booking that another system sends, with its reference. Raises Refused as `expect`, key_in_use."""
    known, in_use = _known(work, booking)
    if known is not None:
        return _taken_again(work, None, known, booking)
    if booking.cancelled:
        return Taken(None, None, known=False, refusal=None, change=Change.NEVER_TAKEN)
    return _taken_anew(work, None, booking, key_in_use=in_use)


@command(Command.EXPECT)
def cancel_booking(work: Work, reference: str) -> Taken:
    """Cancel the booking with a reference, wherever and whenever it is; who has come already keeps their number."""
    key = f"{IMPORTED}{plain_reference(reference)}"
    known = tickets.by_key(work.tx, key)
    if known is None or known.state is not State.EXPECTED:
        # booked again after it was cancelled: its key was renewed
        known = tickets.expected_under(work.tx, f"{key}:") or known
    if known is None:
        return Taken(None, None, known=False, refusal=None, change=Change.NEVER_TAKEN)
    if known.state is State.EXPECTED:
        return _cancelled(work, None, known)
    return Taken(None, known, known=True, refusal=None)


Take: TypeAlias = "Callable[[Work, int, Booking], Taken | None]"
"""Takes one row over; None for one that has to wait."""


class _Import:
    """One file on its way into the database."""

    def __init__(self, database: Database, hospital: Hospital, now: datetime, by: By) -> None:
        self.deferred: list[Row] = []
        self._database = database
        self._hospital = hospital
        self._now = now
        self._by = by
        self._span = _Span()
        self._seen = _Seen()
        self._faults = 0

    def in_batches(self, rows: Iterable[Row], take: Take) -> Iterator[Taken]:
        """Take rows in transactions of a short time each; they are read before the first of them begins."""
        coming = iter(rows)
        while chunk := deque(islice(coming, MOST_ROWS)):
            while chunk:
                yield from self._batch(chunk, take)
                time.sleep(PAUSE_SECONDS)

    def _batch(self, chunk: deque[Row], take: Take) -> list[Taken]:
        done: list[Taken] = []
        with working(self._database, self._hospital, self._now, self._by) as work:
            until = time.monotonic() + MOST_SECONDS
            while chunk and time.monotonic() < until:
                if (taken := self._one(work, chunk.popleft(), take)) is not None:
                    done.append(taken)
        return done

    def _one(self, work: Work, numbered: Row, take: Take) -> Taken | None:
        line, row = numbered
        if isinstance(row, Refused):
            self._faults += 1
            return Taken(line, None, known=False, refusal=row)
        try:
            taken = take(work, line, row)
        except Refused as refusal:
            self._faults += 1
            return Taken(line, None, known=False, refusal=refusal)
        self._span.note(row)
        if taken is None:
            self.deferred.append(numbered)
            return None
        if taken.ticket is not None:
            self._seen.note(taken.ticket.seq)
        return replace(taken, warning=taken.warning or row.warning) if row.warning else taken

    def take(self, work: Work, line: int, booking: Booking) -> Taken | None:
        """Take a row over; None for one that has to wait until all were read."""
        known, in_use = _known(work, booking)
        if known is not None:
            return _taken_again(work, line, known, booking)
        if booking.cancelled:
            return Taken(line, None, known=False, refusal=None, change=Change.NEVER_TAKEN)
        if not booking.reference and _alike(work, booking):
            return None
        return _taken_anew(work, line, booking, key_in_use=in_use)

    def take_late(self, work: Work, line: int, booking: Booking) -> Taken:
        """Take a row over that may be a known booking: the one of that person which the file has no more."""
        gone = [ticket for ticket in _alike(work, booking) if ticket.seq not in self._seen]
        if len(gone) == 1:
            return _taken_again(work, line, gone[0], booking)
        return _taken_anew(work, line, booking, key_in_use=_known(work, booking)[1])

    def missing(self) -> Iterator[Taken]:
        """Cancel the bookings of the file's clinics and days that it no longer has."""
        if self._faults:
            refusal = Refused("rows_with_faults", _ROWS_WITH_FAULTS.fill(n=self._faults))
            yield Taken(None, None, known=False, refusal=refusal)
            return
        for clinic in sorted(self._span.clinics):
            last = 0
            while True:
                with working(self._database, self._hospital, self._now, self._by) as work:
                    read = tickets.expected_after(work.tx, clinic, last, MOST_ROWS)
                    gone = [_cancelled(work, None, ticket) for ticket in read if self._is_missing(ticket)]
                yield from gone
                if not read:
                    break
                last = read[-1].seq

    def _is_missing(self, ticket: Ticket) -> bool:
        imported = ticket.key is not None and ticket.key.startswith(IMPORTED)
        if not imported or ticket.slot_at is None or ticket.seq in self._seen:
            return False
        return self._span.first <= ticket.slot_at.astimezone(self._hospital.zone).date() <= self._span.last


def _known(work: Work, booking: Booking) -> tuple[Ticket | None, bool]:
    """Return the ticket of a booking that was taken over before and still stands, and whether its key is in use.

    Raises Refused: key_in_use, for another clinic.
    """
    key = booking.key
    by_key = tickets.by_keys(work.tx, list(dict.fromkeys([key, booking.key_as_written])))
    standing = _standing(work, booking, by_key)
    if standing is None and key in by_key:
        # only a key that was in use was ever renewed
        standing = _standing(work, booking, tickets.by_keys(work.tx, [_renewed(key, booking)]))
    return standing, standing is not None or key in by_key


def _standing(work: Work, booking: Booking, by_key: Mapping[str, Ticket]) -> Ticket | None:
    """Return the first of some tickets that still stands for a booking. Raises Refused: key_in_use."""
    for known in by_key.values():
        if known.state in ENDED and (known.slot_at != booking.at or not _is_of(work, known, booking)):
            # cancelled here, booked anew there: the reference belongs to the other system
            continue
        if not _is_of(work, known, booking):
            raise Refused("key_in_use", _ANOTHER_CLINIC.fill(number=known.number))
        return known
    return None


def _renewed(key: str, booking: Booking) -> str:
    return f"{key}:{booking.clinic}:{booking.at.isoformat()}"


def _is_of(work: Work, known: Ticket, booking: Booking) -> bool:
    return known.prefix == work.hospital.clinics[booking.clinic].prefix


def _alike(work: Work, booking: Booking) -> list[Ticket]:
    """Return the expected patients from files who bear the name and the telephone of a row; none where it lacks one."""
    tail, name = phone_tail(booking.phone), clean(booking.name, NAME_LENGTH)
    if tail is None or name is None:
        return []
    alike = tickets.expected_by_phone(work.tx, booking.clinic, tail, name)
    return [one for one in alike if one.key is not None and one.key.startswith(IMPORTED)]


def _taken_anew(work: Work, line: int | None, booking: Booking, *, key_in_use: bool) -> Taken:
    key = booking.key
    if key_in_use:
        key = _renewed(key, booking)
    who = Caller(
        name=booking.name or None,
        phone=booking.phone if phone_tail(booking.phone) else None,
        slot_at=booking.at,
        priority=booking.priority,
        key=key,
    )
    return Taken(
        line,
        expect_another(work, work.hospital.clinics[booking.clinic], who),
        known=False,
        refusal=None,
        change=Change.NEW,
    )


def _taken_again(work: Work, line: int | None, known: Ticket, booking: Booking) -> Taken:
    """Return what became of a row about a ticket that there is. Raises Refused as `expect`, for another time."""
    if booking.cancelled:
        if known.state is State.EXPECTED:
            return _cancelled(work, line, known)
        return Taken(line, known, known=True, refusal=None)
    changes = _changes(work, known, booking)
    if not changes:
        return Taken(line, known, known=True, refusal=None)
    if known.state is not State.EXPECTED:
        return Taken(line, known, known=True, refusal=None, warning=_HERE_ALREADY.fill(number=known.number))
    changed = change_booking(work, known.id, changes)
    moved = "slot_at" in changes
    told = ("at",) * moved + tuple(name for name in ("name", "phone", "priority") if name in changes)
    other = changed.number != known.number
    return Taken(
        line,
        changed,
        known=True,
        refusal=None,
        change=Change.MOVED if moved else Change.CHANGED,
        changed=told,
        warning=_ANOTHER_NUMBER.fill(old=known.number, number=changed.number) if other else None,
    )


def _changes(work: Work, known: Ticket, booking: Booking) -> dict[str, Value]:
    """Return the columns that a row gives other values; what it does not say stays. Raises Refused as `expect`."""
    changes: dict[str, Value] = {}
    name, tail = clean(booking.name, NAME_LENGTH), phone_tail(booking.phone)
    if name is not None and name != known.name:
        changes["name"] = name
    if tail is not None and tail != known.phone:
        changes["phone"] = tail
    if booking.priority and booking.priority != known.priority:
        changes["priority"] = json.dumps(list(booking.priority))
    if known.slot_at != booking.at and known.state is State.EXPECTED:
        changes |= _another_slot(work, known, booking)
    return changes


def _another_slot(work: Work, known: Ticket, booking: Booking) -> dict[str, Value]:
    clinic = work.hospital.clinics[booking.clinic]
    hours = session_of(work.hospital, clinic, booking.at, work.now)
    before = session_of(work.hospital, clinic, known.slot_at, work.now) if _is_to_come(work, known) else None
    another = before is None or before.session != hours.session
    if another and (refusal := no_booking(work.tx, work.hospital, clinic, hours, work.now)):
        raise refusal
    changes: dict[str, Value] = {"slot_at": stamp(booking.at), "queued_at": stamp(booking.at)}
    if hours.service_day != known.service_day:
        changes["service_day"] = hours.service_day.isoformat()
        if tickets.has_number(work.tx, known.prefix, hours.service_day, known.n):
            n = next_number(work.tx, known.prefix, hours.service_day)
            changes |= {"n": n, "number": f"{known.prefix}{n:03d}"}
    return changes


def _is_to_come(work: Work, known: Ticket) -> bool:
    return known.slot_at is not None and known.slot_at > work.now


@command(Command.CHANGE_BOOKING)
def change_booking(work: Work, ticket: str, changes: dict[str, Value]) -> Ticket:
    """Give an expected patient's booking other facts. Raises Refused: unknown_ticket, wrong_state."""
    return step(work, found(work, ticket), EventKind.CHANGE_BOOKING, changes)


def _cancelled(work: Work, line: int | None, known: Ticket) -> Taken:
    cancelled = step(work, known, EventKind.CANCEL, {"ended_at": stamp(work.now)})
    return Taken(line, cancelled, known=True, refusal=None, change=Change.CANCELLED)
