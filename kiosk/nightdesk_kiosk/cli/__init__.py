"""The command line. `root` has the global options and the errors, the other modules the commands."""

from nightdesk_kiosk.cli import apps, devices, expecting, looking, printing, running, simulating, speaking, steps
from nightdesk_kiosk.cli.root import cli, main, run

__all__ = [
    "apps",
    "cli",
    "devices",
    "expecting",
    "looking",
    "main",
    "printing",
    "run",
    "running",
    "simulating",
    "speaking",
    "steps",
]
