"""The command line. `root` has the global options and the errors, each other module the commands about one thing."""

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
