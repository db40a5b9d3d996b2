"""The pages of the lobby, one file a kind of page.

What lives here: widgets that are told all they show (a page of the flow and a `Scene`) and have targets for what they
ask.
What it may touch: widgets and texts, never the database.
What it promises: everything of a page fits into the room it is drawn for, or it is on a page of its own that is one tap
away; nothing is cut.
"""
