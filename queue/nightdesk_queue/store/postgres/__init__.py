"""The PostgreSQL engine, for several machines: one server, one database a hospital.

What lives here: `address` (where it is, without its password), `connections` (a connection with a deadline, the pool),
`engine` (the database), `units` (transactions and snapshots), `locks` (who serves a device), `watcher` (notices
commits), `layout` and `migrating` (the tables), `faults` (the server's errors in words), `dumping`
and `dumps` (backups by the server's own programs), `exporting` (backups as a file), `restoring` (the way back).
What it may touch: the server, over the network, and the folder of a backup.
What it promises: what was acknowledged is committed; nobody outside `store` sees `psycopg`; no password in any text.
"""
