"""The patients' touchscreen: choose a clinic, confirm, read the number.

`flow` decides, by `messages` and `states` alone: it imports neither Textual nor the database. `lobby_view` hears, draws
(`drawing`, `pages`) and asks; `lobby_desk` is the one door to the database; `app` is the full-screen app around it.
"""
