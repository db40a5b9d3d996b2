"""Reports that leave the program: tables, CSV, JSON, a web page, a sheet of paper.

What lives here: `sheets` (a report as rows, the same in every format), `forms` (JSON and CSV), `plots`, `lettering`,
`page` (HTML), `paper` (PDF), `files` (what each is called).
What it may touch: the core, the fonts of the printers, matplotlib and jinja2 (extra `reports`, imported where they are
needed). No database: it is given a `NightReport`. No screen.
What it promises: the same report is the same file, in every language of the hospital.
"""
