"""A call screen in a terminal: from the database, or from the frames that arrive on a serial line. `view` is the
screen, `sources` where its states come from, `app` the full-screen app around it."""
