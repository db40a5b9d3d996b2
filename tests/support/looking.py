"""Looking into a database from a test: each query in a snapshot of its own, or by bare SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind, DeviceStatus
from nightdesk_queue.queries.device_health import device_health
from nightdesk_queue.store import Database, devices
from nightdesk_queue.store.database import Row, Tx, Values
from nightdesk_queue.store.opening import is_server

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

    def write(self, sql: str, values: Values = NOTHING, /) -> None:
        self.change(sql, values)

    def ahead(self, *asks: Callable[[Tx], object]) -> None:
        """Nothing: each query is a snapshot of its own."""

    def is_served(self, kind: str, id_: str, /) -> bool:
        with self._database.snapshot() as tx:
            return tx.is_served(kind, id_)


def look(database: Database) -> Look:
    """Look into a database now."""
    return Look(database)


class BareRow(tuple[Any, ...]):
    """A row of a server's table, asked by name or by place like SQLite's."""

    names: tuple[str, ...]

    def keys(self) -> tuple[str, ...]:
        return self.names

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)


def _bare_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], BareRow]:
    names = tuple(column.name for column in cursor.description or ())

    def made(values: Sequence[Any]) -> BareRow:
        row = BareRow(values)
        row.names = names
        return row

    return made


class Rows(list[Any]):
    """All rows of a statement, asked like a cursor."""

    def fetchone(self) -> Any:
        return self[0] if self else None

    def fetchall(self) -> list[Any]:
        return self


class Bare:
    """A database without the store: each statement on a connection of its own, closed behind it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        if is_server(self._database.where):
            with server_connected(self._database) as there:
                cursor = there.execute(sql.replace("%", "%%").replace("?", "%s").encode(), values)
                return Rows(cursor.fetchall() if cursor.description else [])
        with connected(self._database) as connection:
            return Rows(connection.execute(sql, values).fetchall())

    def dump(self) -> list[str]:
        if is_server(self._database.where):
            with server_connected(self._database) as there:
                return [
                    f"{name}: {row}" for name in tables_of(there) for row in there.execute(f"TABLE {name}".encode())
                ]
        with connected(self._database) as connection:
            return list(connection.iterdump())


def bare(database: Database) -> Bare:
    """Open a database by itself, as another program would."""
    return Bare(database)


def tables_of(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables of our schema by name, without what says which layout it is."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'nightdesk' "
        "AND tablename NOT IN ('layouts', 'commits') ORDER BY 1"
    )
    return [row["tablename"] for row in found.fetchall()]


def url_of(database: Database) -> str:
    """The address by which another program opens the same database."""
    return database.where if is_server(database.where) else f"sqlite:///{database.where}"


@contextmanager
def server_connected(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Another program's connection to a database on a server."""
    with psycopg.connect(database.where, autocommit=True, row_factory=_bare_rows) as connection:
        connection.execute("SET search_path TO nightdesk")
        yield connection


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
