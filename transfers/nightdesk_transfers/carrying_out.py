"""From what a message asks for to the command of the core that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nightdesk_queue.commands import referrals
from nightdesk_queue.commands.booking_import import Change, Taken, cancel_booking, take_booking
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.foreign import Outcome, Referral, Referred
from nightdesk_transfers.requests import AboutPatient, Book, CancelBooking, Deed, Ignore, Merge, Request

_DEEDS: Mapping[Deed, Callable[[Work, Referral], Referred]] = MappingProxyType(
    {
        Deed.REFER: referrals.refer,
        Deed.REGISTER: referrals.register,
        Deed.UPDATE: referrals.update_patient,
        Deed.CANCEL_REGISTRATION: referrals.cancel_registration,
        Deed.CANCEL_TRANSFER: referrals.cancel_transfer,
    }
)
_BOOKED: dict[Change, Outcome] = {
    Change.NEW: Outcome.BOOKED,
    Change.KNOWN: Outcome.NOTHING_NEW,
    Change.CHANGED: Outcome.BOOKING_CHANGED,
    Change.MOVED: Outcome.BOOKING_CHANGED,
    Change.CANCELLED: Outcome.BOOKING_CANCELLED,
    Change.NEVER_TAKEN: Outcome.UNKNOWN_BOOKING,
}


def carry_out(work: Work, request: Request) -> Referred:
    """Do what a message asks for. Raises Refused; the caller's transaction is given up then."""
    match request:
        case AboutPatient(deed, said):
            return _DEEDS[deed](work, said)
        case Merge(pairs):
            merged = [referrals.merge_patients(work, prior, surviving) for prior, surviving in pairs]
            return merged[-1]
        case Book(booking, who):
            taken = take_booking(work, booking)
            if who is not None and taken.ticket is not None:
                referrals.link_booking(work, who, taken.ticket)
            return _of_booking(taken)
        case CancelBooking(reference):
            return _of_booking(cancel_booking(work, reference))
        case Ignore():
            return Referred(Outcome.IGNORED)


def clinic_of(request: Request) -> str | None:
    """Return the clinic that a message asks for, by its id."""
    match request:
        case AboutPatient(_, said):
            return said.clinic
        case Book(booking, _):
            return booking.clinic
    return None


def _of_booking(taken: Taken) -> Referred:
    return Referred(_BOOKED[taken.change], taken.ticket)
