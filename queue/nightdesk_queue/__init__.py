"""The core of nightdesk: who waits, who is next, and why.

What lives here: the tickets and their life, opening hours, the order of calling, waiting times, the
configuration of one hospital, and the database all processes share.
What it may touch: an SQLite file. No terminal, no printer, no serial port, and no clock: `now` comes in.
What it promises: a number returned by `Desk.issue` exists durably, exactly once; no ticket is called twice.
"""
