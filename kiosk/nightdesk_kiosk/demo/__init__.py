"""A whole night on virtual devices.

`night` is the people, `stage` the devices and services around them, `headless` plays it without a terminal, `app` on
one. Everything between the people and the devices is the real thing: desk, database file, spool, line worker, frames
through a pseudo-terminal.
"""
