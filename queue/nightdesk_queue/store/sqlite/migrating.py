"""Bringing a database up to date: every migration of `layout` and `later_layouts` that it has not seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from nightdesk_queue.store.sqlite import later_layouts, layout
from nightdesk_queue.store.sqlite.unpacking import unpack

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

Migration = Callable[[sqlite3.Connection], None]


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the layout up to date. The caller holds the write lock, so two processes never race here."""
    # imported here: an up-to-date database, the usual case, does not pay for it
    from sqlite_utils import Database, Migrations  # noqa: PLC0415

    migrations = Migrations("nightdesk")
    for name, migration in _MIGRATIONS:
        _declare(migrations, name, migration)
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {layout.VERSION}")
    connection.execute(f"PRAGMA application_id = {layout.APPLICATION_ID}")


def _declare(migrations: Migrations, name: str, migration: Migration) -> None:
    @migrations(name=name)
    def apply(db: Database) -> None:
        migration(db.conn)


def _sql(script: str) -> Migration:
    return lambda connection: _all(connection, script)


def _facts_in_columns(connection: sqlite3.Connection) -> None:
    _all(connection, layout.FACTS_IN_COLUMNS)
    unpack(connection)


def _all(connection: sqlite3.Connection, script: str) -> None:
    """Execute a script a statement at a time: `executescript` would commit the caller's transaction."""
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)


_MIGRATIONS: tuple[tuple[str, Migration], ...] = (
    ("m001_tickets_events_slips_devices", _sql(layout.TABLES)),
    ("m002_full_queue", _sql(layout.FULL_QUEUE)),
    ("m003_printed_slips", _sql(layout.PRINTED_SLIPS)),
    ("m004_screens_and_voice", _sql(layout.SCREENS_AND_VOICE)),
    ("m005_facts_in_columns", _facts_in_columns),
    ("m006_rooms_and_clocks", _sql(later_layouts.ROOMS_AND_CLOCKS)),
    ("m007_programs", _sql(later_layouts.PROGRAMS)),
    ("m008_kiosks", _sql(later_layouts.KIOSKS)),
    ("m009_staff", _sql(later_layouts.STAFF)),
    ("m010_notes", _sql(later_layouts.NOTES)),
    ("m011_foreign", _sql(later_layouts.FOREIGN)),
    ("m012_machines", _sql(later_layouts.MACHINES)),
)
"""The migrations in order; databases remember by its name which one they have seen."""
