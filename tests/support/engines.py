"""The two engines, for tests that run over both: each test gets a database of its own, whichever serves it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nightdesk_queue.store import open_database

SERVER = "NIGHTDESK_TEST_SERVER"
"""The folder of the run's server, for its worker processes."""
TEMPLATE = "template_nightdesk"
_EMPTY = """
DO $$ DECLARE one record; BEGIN
SET LOCAL session_replication_role TO replica;
FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'nightdesk' AND tablename <> 'layouts' LOOP
    EXECUTE format('DELETE FROM nightdesk.%I', one.tablename);
END LOOP;
FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'nightdesk' LOOP
    PERFORM setval(format('nightdesk.%I', one.sequencename)::regclass, 1, false);
END LOOP;
END $$
"""
"""Without the checks of references: the tables are emptied in any order."""


class Engine(StrEnum):
    """What serves a database."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


BOTH = [Engine.SQLITE, pytest.param(Engine.POSTGRES, marks=pytest.mark.postgres)]


def start_server(config: pytest.Config) -> None:
    """Start the run's server, unless its tests are left out, with a template of an empty database."""
    if "not postgres" in config.option.markexpr or config.option.collectonly:
        return
    from pg_servers import Server

    server = Server()
    config.add_cleanup(server.close)
    server.initialise()
    server.start()
    os.environ[SERVER] = str(server.folder)
    config.add_cleanup(lambda: os.environ.pop(SERVER, None))
    open_database(server.create(TEMPLATE)).close()


def server_url(database: str) -> str:
    """The address of a database on the run's server."""
    return f"postgresql://nightdesk@/{database}?host={os.environ[SERVER]}&port=5432"


@contextmanager
def new_database(engine: Engine, folder: Path) -> Iterator[str]:
    """Give the address of a new database: a file yet to be made in a folder, or an empty one on the server.

    A database on the server is this process's own and is emptied for each test, which is ten times sooner done than
    making one.
    """
    yield f"sqlite:///{folder / 'night.db'}" if engine is Engine.SQLITE else _emptied()


@contextmanager
def another_database() -> Iterator[str]:
    """Give the address of one more database on the server, without tables."""
    name = f"night_{uuid4().hex}"
    with psycopg.connect(server_url("postgres"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield server_url(name)
        finally:
            owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _emptied() -> str:
    url = _own_database()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        owner.execute(_EMPTY)
    return url


@cache
def _own_database() -> str:
    name = f"night_{uuid4().hex}"
    with psycopg.connect(server_url("postgres"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}'.encode())
    return server_url(name)
