"""What another system may still change about a patient it has sent. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.foreign import ForeignVisit, Referral
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text

MOVES = frozenset({EventKind.ISSUE, EventKind.TRANSFER, EventKind.GO_BACK})
"""Steps that brought a patient to the clinic where they are."""


def is_void(known: ForeignVisit, said: Referral) -> bool:
    """Whether a visit's cancellation, which came first, is the later word.

    Of two said in the same second the one that came last holds: a patient who is in the queue for nothing is seen, one
    who is missing in it is not.
    """
    return known.void_before is not None and said.sent_at is not None and said.sent_at < known.void_before


def seen_already(hospital: Hospital, ticket: Ticket) -> Refused:
    """Return the refusal to take somebody back who is called or with the doctor."""
    text = Text(
        zh="{number} 在{clinic}{state}，不能撤回；请电话联系{clinic}",
        en="{number} is {state} at {clinic} and cannot be taken back; telephone {clinic}",
    )
    clinic = hospital.clinic_name(ticket.clinic)
    return Refused("wrong_state", text.fill(number=ticket.number, clinic=clinic, state=STATE_TEXTS[ticket.state]))


def unknown_message(seq: int) -> Refused:
    """Return the refusal of a message that the journal does not have."""
    return Refused("unknown_message", Text(zh="没有消息 {n}", en="there is no message {n}").fill(n=seq))


def settled_already(seq: int) -> Refused:
    """Return the refusal to decide about a message that was decided, or that was never refused."""
    text = Text(zh="消息 {n} 已处理，或没有被拒", en="message {n} is settled already, or was never refused")
    return Refused("settled_already", text.fill(n=seq))
