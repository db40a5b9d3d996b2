"""The patients' touchscreen: choose a clinic, confirm, read the number.

What lives here: `flow` (what follows from what happens, with `messages` and `states`), `lobby_view` (the screen as a
widget), `drawing` and `pages` (what it shows), `lobby_desk` (its reads and commands), `app` (full-screen), `texts`.
What it may touch: the core through `lobby_desk`, Textual; a contract keeps both and the clock out of `flow`.
What it promises: a number that is shown is in the database; the screen goes back to its first page by itself; no key
leaves it.
"""
