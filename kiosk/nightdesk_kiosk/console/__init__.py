"""The staff's console: one clinic's queue with reasons, its rooms, and every step by one key or one tap.

What lives here: `console_view` (the screen as a widget), `panels` and `rows` (its parts), `steps` (what its keys do),
`questions` and `dialogs` (what it asks), `devices_screen` (the look at the devices), `console_desk` (its reads and
commands), `app` (full-screen), `texts`.
What it may touch: the core through `console_desk`, Textual.
What it promises: the list is in calling order and follows every commit; a step is announced only once it is written.
"""
