"""Slips on paper: what a slip says, how it becomes bytes, and the spool that sees to it that it is printed.

What lives here: `layout` (what a slip is made of), `slips` (what each slip says), `native` and `drawn` (two back
ends: ESC/POS bytes and a terminal), `devices` (where bytes go), `spool` (the worker that owns a printer).
What it may touch: the queue's database, sockets, serial ports, device files. It does not know the call screens, the
kiosk or Textual.
What it promises: a slip waits in the database until its printer has taken all of it; one that may have been half
printed comes out again marked as a copy, under the same number.
"""
