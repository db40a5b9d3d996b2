"""PINs: staff set that of the kiosks' service menu, whoever opens the menu tries it, and staff sign in by their own.

A try is checked outside any transaction, since argon2 takes its time, and noted by compare-and-set before anybody is
told how it ended: those who try at once are told no more than those who try one after another.
"""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.commands.pin_hashing import HashedPin, is_pin
from nightdesk_queue.commands.work import Work, command, record, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.pins import SERVICE, NoPin, Pin, PinAnswer, PinLocked, PinOwner, PinRight, PinWrong
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.rules.pins import lock_after, seconds_locked, tries_left
from nightdesk_queue.store import pins
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.events import NewEvent

_KINDS_OF_SERVICE = {True: EventKind.KIOSK_PIN_RIGHT, False: EventKind.KIOSK_PIN_WRONG}
_KINDS_OF_STAFF = {True: EventKind.SIGN_IN, False: EventKind.SIGN_IN_WRONG}


@command(Command.SET_PIN)
def set_pin(work: Work, pin: HashedPin) -> None:
    """Set the PIN, which ends a lock; its event does not hold it. `pin_hashing.hashed` makes it beforehand."""
    pins.save(work.tx, SERVICE.id, pin.hash)
    record(work, NewEvent(kind=EventKind.KIOSK_PIN))


@command(Command.TRY_PIN)
def note_try(work: Work, owner: PinOwner, tried: Pin, *, right: bool) -> PinAnswer | None:
    """Write that somebody tried a PIN, and return what they are told.

    `tried`: the PIN as it was read before. None where it has been changed or tried by others since: it must be read
    again. While it is locked no try counts, not even a right one.
    """
    if seconds := seconds_locked(tried, work.now):
        return PinLocked(seconds)
    failures = 0 if right else tried.failures + 1
    lock = lock_after(failures)
    if not pins.note(work.tx, owner.id, tried, failures, work.now + lock if lock else None):
        return None
    kinds = _KINDS_OF_SERVICE if owner.staff is None else _KINDS_OF_STAFF
    record(work, NewEvent(kind=kinds[right], target=owner.staff))
    if right:
        return PinRight()
    return PinLocked(int(lock.total_seconds())) if lock else PinWrong(tries_left(failures))


def check_pin(
    database: Database, hospital: Hospital, now: datetime, by: By, pin: str, owner: PinOwner = SERVICE
) -> PinAnswer:
    """Try a PIN and return how it ended: right, wrong with the tries left, locked with the seconds, or none is set.

    It takes a twentieth of a second or more: a screen asks it in a thread. Raises Fault.
    """
    checked: tuple[str, bool] | None = None
    while True:
        with database.snapshot() as tx:
            kept = pins.in_force(tx, owner.id)
        if kept is None:
            return NoPin()
        if seconds := seconds_locked(kept, now):
            return PinLocked(seconds)
        if checked is None or checked[0] != kept.hash:
            checked = kept.hash, is_pin(pin, kept.hash)
        with working(database, hospital, now, by) as work:
            answer = note_try(work, owner, kept, right=checked[1])
        if answer is not None:
            return answer
