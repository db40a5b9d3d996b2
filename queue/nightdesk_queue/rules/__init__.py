"""The rules of the queue, pure: configuration, data and `now` come in, answers go out.

What lives here: opening hours, order of calling, how often to call (`calls`) and by which name (`announcing`), waiting
times, admission, transfers, bookings, leftovers, slips, paging, who may do what (`permissions`), and every "no" in
words (`refusals`).
What it may touch: nothing; no clock, no file, no database.
What it promises: the same input gives the same answer, so what staff are shown is what the next call does.
"""
