"""The background services that `nightdesk run` starts.

What lives here: `supervisor` (starts a worker for each device and starts it again after a fault), `timers` (what
happens by the clock), `printer_outages` and `display_outages` (alarms), `page_posts` (pages over HTTP),
`report_delivery` (reports into a folder and by mail), `night_log` (events and devices as log lines).
What it may touch: the core, printers and displays, threads, HTTP, SMTP. A contract keeps Textual out.
What it promises: no state is kept here, so a process that was killed at any moment goes on from the database.
"""
