"""Reports that leave the program: as tables, CSV, JSON, a web page, a sheet of paper, a file in a folder, a mail.

Reads no database: it is given a `NightReport`. matplotlib draws plots and jinja2 makes pages; they are imported where
one is made (extra `reports`). Draws on no screen.
"""
