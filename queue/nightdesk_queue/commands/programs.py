"""What a program that runs for a night writes about itself."""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.domain.programs import Program
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import programs


@command(Command.NOTE_PROGRAM)
def note_program(work: Work, program: Program) -> None:
    """Write which configuration a program runs with; the program holds the lock of its id."""
    programs.save(work.tx, program)
