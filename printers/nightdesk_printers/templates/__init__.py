"""nightdesk's own layouts of slips.

What lives here: one TOML file for each kind of slip; `templating` says what may stand in them.
What it may touch: nothing; there is no code.
What it promises: each is accepted by `templating` and serves where a hospital has none of its own.
"""
