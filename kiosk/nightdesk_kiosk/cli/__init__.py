"""The command line `nightdesk`.

What lives here: `root` (global options and errors), `bilingual` (help in both languages), `click_texts` and
`click_catalogue` (click's own messages), and a module for each group of commands.
What it may touch: all other packages; each command imports what it needs when it runs.
What it promises: commands, options, exit statuses and JSON are those of docs/commands.md; an error is one sentence.
"""

from nightdesk_kiosk.cli import (
    bookings,
    clinic_operations,
    devices_and_check,
    lookups,
    programs,
    simulate,
    slips,
    ticket_steps,
    voice,
)
from nightdesk_kiosk.cli.root import cli, main, run

__all__ = [
    "bookings",
    "cli",
    "clinic_operations",
    "devices_and_check",
    "lookups",
    "main",
    "programs",
    "run",
    "simulate",
    "slips",
    "ticket_steps",
    "voice",
]
