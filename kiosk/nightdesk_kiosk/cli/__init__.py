"""The command line `nightdesk`.

What lives here: `root` (global options and errors), `bilingual` (help in both languages), `click_texts` and
`click_catalogue` (click's own messages), and a module for each group of commands, named in `root`.
What it may touch: all other packages; a module is imported when one of its commands is asked for, and each command
imports what it needs when it runs.
What it promises: commands, options, exit statuses and JSON are those of docs/commands.md; an error is one sentence.
"""

from nightdesk_kiosk.cli.root import cli, main, run

__all__ = ["cli", "main", "run"]
