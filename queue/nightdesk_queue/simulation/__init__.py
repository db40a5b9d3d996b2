"""Nights played in memory, with the same order, lanes, hours and forecasts as in production.

`people` are who comes and how long they stay, `agenda` what happens when, `night` plays one clinic's night, `outcome` is
what came of it, `trial` measures the forecasts on consultation times from a file, `plot` draws an evening. Pure: no database, no clock, no file.
"""
