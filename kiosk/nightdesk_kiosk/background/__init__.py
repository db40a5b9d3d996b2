"""The background services that `nightdesk run` starts.

What lives here: `supervisor` (starts a worker for each device and starts it again after a fault), `timers` (what
happens by the clock), `printer_outages` and `display_outages` (alarms), `page_posts` (pages over HTTP).
What it may touch: the core, printers and displays, threads, HTTP. A contract keeps Textual out.
What it promises: no state is kept here, so a process that was killed at any moment goes on from the database.
"""
