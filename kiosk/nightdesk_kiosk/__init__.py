"""What people touch: the lobby, the console and the call screen as Textual apps, the command line, and the wiring.

What lives here: everything with a terminal, and the only place that knows all other rooms.
What it may touch: all rooms. Rules stay in the queue, bytes in printers and displays.
What it promises: a number on a screen is in the database; every error is a sentence with its mend, never a traceback.
"""
