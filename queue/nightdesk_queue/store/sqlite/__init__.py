"""The SQLite engine, the embedded default: one file for the processes of one machine.

What lives here: `engine` (connections, transactions, snapshots), `layout` (the migrations), `unpacking` (the data of
version 0.4), `watcher` (notices commits), `file_lock` (tells who serves a device), `faults` (SQLite's errors in words).
What it may touch: the database file and its folder.
What it promises: what was committed survives a power cut; nobody outside `store` sees `sqlite3`.
"""
