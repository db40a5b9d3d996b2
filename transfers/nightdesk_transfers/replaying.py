"""A message from the journal that staff carry out by hand."""

from __future__ import annotations

from dataclasses import replace

from nightdesk_queue.commands.interface_journal import settle_message
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Misuse, Refused
from nightdesk_queue.domain.foreign import Referred
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import referring
from nightdesk_queue.store import hl7_journal
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers.carrying_out import carry_out
from nightdesk_transfers.decoding import Encoding
from nightdesk_transfers.fields import FAULTS, Fields
from nightdesk_transfers.header import header_of
from nightdesk_transfers.rejections import Rejected
from nightdesk_transfers.requests import AboutPatient, Request, request_of

_ENCODING = Encoding("utf-8", "UNICODE UTF-8")
"""The journal holds text."""
_NO_MESSAGE = Text(zh="消息 {n} 无法读取，不能执行", en="message {n} cannot be read, so it cannot be carried out")


def take_in(work: Work, hospital: Hospital, table: Hl7Table, seq: int) -> Ticket:
    """Take a patient in, beyond hours and quota, whose transfer was refused. Another console may have been faster.

    Raises Refused: settled_already, nothing_changed where nobody is to be taken in, and as the message does.
    """
    entry = hl7_journal.one(work.tx, seq)
    if entry is None or entry.settled:
        raise referring.settled_already(seq)
    referred = replay(work, hospital, table, seq, extra=True)
    if referred.ticket is None:
        raise referring.nobody_to_take_in(seq)
    return referred.ticket


def replay(work: Work, hospital: Hospital, table: Hl7Table, seq: int, *, extra: bool = False) -> Referred:
    """Carry a message of the journal out now, as if it came for the first time, and settle it where it was refused.

    `extra`: beyond the clinic's hours and quota. Raises Refused as the message does: unknown_message, closed, full ...
    """
    entry = hl7_journal.one(work.tx, seq)
    if entry is None:
        raise referring.unknown_message(seq)
    request = request_in(entry, hospital, table, work)
    if extra and isinstance(request, AboutPatient):
        request = replace(request, said=replace(request.said, extra=True))
    referred = carry_out(work, request)
    if not entry.settled:
        settle_message(work, seq, referred.ticket.id if referred.ticket else None)
    return referred


def request_in(entry: JournalEntry, hospital: Hospital, table: Hl7Table, work: Work) -> Request:
    """Return what a kept message asks for. Raises Misuse for what is no message, Refused for what is never taken."""
    try:
        fields = Fields.of(entry.content, _ENCODING, table.zone_or(hospital.zone))
        kind = header_of(fields, _ENCODING).kind
    except FAULTS as error:
        raise Misuse("no_message", _NO_MESSAGE.fill(n=entry.seq)) from error
    try:
        return request_of(fields, kind, hospital, table, work.now)
    except Rejected as no:
        raise Refused(no.code.name.lower(), no.text) from no
