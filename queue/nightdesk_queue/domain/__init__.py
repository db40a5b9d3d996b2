"""The hospital's words as types: tickets, states, events, slips, pages, devices, people, errors.

What lives here: frozen types, what small ones are made of (`records`), their texts in both languages, and the table of
a ticket's states (`states`).
What it may touch: `text`. No database, no configuration, no clock.
What it promises: a value of a type here is a valid one; no other package has to split or parse a string to know what it
means.
"""
