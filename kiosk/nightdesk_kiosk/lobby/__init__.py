"""The patients' touchscreen: choose a clinic, confirm, read the number.

What lives here: `lobby_view` (the screen as a widget), `pages` (what it shows), `lobby_desk` (its reads and commands),
`app` (full-screen), `texts`.
What it may touch: the core through `lobby_desk`, Textual.
What it promises: a number that is shown is in the database; the screen goes back to its first page by itself; no key
leaves it.
"""
