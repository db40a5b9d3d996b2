"""The SQLite engine, the embedded default: one file, the processes of one machine.

`engine` opens the file and gives transactions, `layout` holds its migrations, `watcher` notices commits, `file_lock`
tells who serves a device, `faults` gives SQLite's errors words. May touch: the file and its folder. Promises: what was
committed survives a power cut; nobody outside `store` sees sqlite3.
"""
