"""The patients' touchscreen: choose a clinic, confirm, read the number. `view` is the screen, `desk` its one door to
the database, `app` the full-screen app around it."""
