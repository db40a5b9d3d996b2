"""The staff's console: one clinic's queue with reasons, its rooms, and every step by one key or one tap.

`view` is the screen, `rows` its list, `dialogs` its questions, `desk` its door to the database, `app` the full-screen
app around it.
"""
