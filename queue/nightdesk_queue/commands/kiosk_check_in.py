"""A patient reports with a number or the last digits of a telephone: booked, missed, or only asking how long."""

from __future__ import annotations

from datetime import timedelta

from nightdesk_queue.commands.calling import rejoin
from nightdesk_queue.commands.issuing import check_in
from nightdesk_queue.commands.steps import found
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.bookings import PHONE_DIGITS
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import tickets
from nightdesk_queue.text.cleaning import ascii_digits, normalised


@command(Command.REPORT)
def report(work: Work, said: str, *, kiosk: str | None = None) -> Ticket:
    """Let an expected patient check in and a missed one rejoin; who waits stays where they are.

    `said`: a number (`N012`), an id, or the last four digits of a telephone number.
    Raises Refused: unknown_ticket, ask_desk, and what `check_in` and `rejoin` raise.
    """
    patient = _meant(work, said)
    if patient.state is State.EXPECTED:
        return check_in(work, patient.id, kiosk=kiosk)
    if patient.state is State.MISSED:
        return rejoin(work, patient.id)
    if patient.state is State.WAITING:
        return patient
    if patient.state is State.CALLED:
        raise refusals.called_already(work.hospital, patient)
    raise refusals.ask_desk(patient)


def _meant(work: Work, said: str) -> Ticket:
    tail = ascii_digits(said)
    if tail != normalised(said) or len(tail) != PHONE_DIGITS:
        return found(work, said)
    today = work.now.astimezone(work.hospital.zone).date()
    by_phone = tickets.living_by_phone(work.tx, tail, [today - timedelta(days=1), today])
    if not by_phone:
        raise refusals.unknown_ticket(tail)
    if len(by_phone) > 1:
        raise refusals.several_with_phone(tail)
    return by_phone[0]
