"""Call screens of software that behave like real ones, for tests and training.

What lives here: `sign` is a screen, `server` puts screens on a line, `drawing` shows one in a terminal.
"""
