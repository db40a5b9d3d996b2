"""What another system may still change about a patient it has sent. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.foreign import ForeignVisit, Referral
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.text.bilingual import Text

MOVES = frozenset({EventKind.ISSUE, EventKind.TRANSFER, EventKind.GO_BACK, EventKind.CHECK_IN})
"""Steps that brought a patient to the clinic where they are."""
CLOCK_SLACK = timedelta(minutes=5)
"""Clocks of two systems differ by so much without anybody noticing."""
WITH_SOMEBODY = (State.CALLED, State.SERVING)


def is_void(known: ForeignVisit | None, said: Referral) -> bool:
    """Whether a visit's cancellation, which came first, is the later word.

    Of two said in the same second the one that came last holds: a patient who is in the queue for nothing is seen, one
    who is missing in it is not. For the same reason a sender's clock that is ahead of ours voids nothing that is said
    after we heard of the cancellation.
    """
    if known is None or known.void_before is None or said.sent_at is None:
        return False
    return said.sent_at < _as_heard(known.void_before, known.void_noted_at or known.void_before)


def is_cancelled_already(known: ForeignVisit | None, said: Referral) -> bool:
    """Whether the same cancellation, or a later one, has come before."""
    return bool(known and known.void_before and said.sent_at and said.sent_at <= known.void_before)


def is_outdated(known: ForeignVisit | None, said: Referral, *, ended: bool) -> bool:
    """Whether a later move of the visit was carried out already; of one that has ended also the same move again."""
    if known is None or known.said_at is None or said.sent_at is None:
        return False
    return said.sent_at < known.said_at or (ended and said.sent_at == known.said_at)


def level_of(said: int | None, ticket: Ticket, *, by_staff: bool) -> int:
    """Return a patient's level after a message: what staff here have set is only made more urgent."""
    if said is None:
        return ticket.level
    return min(said, ticket.level) if by_staff else said


def told_at(said: Referral, now: datetime) -> datetime | None:
    """Return when something was said, as it is remembered: a clock that is ahead must not outdate what follows."""
    return _as_heard(said.sent_at, now) if said.sent_at else None


def _as_heard(said_at: datetime, heard_at: datetime) -> datetime:
    """Return a sender's time; that of a clock which is far ahead of ours is when we heard it."""
    return said_at if said_at - heard_at <= CLOCK_SLACK else heard_at


def seen_already(hospital: Hospital, ticket: Ticket) -> Refused:
    """Return the refusal to take somebody back who is called or with the doctor."""
    text = Text(
        zh="{number} 在{clinic}{state}，不能撤回；请电话联系{clinic}",
        en="{number} is {state} at {clinic} and cannot be taken back; telephone {clinic}",
    )
    clinic = hospital.clinic_name(ticket.clinic)
    return Refused("wrong_state", text.fill(number=ticket.number, clinic=clinic, state=STATE_TEXTS[ticket.state]))


def moved_since(hospital: Hospital, ticket: Ticket) -> Refused:
    """Return the refusal to take a transfer back after which staff here have moved the patient."""
    text = Text(
        zh="{number} 已由本处转到{clinic}，不能撤回；请电话联系{clinic}",
        en="{number} was moved to {clinic} by staff and cannot be taken back; telephone {clinic}",
    )
    return Refused("moved_on", text.fill(number=ticket.number, clinic=hospital.clinic_name(ticket.clinic)))


def unknown_message(seq: int) -> Refused:
    """Return the refusal of a message that the journal does not have."""
    return Refused("unknown_message", Text(zh="没有消息 {n}", en="there is no message {n}").fill(n=seq))


def settled_already(seq: int) -> Refused:
    """Return the refusal to decide about a message that was decided, or that was never refused."""
    text = Text(zh="消息 {n} 已处理，或没有被拒", en="message {n} is settled already, or was never refused")
    return Refused("settled_already", text.fill(n=seq))


def nobody_to_take_in(seq: int) -> Refused:
    """Return the refusal to take somebody in whom the other system has taken back, or who is no patient."""
    text = Text(zh="消息 {n} 的患者不用接收：已撤回", en="nobody is to be taken in by message {n}: it was taken back")
    return Refused("nothing_changed", text.fill(n=seq))
