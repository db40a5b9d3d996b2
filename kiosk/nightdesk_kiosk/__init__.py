"""What people touch: the lobby, the console and the call screen as Textual apps, the command line, and the wiring.

What lives here: everything with a terminal, the background services, and the only place that knows all other packages.
What it may touch: all other packages. Rules stay in the queue, bytes in printers and displays.
What it promises: a number on a screen is in the database; every error is a sentence with its fix, never a traceback.
"""
