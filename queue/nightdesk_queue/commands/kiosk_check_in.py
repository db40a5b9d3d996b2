"""A patient reports with a number or the last digits of a telephone: booked, missed, back, or only asking how long."""

from __future__ import annotations

from nightdesk_queue.commands.calling import rejoin, return_
from nightdesk_queue.commands.issuing import check_in
from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.kiosk_use import out_of_use
from nightdesk_queue.queries.ticket_lookup import candidates
from nightdesk_queue.rules import refusals, reporting
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.text.cleaning import ascii_digits


@command(Command.REPORT)
def report(work: Work, said: str, *, kiosk: str | None = None) -> Ticket:
    """Let an expected patient check in, a missed one rejoin and one from an examination return; who waits stays.

    `said`: a number (`N012`), its digits, an id, or the last four digits of a telephone number.
    Raises Refused: kiosk_suspended, unknown_ticket, ask_desk, and what `check_in`, `rejoin` and `return_` raise.
    """
    if refusal := out_of_use(work.tx, work.hospital, kiosk):
        raise refusal
    patient = _meant(work, said)
    if patient.state is State.EXPECTED:
        return check_in(work, patient.id, kiosk=kiosk)
    if patient.state is State.MISSED:
        return rejoin(work, patient.id)
    if patient.state is State.HELD:
        return return_(work, patient.id)
    if patient.state is State.WAITING:
        return patient
    if patient.state is State.CALLED:
        raise reporting.called_already(work.hospital, patient)
    raise reporting.ask_desk(patient)


def _meant(work: Work, said: str) -> Ticket:
    found = candidates(work.tx, work.hospital, said, work.now)
    if not found:
        raise refusals.unknown_ticket(ascii_digits(said))
    if len(found) > 1:
        raise reporting.several_candidates(work.hospital, ascii_digits(said), found)
    return found[0]
