"""A whole night on virtual devices.

What lives here: `night` (the people), `stage` (devices and services around them), `headless` (played without a
terminal), `app` (played on one), `hospital.toml` (its configuration).
What it may touch: all other packages; its database is a file of its own in a temporary folder.
What it promises: everything between the people and the devices is what production uses: commands, database file, spool,
line worker, frames through a pseudo-terminal.
"""
