"""The staff: an admin says who there are; they sign in by a short name and a PIN, at stations an admin has enrolled.

Tries are counted for the name and not for the station: no second console goes round a lock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from nightdesk_queue.commands.pin_hashing import HashedPin, hashed, is_pin
from nightdesk_queue.commands.pins import check_pin
from nightdesk_queue.commands.work import Work, command, record, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind, JsonValue
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.pins import PinLocked, PinOwner, PinRight
from nightdesk_queue.domain.staff import SignedIn, SignInAnswer, SignInLocked, SignInWrong, StaffMember, StationUnknown
from nightdesk_queue.rules import staff as rules
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import pins, staff
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.events import NewEvent


@command(Command.MANAGE_STAFF)
def add_member(work: Work, short: str, name: str | None, role: Role, pin: HashedPin) -> StaffMember:
    """Add a member of staff. The first one has to be an admin.

    Raises Refused: bad_staff_id, staff_exists, first_is_admin.
    """
    said = rules.short_name(short)
    rules.refuse_new(staff.all_of(work.tx), said, role)
    member = StaffMember(said, rules.full_name(name, said), role, disabled=False)
    staff.save(work.tx, member)
    pins.save(work.tx, PinOwner.of_staff(said).id, pin.hash)
    record(work, NewEvent(kind=EventKind.STAFF_ADD, target=said, after=_form(member)))
    return member


@command(Command.MANAGE_STAFF)
def set_role(work: Work, short: str, role: Role) -> StaffMember:
    """Give a member another role. Raises Refused: unknown_staff, last_admin."""
    found = staff.all_of(work.tx)
    member = rules.known_member(found, short)
    if role is not Role.ADMIN:
        rules.refuse_last_admin(found, member.id)
    return _change(work, member, replace(member, role=role))


@command(Command.MANAGE_STAFF)
def set_disabled(work: Work, short: str, *, disabled: bool) -> StaffMember:
    """Let a member sign in no more, or again. Raises Refused: unknown_staff, last_admin."""
    found = staff.all_of(work.tx)
    member = rules.known_member(found, short)
    if disabled:
        rules.refuse_last_admin(found, member.id)
    return _change(work, member, replace(member, disabled=disabled))


@command(Command.MANAGE_STAFF)
def set_staff_pin(work: Work, short: str, pin: HashedPin) -> StaffMember:
    """Give a member a new PIN, which ends a lock; the event does not hold it. Raises Refused: unknown_staff."""
    member = rules.known_member(staff.all_of(work.tx), short)
    pins.save(work.tx, PinOwner.of_staff(member.id).id, pin.hash)
    record(work, NewEvent(kind=EventKind.STAFF_PIN, target=member.id))
    return member


@command(Command.MANAGE_STAFF)
def enrol_station(work: Work) -> None:
    """Let staff sign in at the station of the work."""
    if not staff.is_enrolled(work.tx, work.by.station):
        staff.enrol(work.tx, work.by.station, work.now, work.by.actor)
        record(work, NewEvent(kind=EventKind.STATION_ENROL, target=work.by.station))


@command(Command.SIGN_IN)
def sign_out(work: Work) -> None:
    """Record that a person has left a console, or was signed out because nobody touched it."""
    record(work, NewEvent(kind=EventKind.SIGN_OUT, target=work.by.actor))


def sign_in(database: Database, hospital: Hospital, now: datetime, station: str, short: str, pin: str) -> SignInAnswer:
    """Try a short name and a PIN at a station. It takes a twentieth of a second or more; ask in a thread. Raises Fault.

    An admin who signs in at a station for the first time enrols it. Whoever is not there is answered like a wrong PIN,
    and as slowly.
    """
    with database.snapshot() as tx:
        found = staff.all_of(tx)
    try:
        member = rules.known_member(found, short)
    except Refused:
        member = None
    if member is None or member.disabled:
        _take_as_long(pin)
        return SignInWrong()
    by = By(member.id, station, member.role)
    answer = check_pin(database, hospital, now, replace(by, role=Role.STAFF), pin, PinOwner.of_staff(member.id))
    match answer:
        case PinRight():
            return _at_station(database, hospital, now, by, member)
        case PinLocked(seconds):
            return SignInLocked(seconds)
        case _:
            return SignInWrong()


def _at_station(database: Database, hospital: Hospital, now: datetime, by: By, member: StaffMember) -> SignInAnswer:
    with database.snapshot() as tx:
        known = staff.is_enrolled(tx, by.station)
    if known:
        return SignedIn(member)
    if member.role is not Role.ADMIN:
        return StationUnknown()
    with working(database, hospital, now, by) as work:
        enrol_station(work)
    return SignedIn(member)


@lru_cache(maxsize=1)
def _of_nobody() -> HashedPin:
    """Return the hash that a PIN of nobody is tried against."""
    return hashed("7391")


def _take_as_long(pin: str) -> None:
    is_pin(pin, _of_nobody().hash)


def _change(work: Work, was: StaffMember, member: StaffMember) -> StaffMember:
    staff.save(work.tx, member)
    record(work, NewEvent(kind=EventKind.STAFF_CHANGE, target=member.id, before=_form(was), after=_form(member)))
    return member


def _form(member: StaffMember) -> dict[str, JsonValue]:
    return {"name": member.name, "role": member.role.value, "disabled": member.disabled}
