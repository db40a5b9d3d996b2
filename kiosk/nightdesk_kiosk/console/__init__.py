"""The staff's console: one clinic's queue with reasons, its rooms, and every step by one key or one tap.

`view` is the screen, `panels` its parts, `rows` what its list says, `steps` what its keys do, `dialogs` its questions,
`printers` the look at the printers, `desk` its door to the database, `app` the full-screen app around it.
"""
