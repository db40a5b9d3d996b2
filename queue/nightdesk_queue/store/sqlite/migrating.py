"""Bringing a database up to date: every migration of `layout` that it has not seen."""

from __future__ import annotations

import sqlite3

from nightdesk_queue.store.sqlite import layout
from nightdesk_queue.store.sqlite.unpacking import unpack


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the layout up to date. The caller holds the write lock, so two processes never race here."""
    # imported here: an up-to-date database, the usual case, does not pay for it
    from sqlite_utils import Database, Migrations  # noqa: PLC0415

    migrations = Migrations("nightdesk")

    @migrations()
    def m001_tickets_events_slips_devices(db: Database) -> None:
        _all(db.conn, layout.TABLES)

    @migrations()
    def m002_full_queue(db: Database) -> None:
        _all(db.conn, layout.FULL_QUEUE)

    @migrations()
    def m003_printed_slips(db: Database) -> None:
        _all(db.conn, layout.PRINTED_SLIPS)

    @migrations()
    def m004_screens_and_voice(db: Database) -> None:
        _all(db.conn, layout.SCREENS_AND_VOICE)

    @migrations()
    def m005_facts_in_columns(db: Database) -> None:
        _all(db.conn, layout.FACTS_IN_COLUMNS)
        unpack(db.conn)

    @migrations()
    def m006_rooms_and_clocks(db: Database) -> None:
        _all(db.conn, layout.ROOMS_AND_CLOCKS)

    @migrations()
    def m007_programs(db: Database) -> None:
        _all(db.conn, layout.PROGRAMS)

    @migrations()
    def m008_kiosks(db: Database) -> None:
        _all(db.conn, layout.KIOSKS)

    @migrations()
    def m009_staff(db: Database) -> None:
        _all(db.conn, layout.STAFF)

    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {layout.VERSION}")
    connection.execute(f"PRAGMA application_id = {layout.APPLICATION_ID}")


def _all(connection: sqlite3.Connection, script: str) -> None:
    """Execute a script a statement at a time: `executescript` would commit the caller's transaction."""
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)
