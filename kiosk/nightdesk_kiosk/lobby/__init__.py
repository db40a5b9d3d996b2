"""The patients' touchscreen: choose a clinic, say that no danger sign applies, read the number.

What lives here: `flow` with `taps`, `answers`, `steps` and `patience` (what follows from what happens, on `messages`
and `states`), `lobby_view` (the screen as a widget), `drawing`, `chrome` and `pages` (what it shows, for a `scene`),
`lobby_desk` and `service_desk` (reads and commands), `app` (full-screen), `texts` and `languages` with its catalogues.
What it may touch: the core through the desks, Textual, the voice; a contract keeps all of them out of the flow.
What it promises: a number that is shown is in the database; every danger sign is shown before one is given; nothing on
a page is cut; the screen goes back to its first page by itself and forgets who stood there; no key leaves it.
"""
