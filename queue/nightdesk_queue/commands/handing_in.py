"""Numbers that a kiosk gave while it was cut off, handed in; and what it remembers for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from nightdesk_queue.commands.issuing import insert_ticket
from nightdesk_queue.commands.pages import page_if_on_call
from nightdesk_queue.commands.steps import joins_lane, step
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain import states
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.event_data import Ended
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import clinics, handing_in, kiosks, slips, tickets
from nightdesk_queue.store.handing_in import LastKnown
from nightdesk_queue.store.tickets import Columns
from nightdesk_queue.store.timestamps import stamp

KEPT_FOR = timedelta(hours=36)
"""So long a kiosk's own file keeps a number in use after it was given: nobody waits longer."""


@command(Command.HAND_IN)
def hand_in(work: Work, given: Columns) -> Ticket:
    """Take in a ticket that a kiosk gave while it was cut off, credited with its real arrival; it is taken in once.

    `given`: the columns of its own file. Its patient has it on paper, so hours, quota and suspension ask nothing any
    more. The confirmation that gave it may have given a number on the server as well, whose answer was lost: that one
    was never printed, and this one takes its place. Raises Refused: wrong_state, while the number is being called.
    """
    if known := tickets.by_id(work.tx, str(given["id"])):
        return known
    key = given["key"]
    if key is not None and (lost := tickets.by_key(work.tx, str(key))):
        _end_unseen(work, lost)
        key = None
    if holder := tickets.living_number(work.tx, str(given["prefix"]), int(str(given["n"]))):
        # of a night long past, or nobody would have been given it again
        step(work, holder, EventKind.CANCEL, {"ended_at": stamp(work.now)}, data=Ended(released=True))
    lane, level = Lane(str(given["lane"])), int(str(given["level"]))
    joined = joins_lane(work.tx, str(given["clinic"]), level, lane)
    ticket = insert_ticket(work, {**given, "key": key, "state": State.WAITING, **joined}, EventKind.HAND_IN, None)
    page_if_on_call(work, ticket, new=True)
    return ticket


@command(Command.HAND_IN)
def note_handed_in(work: Work, seq: int) -> None:
    """Write into a kiosk's own file that the server has every ticket up to one; what is long past is in use no more."""
    handing_in.note_handed_in(work.tx, seq, work.now)
    for ticket in tickets.waiting_before(work.tx, work.now - KEPT_FOR):
        if ticket.seq <= seq:
            step(work, ticket, EventKind.CANCEL, {"ended_at": stamp(work.now)}, data=Ended(released=True))


@command(Command.REMEMBER_CLINICS)
def remember_clinics(work: Work, states: Sequence[ClinicState], known: Sequence[LastKnown], kiosk: KioskState) -> None:
    """Write into a kiosk's own file how the clinics and the kiosk are, for when it is cut off."""
    there = clinics.all_of(work.tx)
    for state in states:
        if there.get(state.clinic) != state:
            clinics.save(work.tx, state)
    before = handing_in.last_known(work.tx)
    for one in known:
        if before.get(one.clinic) != one:
            handing_in.remember(work.tx, one)
    if kiosks.state_of(work.tx, kiosk.id) != kiosk:
        kiosks.save(work.tx, kiosk)


def _end_unseen(work: Work, lost: Ticket) -> None:
    """End a ticket that nobody has ever seen, and its slip; one that was called meanwhile is missed anyway."""
    if not states.allowed(EventKind.CANCEL, lost.state):
        return
    step(work, lost, EventKind.CANCEL, {"ended_at": stamp(work.now)}, data=Ended(unseen=True))
    job = slips.of_ticket(work.tx, lost.id)
    if job is not None and job.state is SlipState.QUEUED:
        slips.move(work.tx, job, SlipState.DROPPED, work.now, cause="replaced")
