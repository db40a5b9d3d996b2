"""Patients whom another system sends, registers, describes or takes back; the emergency room's above all.

Every command may come twice, late or before the one it belongs to. Each of these has a defined outcome, which is
returned; a rule that says no raises `Refused`, and nothing has changed then.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from nightdesk_queue.commands import issuing
from nightdesk_queue.commands.calling import rejoin
from nightdesk_queue.commands.issuing import Applicant, insert_ticket, ticket_row
from nightdesk_queue.commands.pages import page_if_on_call
from nightdesk_queue.commands.steps import credit, day_and_number, joins_lane, step
from nightdesk_queue.commands.transferring import Transfer, cancel, put_back, send_to_emergency, transfer
from nightdesk_queue.commands.undo import take_back_act
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.event_data import Issued
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit, Outcome, Referral, Referred
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, State, Ticket
from nightdesk_queue.queries.admission import no_transfer
from nightdesk_queue.queries.foreign_patients import is_alarmed, set_by_staff, ticket_of_visit, tickets_of_patient
from nightdesk_queue.queries.waiting_list import behind_all
from nightdesk_queue.rules import referring, refusals
from nightdesk_queue.rules.bookings import is_late
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.rules.transfers import credited
from nightdesk_queue.store import events, foreign_visits, slips
from nightdesk_queue.store.database import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

LONGEST_CREDIT = timedelta(hours=24)
"""Who arrived longer ago came for another visit, or the sender's clock is wrong: no such wait is credited."""


@command(Command.REFER)
def refer(work: Work, said: Referral) -> Referred:
    """Move a patient into the queue of `said.clinic`; who has no ticket gets one, with the wait so far credited.

    Who is there already stays as they are. Who is expected there now is checked in, who was missed waits again. What
    was taken back since, or is older than what was carried out, changes nothing.
    Raises Refused: unknown_clinic, unknown_priority, closed, suspended, full, red_flag, not_accepted, wrong_state.
    """
    target = refusals.known_clinic(work.hospital, said.clinic or "-")
    refusals.queueing_level(work.hospital, said.level)
    known = foreign_visits.of_visit(work.tx, said.who)
    if referring.is_void(known, said):
        return Referred(Outcome.VOID)
    own = ticket_of_visit(work.tx, known)
    ticket = own if own is not None else _living_of_patient(work, said, target)
    ended = ticket is not None and ticket.state in ENDED
    if ticket is not None and referring.is_outdated(known, said, ended=ended):
        return Referred(Outcome.OUTDATED, ticket)
    if ticket is not None and ended and said.arriving and ticket.clinic == target.id:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if ticket is None or ended or not _is_meant(work, ticket, target):
        return _linked(work, said, known, Referred(Outcome.ISSUED, _taken_in(work, said, target)))
    return _linked(work, said, known, _described(work, said, _moved(work, said, ticket, target)))


@command(Command.REFER)
def register(work: Work, said: Referral) -> Referred:
    """Give a registered patient a number of `said.clinic`, as a kiosk would; who has a living one keeps it.

    Raises Refused as `issue`.
    """
    target = refusals.known_clinic(work.hospital, said.clinic or "-")
    refusals.queueing_level(work.hospital, said.level)
    known = foreign_visits.of_visit(work.tx, said.who)
    if referring.is_void(known, said):
        return Referred(Outcome.VOID)
    own = ticket_of_visit(work.tx, known)
    if own is not None and referring.is_outdated(known, said, ended=own.state in ENDED):
        return Referred(Outcome.OUTDATED, own)
    others = [one for one in tickets_of_patient(work.tx, said.who) if one.clinic == target.id]
    ticket = own if own is not None else next(iter(others), None)
    if ticket is None or ticket.state in ENDED or not _is_meant(work, ticket, target):
        who = Applicant(said.name, said.priority, said.level, extra=said.extra)
        return _linked(work, said, known, Referred(Outcome.ISSUED, issuing.issue(work, target.id, who)))
    if ticket.clinic != target.id:
        return _linked(work, said, known, _described(work, said, Referred(Outcome.KEPT, ticket)))
    return _linked(work, said, known, _described(work, said, _at_the_clinic(work, ticket)))


@command(Command.REFER)
def update_patient(work: Work, said: Referral) -> Referred:
    """Write what another system says of a patient on their ticket: name, level, badges; nobody moves.

    Level I or II waits in no queue: staff are alarmed, once, and the ticket stays where it is. Badges are only added,
    and a level that staff here have set is only made more urgent. Raises Refused: unknown_priority.
    """
    ticket = _named(work, said)
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if said.level in refusals.URGENT_LEVELS:
        if not is_alarmed(work.tx, ticket):
            send_to_emergency(work, ticket.id, said.level or 1)
        return Referred(Outcome.ALARMED, ticket)
    return _described(work, said, Referred(Outcome.NOTHING_NEW, ticket))


@command(Command.REFER)
def cancel_registration(work: Work, said: Referral) -> Referred:
    """Cancel the number of a visit that another system has cancelled.

    A cancellation that comes before what it cancels is remembered. Raises Refused: wrong_state for somebody who is
    called or being seen.
    """
    ticket = _named(work, said, booked=False)
    _note_void(work, said)
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if ticket.state in referring.WITH_SOMEBODY:
        raise referring.seen_already(work.hospital, ticket)
    return Referred(Outcome.CANCELLED, cancel(work, ticket.id))


@command(Command.REFER)
def cancel_transfer(work: Work, said: Referral) -> Referred:
    """Take a transfer back: the patient is where they were before, or has no number where the transfer gave it.

    It may be taken back until the patient is called there, or staff here move them. A cancellation that comes before
    the transfer is remembered, and the same again takes nothing more back. Raises Refused: wrong_state, moved_on.
    """
    again = referring.is_cancelled_already(foreign_visits.of_visit(work.tx, said.who), said)
    ticket = _named(work, said, booked=False)
    _note_void(work, said)
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if again:
        return Referred(Outcome.NOTHING_NEW, ticket)
    last = _last_move(work, ticket)
    if last is None or last.kind in (EventKind.GO_BACK, EventKind.CHECK_IN):
        return Referred(Outcome.NOTHING_NEW, ticket)
    if last.kind is EventKind.ISSUE and last.target is None:
        # a number that was no transfer's: from a kiosk, the desk, or a registration
        return Referred(Outcome.NOTHING_NEW, ticket)
    if ticket.state in referring.WITH_SOMEBODY:
        raise referring.seen_already(work.hospital, ticket)
    if last.station != work.by.station:
        raise referring.moved_since(work.hospital, ticket)
    return _taken_back(work, ticket, last)


@command(Command.REFER)
def merge_patients(work: Work, prior: ForeignId, surviving: ForeignId) -> Referred:
    """Give the visits of one patient number to another; numbers stay as they are. One with itself changes nothing."""
    if prior.patient != surviving.patient and not foreign_visits.merge(work.tx, prior, surviving):
        return Referred(Outcome.UNKNOWN)
    return Referred(Outcome.MERGED)


@command(Command.REFER)
def link_booking(work: Work, who: ForeignId, ticket: Ticket) -> None:
    """Remember whose booking a ticket is. A visit that has a living number keeps it: the booking is another one."""
    known = foreign_visits.of_visit(work.tx, who)
    own = ticket_of_visit(work.tx, known)
    if own is not None and own.id != ticket.id and own.state not in ENDED:
        known, who = None, ForeignId(None, who.patient, "", who.patient_authority)
    if foreign_visits.of_ticket(work.tx, ticket.id) is None or known is not None:
        _link(work, who, known, ticket.id, None)


def _living_of_patient(work: Work, said: Referral, target: Clinic) -> Ticket | None:
    """Return the living ticket of a patient whose visit is not known, or has none; that of a booking only where it is
    for this clinic and now."""
    found = tickets_of_patient(work.tx, said.who)
    return next((one for one in found if _is_meant(work, one, target)), None)


def _is_meant(work: Work, ticket: Ticket, target: Clinic) -> bool:
    """Whether a living ticket is for somebody who comes to a clinic now; a booking for another time is not."""
    if ticket.state is not State.EXPECTED:
        return True
    if ticket.clinic != target.id:
        return False
    try:
        is_late(work.hospital, target, ticket, work.now)
    except Refused:
        return False
    return True


def _named(work: Work, said: Referral, *, booked: bool = True) -> Ticket | None:
    """Return the ticket that a message means which moves nobody to a clinic.

    By the visit's number; by the patient's only where the message names no visit, or one that is not known and the
    patient's ticket has no other. `booked`: also that of somebody who is only expected.
    """
    own = ticket_of_visit(work.tx, foreign_visits.of_visit(work.tx, said.who))
    if own is not None:
        return own
    found = tickets_of_patient(work.tx, said.who, unnamed=said.who.visit is not None)
    return next((one for one in found if booked or one.state is not State.EXPECTED), None)


def _moved(work: Work, said: Referral, ticket: Ticket, target: Clinic) -> Referred:
    """Move a living ticket to a clinic, where it is not there already."""
    if ticket.clinic == target.id:
        return _at_the_clinic(work, ticket)
    if ticket.state in referring.WITH_SOMEBODY and ticket.clinic != said.origin:
        # whoever is with a doctor is not moved from afar; the one who sends may move their own patient
        raise referring.seen_already(work.hospital, ticket)
    if ticket.state is State.MISSED:
        # they stand in the emergency room: they have come after all
        ticket = rejoin(work, ticket.id)
    level = referring.level_of(said.level, ticket, by_staff=set_by_staff(work.tx, ticket, work.by.station))
    return Referred(Outcome.TRANSFERRED, transfer(work, ticket.id, Transfer(target.id, level, extra=said.extra)))


def _at_the_clinic(work: Work, ticket: Ticket) -> Referred:
    """Return what becomes of somebody who is at the clinic already, or expected or missed there."""
    if ticket.state is State.EXPECTED:
        return Referred(Outcome.CHECKED_IN, issuing.check_in(work, ticket.id))
    if ticket.state is State.MISSED:
        return Referred(Outcome.REJOINED, rejoin(work, ticket.id))
    return Referred(Outcome.ALREADY_THERE, ticket)


def _taken_in(work: Work, said: Referral, target: Clinic) -> Ticket:
    """Give a number to somebody who is transferred and has none, with the slip of a transfer."""
    hospital = work.hospital
    groups = refusals.known_priorities(hospital, said.priority)
    origin = said.origin if said.origin != target.id else None
    if origin is not None and not said.extra:
        refusals.accepted_from(hospital, origin, target, None)
    hours = opening(target, hospital, work.now)
    if refusal := no_transfer(work.tx, hospital, target, hours, extra=said.extra):
        raise refusal
    level = said.level or LEVEL_ORDINARY
    arrived_at = _arrival(said, work.now)
    joins_at = behind_all(work.tx, target.id, level, work.now)
    day, n = day_and_number(work.tx, target.prefix, hours.service_day)
    row = ticket_row(target, work.now, day, n, groups, said.name, None)
    row |= {
        "state": State.WAITING,
        "level": level,
        "arrived_at": stamp(arrived_at),
        **credit(work.now, credited(arrived_at, joins_at, target.transfer.credit)),
        "origin": origin,
        "ways_back": json.dumps([origin] if origin and target.transfer.way_back else []),
        "transferred_at": stamp(work.now),
    }
    row |= joins_lane(work.tx, target.id, level, Lane.PRIORITY if groups else Lane.FIRST)
    data = Issued(extra=True) if said.extra else None
    ticket = insert_ticket(work, row, EventKind.ISSUE, data, referred_to=target.id)
    own = hospital.clinics.get(origin or "")
    printer = (own.printer if own else None) or hospital.printer_for(None, target.id)
    slips.queue(work.tx, NewSlip(SlipKind.TRANSFER, printer, ticket=ticket.id, clinic=target.id), work.now)
    page_if_on_call(work, ticket, new=True)
    return ticket


def _arrival(said: Referral, now: datetime) -> datetime:
    """Return since when a patient has waited; what lies ahead or too far back is a wrong clock or another visit."""
    arrived = said.arrived_at
    return arrived if arrived is not None and now - LONGEST_CREDIT <= arrived <= now else now


def _last_move(work: Work, ticket: Ticket) -> Event | None:
    """Return the step that brought a patient where they are and that nobody took back."""
    moves = [event for event in events.of_ticket(work.tx, ticket.id) if event.kind in referring.MOVES]
    standing = [event for event in moves if not events.is_undone(work.tx, event.seq)]
    return standing[-1] if standing else None


def _taken_back(work: Work, ticket: Ticket, last: Event) -> Referred:
    """Take back a move of the other system; where something stands in its way the patient goes back as they are."""
    given = last.kind is EventKind.ISSUE
    outcome = Outcome.CANCELLED if given else Outcome.TAKEN_BACK
    try:
        with work.tx.part():
            return Referred(outcome, take_back_act(work, last))
    except Refused:
        if given:
            return Referred(outcome, cancel(work, ticket.id))
    if ticket.state is State.MISSED:
        ticket = rejoin(work, ticket.id)
    return Referred(outcome, put_back(work, ticket.id))


def _described(work: Work, said: Referral, found: Referred) -> Referred:
    """Write on a ticket that was there before what the message says of the patient."""
    ticket = found.ticket
    assert ticket is not None, "there is somebody to describe"
    changes = _changes(work, said, ticket)
    if not changes:
        return found
    quiet = found.outcome in (Outcome.ALREADY_THERE, Outcome.KEPT, Outcome.NOTHING_NEW)
    return Referred(Outcome.UPDATED if quiet else found.outcome, step(work, ticket, EventKind.UPDATE, changes))


def _changes(work: Work, said: Referral, ticket: Ticket) -> dict[str, Value]:
    """Return the columns that a message gives other values. Raises Refused: unknown_priority."""
    changes: dict[str, Value] = {}
    name = clean(said.name, issuing.NAME_LENGTH)
    if name is not None and name != ticket.name:
        changes["name"] = name
    level = referring.level_of(said.level, ticket, by_staff=set_by_staff(work.tx, ticket, work.by.station))
    groups = [*ticket.priority, *(one for one in said.priority if one not in ticket.priority)]
    lane = ticket.lane
    if len(groups) > len(ticket.priority):
        changes["priority"] = json.dumps(refusals.known_priorities(work.hospital, groups))
        lane = Lane.PRIORITY if lane is Lane.FIRST else lane
    if level != ticket.level:
        changes["level"] = level
    if level != ticket.level or lane is not ticket.lane:
        changes |= joins_lane(work.tx, ticket.clinic, level, lane)
    return changes


def _linked(work: Work, said: Referral, known: ForeignVisit | None, found: Referred) -> Referred:
    assert found.ticket is not None, "who is taken in has a ticket"
    _link(work, said.who, known, found.ticket.id, referring.told_at(said, work.now))
    return Referred(found.outcome, found.ticket, said.unread)


def _link(work: Work, who: ForeignId, known: ForeignVisit | None, ticket: str, said_at: datetime | None) -> None:
    """Remember the ticket of a visit; a patient without a visit number has one row, and not one a message."""
    if known is None and who.visit is None:
        known = next((one for one in foreign_visits.of_patient(work.tx, who) if one.who.visit is None), None)
    if known is None:
        foreign_visits.add(work.tx, who, ticket, work.now, said_at)
    else:
        foreign_visits.change(work.tx, known, who, ticket, said_at)


def _note_void(work: Work, said: Referral) -> None:
    """Remember that what was said of a visit before this is taken back."""
    if said.sent_at is None or said.who.visit is None:
        return
    known = foreign_visits.of_visit(work.tx, said.who)
    if known is None:
        foreign_visits.add(work.tx, said.who, None, work.now)
        known = foreign_visits.of_visit(work.tx, said.who)
    assert known is not None, "it was written just now"
    if known.void_before is None or known.void_before < said.sent_at:
        foreign_visits.void(work.tx, known, said.sent_at, work.now)
