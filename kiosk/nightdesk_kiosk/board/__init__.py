"""A call screen in a terminal: from the database, or from the frames that arrive on a serial line.

What lives here: `board_view` (the screen as a widget), `sources` (where its states come from), `app` (full-screen),
`texts`.
What it may touch: the database to read, a serial line, Textual.
What it promises: a call that may be over is not shown; when the source is away, the screen says so.
"""
