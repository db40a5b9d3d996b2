"""What all full-screen apps share: targets to tap, large numbers, the app itself, its terminal and its end.

What lives here: `app`, `ending` and `terminal_driver` (start, end and terminal), `input_limit`, `typed_keys`,
`following` (commits as messages), `putting` (only what changed), `tap`, `big` and `bigtext`.
What it may touch: Textual, the terminal, signals, the change feed of the database.
What it promises: an app ends within two seconds of SIGTERM, SIGHUP or the loss of its terminal, whatever it is doing.
"""
