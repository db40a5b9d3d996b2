"""Slips on paper: what a slip says, how it becomes bytes, and the spool that has it printed.

What lives here: `templating` and `slip_contents` (what a slip says), `rendering` (its bytes, as text or as dots),
`devices` (where bytes go, and what a printer answers), `spool` and `printer_session` (the worker that owns a printer),
`cause_wording` (why a printer stands still, in words), `virtual` (a printer of software).
What it may touch: the queue's database, the lines of `nightdesk_ports`, USB, device files, CUPS. It does not know the
call screens, the kiosk or Textual.
What it promises: a slip waits in the database until its printer has taken all of it; one that may have been half
printed comes out again marked as a copy, under the same number.
"""
