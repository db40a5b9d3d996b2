"""The core of nightdesk: who waits, who is next, and why.

What lives here: the tickets and their life, opening hours, the order of calling, waiting times, the configuration of
one hospital, and the database that all processes share. The floors, from the lowest: `text`, `domain`, `config`,
`rules`, `store`, `queries`, `commands`, `simulation`; each may import only those below it.
What it may touch: the database. No terminal, no printer, no serial port, and no clock: `now` comes in.
What it promises: a number that `commands.issuing.issue` returned is in the database exactly once after the commit; no
ticket is called twice.
"""
