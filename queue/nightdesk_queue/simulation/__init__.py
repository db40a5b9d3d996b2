"""Nights played in memory, with the same order, lanes, hours and forecasts as in production.

What lives here: `people` (who comes, and for how long), `agenda` (what happens when), `night` (one clinic's night),
`nights` (many of them), `outcome` (what came of them), `trial` (forecasts tried on recorded consultations), `plot` (an
evening as a picture).
What it may touch: nothing; `people` reads the text of the files it is given. No database and no clock.
What it promises: it has no rules of its own; two configurations meet the same people.
"""
