"""Looking into a database from a test: each query in a snapshot of its own, or by bare SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind, DeviceStatus
from nightdesk_queue.queries.device_health import device_health
from nightdesk_queue.store import Database, devices
from nightdesk_queue.store.database import Row, Tx, Values

NOTHING: Values = {}


class Look:
    """A reader like a snapshot that is never left open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, sql: str, values: Values = NOTHING, /) -> list[Row]:
        with self._database.snapshot() as tx:
            return tx.rows(sql, values)

    def row(self, sql: str, values: Values = NOTHING, /) -> Row | None:
        with self._database.snapshot() as tx:
            return tx.row(sql, values)

    def change(self, sql: str, values: Values = NOTHING, /) -> int:
        with self._database.transaction() as tx:
            return tx.change(sql, values)

    def is_served(self, kind: str, id_: str, /) -> bool:
        with self._database.snapshot() as tx:
            return tx.is_served(kind, id_)


def look(database: Database) -> Look:
    """Look into a database now."""
    return Look(database)


class Rows(list[sqlite3.Row]):
    """All rows of a statement, asked like a cursor."""

    def fetchone(self) -> Any:
        return self[0] if self else None

    def fetchall(self) -> list[sqlite3.Row]:
        return self


class Bare:
    """The file of a database without the store: each statement on a connection of its own, closed behind it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        with connected(self._database) as connection:
            return Rows(connection.execute(sql, values).fetchall())

    def dump(self) -> list[str]:
        with connected(self._database) as connection:
            return list(connection.iterdump())


def bare(database: Database) -> Bare:
    """Open the file of a database by itself, as another program would."""
    return Bare(database)


@contextmanager
def connected(database: Database) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the file of a database, for several statements."""
    with closing(sqlite3.connect(database.where, isolation_level=None, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def known(tx: Tx, kind: DeviceKind) -> dict[str, DeviceStatus]:
    """What the workers last wrote of the devices of a kind, by id."""
    return {status.id: status for (found, _), status in devices.known(tx).items() if found is kind}


def devices_now(database: Database, hospital: Hospital) -> list[DeviceHealth]:
    """How every device of a hospital is now."""
    return device_health(look(database), hospital)
