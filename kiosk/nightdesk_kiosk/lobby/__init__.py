"""The patients' touchscreen: choose a clinic, confirm, read the number.

What lives here: `flow` (what is shown next, decided by `messages` and `states` alone), `lobby_view` (hears, draws and
carries out), `drawing` and `pages` (what it shows), `lobby_desk` (reads and commands), `app` (full screen), `texts`.
What it may touch: the core through `lobby_desk`, Textual; `flow` neither of them.
What it promises: a number that is shown is in the database; the screen goes back to its first page by itself; no key
leaves it.
"""
