"""What `check` and the previews find out.

What lives here: `checks`, `voice_checks` and `language_checks` (every device tried once), `slip_preview` (a slip before
it is printed).
What it may touch: the core to read, printers, displays, fonts. Nothing is printed, painted or played.
What it promises: a device that a running service holds is reported and not tried a second time.
"""
