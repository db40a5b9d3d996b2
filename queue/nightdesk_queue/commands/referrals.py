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
from nightdesk_queue.commands.transferring import Transfer, cancel, send_to_emergency, transfer
from nightdesk_queue.commands.undo import take_back_act
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.event_data import Issued
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.foreign import ForeignId, ForeignVisit, Outcome, Referral, Referred
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, State, Ticket
from nightdesk_queue.queries.admission import no_transfer
from nightdesk_queue.queries.foreign_patients import ticket_of, visit_of
from nightdesk_queue.queries.waiting_list import behind_all
from nightdesk_queue.rules import referring, refusals
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

    Who is there already stays as they are. Who is expected there is checked in, who was missed waits again.
    Raises Refused: unknown_clinic, unknown_priority, closed, suspended, full, red_flag, not_accepted, wrong_state, and
    as `check_in`.
    """
    target = refusals.known_clinic(work.hospital, said.clinic or "-")
    refusals.queueing_level(work.hospital, said.level)
    known = visit_of(work.tx, said.who)
    if known is not None and referring.is_void(known, said):
        return Referred(Outcome.VOID)
    ticket = ticket_of(work.tx, said.who, known)
    if ticket is None or ticket.state in ENDED or (ticket.state is State.EXPECTED and ticket.clinic != target.id):
        found = Referred(Outcome.ISSUED, _taken_in(work, said, target))
    elif ticket.clinic == target.id:
        found = _at_the_clinic(work, ticket)
    else:
        if ticket.state is State.MISSED:
            # they stand in the emergency room: they have come after all
            ticket = rejoin(work, ticket.id)
        moved = transfer(work, ticket.id, Transfer(target.id, said.level, extra=said.extra))
        found = Referred(Outcome.TRANSFERRED, moved)
    return _linked(
        work, said, known, _described(work, said, found), target if found.outcome is Outcome.ISSUED else None
    )


@command(Command.REFER)
def register(work: Work, said: Referral) -> Referred:
    """Give a registered patient a number of `said.clinic`, as a kiosk would; who has a living one keeps it.

    Raises Refused as `issue`, and as `check_in` for who is expected there.
    """
    target = refusals.known_clinic(work.hospital, said.clinic or "-")
    refusals.queueing_level(work.hospital, said.level)
    known = visit_of(work.tx, said.who)
    if known is not None and referring.is_void(known, said):
        return Referred(Outcome.VOID)
    ticket = ticket_of(work.tx, said.who, known)
    if known is None and ticket is not None and ticket.clinic != target.id:
        # another visit of the same person
        ticket = None
    if ticket is not None and ticket.state not in ENDED:
        return _linked(work, said, known, _described(work, said, _at_the_clinic(work, ticket)))
    who = Applicant(said.name, said.priority, said.level, extra=said.extra)
    issued = Referred(Outcome.ISSUED, issuing.issue(work, target.id, who))
    return _linked(work, said, known, issued)


@command(Command.REFER)
def update_patient(work: Work, said: Referral) -> Referred:
    """Write what another system says of a patient on their ticket: name, level, badges; nobody moves.

    Level I or II waits in no queue: staff are alarmed, and the ticket stays where it is. Badges are only added: what
    staff or the patient said stays. Raises Refused: unknown_priority.
    """
    ticket = ticket_of(work.tx, said.who, visit_of(work.tx, said.who))
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if said.level in refusals.URGENT_LEVELS:
        return Referred(Outcome.ALARMED, send_to_emergency(work, ticket.id, said.level or 1))
    changes = _changes(work, said, ticket)
    if not changes:
        return Referred(Outcome.NOTHING_NEW, ticket)
    return Referred(Outcome.UPDATED, step(work, ticket, EventKind.UPDATE, changes))


@command(Command.REFER)
def cancel_registration(work: Work, said: Referral) -> Referred:
    """Cancel the number of a visit that another system has cancelled.

    A cancellation that comes before what it cancels is remembered. Raises Refused: wrong_state for somebody who is
    called or being seen.
    """
    known = _noted_void(work, said)
    ticket = ticket_of(work.tx, said.who, known)
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    return Referred(Outcome.CANCELLED, cancel(work, ticket.id))


@command(Command.REFER)
def cancel_transfer(work: Work, said: Referral) -> Referred:
    """Take a transfer back: the patient is where they were before, or has no number where the transfer gave it.

    It may be taken back until the patient is called there. A cancellation that comes before the transfer is remembered.
    Raises Refused: wrong_state, moved_on, and as `transfer`.
    """
    known = _noted_void(work, said)
    ticket = ticket_of(work.tx, said.who, known)
    if ticket is None:
        return Referred(Outcome.UNKNOWN)
    if ticket.state in ENDED:
        return Referred(Outcome.ALREADY_ENDED, ticket)
    if ticket.state in (State.CALLED, State.SERVING):
        raise referring.seen_already(work.hospital, ticket)
    moves = [event for event in events.of_ticket(work.tx, ticket.id) if event.kind in referring.MOVES]
    standing = [event for event in moves if not events.is_undone(work.tx, event.seq)]
    last = standing[-1] if standing else None
    if last is None or last.kind is not EventKind.TRANSFER:
        return (
            Referred(Outcome.CANCELLED, cancel(work, ticket.id))
            if ticket.transferred_at
            else Referred(Outcome.NOTHING_NEW, ticket)
        )
    if events.later_of_ticket(work.tx, last) is None:
        return Referred(Outcome.TAKEN_BACK, take_back_act(work, last))
    if ticket.state is State.MISSED:
        ticket = rejoin(work, ticket.id)
    origin = ticket.origin or ticket.clinic
    return Referred(Outcome.TAKEN_BACK, transfer(work, ticket.id, Transfer(origin, way_back=False)))


@command(Command.REFER)
def merge_patients(work: Work, prior: ForeignId, surviving: ForeignId) -> Referred:
    """Give the visits of one patient number to another; numbers stay as they are. One with itself changes nothing."""
    if prior.patient == surviving.patient:
        return Referred(Outcome.MERGED)
    foreign_visits.merge(work.tx, prior, surviving)
    return Referred(Outcome.MERGED)


@command(Command.REFER)
def link(work: Work, who: ForeignId, ticket: Ticket) -> None:
    """Remember which ticket a visit of another system has."""
    _link(work, who, visit_of(work.tx, who), ticket.id)


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
    if said.origin is not None and not said.extra:
        refusals.accepted_from(hospital, said.origin, target, None)
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
        "origin": said.origin,
        "ways_back": json.dumps([said.origin] if said.origin and target.transfer.way_back else []),
        "transferred_at": stamp(work.now),
    }
    row |= joins_lane(work.tx, target.id, level, Lane.PRIORITY if groups else Lane.FIRST)
    ticket = insert_ticket(work, row, EventKind.ISSUE, Issued(extra=True) if said.extra else None)
    own = hospital.clinics.get(said.origin or "")
    printer = (own.printer if own else None) or hospital.printer_for(None, target.id)
    slips.queue(work.tx, NewSlip(SlipKind.TRANSFER, printer, ticket=ticket.id, clinic=target.id), work.now)
    page_if_on_call(work, ticket, new=True)
    return ticket


def _arrival(said: Referral, now: datetime) -> datetime:
    """Return since when a patient has waited; what lies ahead or too far back is a wrong clock or another visit."""
    arrived = said.arrived_at
    return arrived if arrived is not None and now - LONGEST_CREDIT <= arrived <= now else now


def _described(work: Work, said: Referral, found: Referred) -> Referred:
    """Write on a ticket that was there before what the message says of the patient."""
    ticket = found.ticket
    if ticket is None or found.outcome is Outcome.ISSUED:
        return found
    changes = _changes(work, said, ticket)
    return Referred(found.outcome, step(work, ticket, EventKind.UPDATE, changes)) if changes else found


def _changes(work: Work, said: Referral, ticket: Ticket) -> dict[str, Value]:
    """Return the columns that a message gives other values. Raises Refused: unknown_priority."""
    changes: dict[str, Value] = {}
    name = clean(said.name, issuing.NAME_LENGTH)
    if name is not None and name != ticket.name:
        changes["name"] = name
    level = said.level or ticket.level
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


def _linked(
    work: Work, said: Referral, known: ForeignVisit | None, found: Referred, issued_for: Clinic | None = None
) -> Referred:
    assert found.ticket is not None, "who is taken in has a ticket"
    _link(work, said.who, known, found.ticket.id, issued_for.id if issued_for else None)
    return found


def _link(work: Work, who: ForeignId, known: ForeignVisit | None, ticket: str, issued_for: str | None = None) -> None:
    if known is None:
        foreign_visits.add(work.tx, who, ticket, work.now, issued_for=issued_for)
    else:
        foreign_visits.change(work.tx, known, who, ticket, work.now, issued_for=issued_for)


def _noted_void(work: Work, said: Referral) -> ForeignVisit | None:
    """Remember that what was said of a visit before this is taken back; return the visit where it has a number."""
    known = visit_of(work.tx, said.who)
    if said.sent_at is None or (known is None and said.who.visit is None):
        return known
    if known is None:
        foreign_visits.add(work.tx, said.who, None, work.now)
        known = visit_of(work.tx, said.who)
    assert known is not None, "it was written just now"
    if known.void_before is None or known.void_before < said.sent_at:
        foreign_visits.void(work.tx, known, said.sent_at)
    return known
