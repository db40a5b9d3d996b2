"""The journal of messages from other systems: what came is kept together with what it did and what was answered."""

from __future__ import annotations

from datetime import timedelta

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain.interface_messages import JournalEntry, NewMessage
from nightdesk_queue.queries.foreign_patients import OPEN_HOURS
from nightdesk_queue.rules import referring
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import foreign_visits, hl7_journal

FORGOTTEN_AT_ONCE = 200
"""So many messages one transaction deletes: a tap waits no longer for it."""


@command(Command.NOTE_MESSAGE)
def note_message(work: Work, message: NewMessage) -> int:
    """Keep a message with its answer and return its place in the journal."""
    return hl7_journal.add(work.tx, message, work.now)


@command(Command.SETTLE_MESSAGE)
def settle_message(work: Work, seq: int, ticket: str | None = None) -> JournalEntry:
    """Record that staff have decided about a refused message; `ticket`: the number they gave instead.

    Raises Refused: unknown_message, settled_already.
    """
    entry = hl7_journal.one(work.tx, seq)
    if entry is None:
        raise referring.unknown_message(seq)
    if entry.settled:
        raise referring.settled_already(seq)
    hl7_journal.settle(work.tx, seq, ticket)
    return entry


@command(Command.NOTE_MESSAGE)
def settle_whom(work: Work, whom: str) -> int:
    """Record that nothing is to be decided any more about whom a refused message was: a later one has decided it."""
    return hl7_journal.settle_whom(work.tx, whom, work.now - timedelta(hours=OPEN_HOURS))


@command(Command.FORGET_MESSAGES)
def forget_messages(work: Work, days: int) -> int:
    """Delete messages and visits older than so many days, some at a time; return how many there were.

    A refusal that nobody decided about in time is not asked about any more.
    """
    hl7_journal.settle_before(work.tx, work.now - timedelta(hours=OPEN_HOURS))
    before = work.now - timedelta(days=days)
    forgotten = hl7_journal.forget_before(work.tx, before, FORGOTTEN_AT_ONCE)
    return forgotten + foreign_visits.forget_before(work.tx, before, FORGOTTEN_AT_ONCE)
