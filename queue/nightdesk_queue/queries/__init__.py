"""What people look at: waiting lists, forecasts, rooms tonight, tickets, devices, alarms, reports.

What lives here: functions that read with the SQL of `store` and answer with the rules of `rules`.
What it may touch: an open transaction or snapshot, to read.
What it promises: a query never writes; all of one answer is of one moment; the cost depends on tonight's patients, not
on history.
"""
