"""The command line. `root` has the global options and the errors, the other modules the commands."""

from nightdesk_kiosk.cli import apps, devices, looking, steps
from nightdesk_kiosk.cli.root import cli, main, run

__all__ = ["apps", "cli", "devices", "looking", "main", "run", "steps"]
