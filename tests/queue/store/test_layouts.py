"""The two engines hold the same tables, columns, rules of uniqueness and indexes; and the list of tables is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from engines import another_database

from nightdesk_queue.store import open_database
from nightdesk_queue.store.postgres.layout import LAYOUT
from nightdesk_queue.store.sqlite.layout import VERSION
from nightdesk_queue.store.tables import TABLES

pytestmark = pytest.mark.postgres
KINDS = {"INTEGER": "bigint", "TEXT": "text", "REAL": "double precision"}
OF_AN_ENGINE = {"_sqlite_migrations", "layouts", "commits"}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    open_database(f"sqlite:///{tmp_path / 'n.db'}").close()
    with closing(sqlite3.connect(tmp_path / "n.db")) as connection:
        yield connection


@pytest.fixture
def server() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with another_database() as url:
        open_database(url).close()
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def tables_of_file(file: sqlite3.Connection) -> set[str]:
    found = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row[0] for row in found} - OF_AN_ENGINE


def test_both_are_of_one_layout() -> None:
    assert LAYOUT == VERSION


def test_tables_columns_types_and_what_may_be_empty_are_the_same(
    file: sqlite3.Connection, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    of_file = {
        (table, name, KINDS[kind], bool(needed or key))
        for table in tables_of_file(file)
        for _, name, kind, needed, _, key in file.execute(f"PRAGMA table_info({table})")
    }
    of_server = set(
        server.execute(
            "SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns "
            "WHERE table_schema = 'nightdesk' AND table_name NOT IN ('layouts', 'commits')"
        )
    )
    assert of_file == of_server


def test_indexes_are_the_same_by_name_and_uniqueness(
    file: sqlite3.Connection, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    of_file = {
        (table, name, bool(unique))
        for table in tables_of_file(file)
        for _, name, unique, origin, _ in file.execute(f"PRAGMA index_list({table})")
        if origin == "c"
    }
    of_server = set(
        server.execute(
            "SELECT t.relname, i.relname, indisunique FROM pg_index JOIN pg_class i ON i.oid = indexrelid "
            "JOIN pg_class t ON t.oid = indrelid WHERE i.relnamespace = 'nightdesk'::regnamespace "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.oid)"
        )
    )
    assert of_file == of_server


def test_every_text_is_compared_by_code_points(server: psycopg.Connection[tuple[object, ...]]) -> None:
    others = server.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'nightdesk' "
        "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    ).fetchall()
    assert others == []


def test_a_copy_takes_every_table_and_what_is_referred_to_before_what_refers(file: sqlite3.Connection) -> None:
    names = [table for table, _ in TABLES]
    assert set(names) == tables_of_file(file)
    for table, key in TABLES:
        keys = {row[1] for row in file.execute(f"PRAGMA table_info({table})") if row[5]}
        assert keys == set(key), table
        for row in file.execute(f"PRAGMA foreign_key_list({table})"):
            assert names.index(row[2]) < names.index(table), (table, row[2])
