"""What people look at: waiting lists, forecasts, rooms tonight, tickets, devices, alarms, reports.

What lives here: queries that read with SQL from `store` and answer with rules from `rules`. What they may touch: an
open transaction or snapshot, to read. What they promise: a query never writes; all of one answer is of one moment; the
cost depends on tonight's patients, not on history.
"""
