"""What the voice writes: calls and pages that were heard to their end, so that a restart repeats and forgets none."""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store.events import NewEvent


@command(Command.NOTE_SPOKEN)
def note_spoken(work: Work, event: Event) -> None:
    """Record that a call or page was heard to its end."""
    record(
        work,
        NewEvent(kind=EventKind.SPOKEN, ticket=event.ticket, number=event.number, clinic=event.clinic, about=event.seq),
    )
