"""The tables of config.toml as they were read, before anything is known to be right about them."""

from __future__ import annotations

from typing import Any

from nightdesk_queue.text.bilingual import Text

RawTables = dict[str, Any]
"""A table as it was read."""
Found = tuple[str, object, Text, Text]
"""Key, value, problem, fix."""
Entries = dict[str, list[RawTables]]
"""The tables of each list (`clinic`, `room` ...) as they were read."""


def entries_of(raw: RawTables, name: str) -> list[RawTables]:
    """Return the tables of the list `name` that are tables at all."""
    tables = raw.get(name, [])
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []


def entry_key(name: str, table: object, index: int) -> str:
    """Return how faults name an entry: by its id, or by its place where it has none."""
    return f"{name}[{(string_at(table, 'id') if isinstance(table, dict) else None) or index}]"


def string_at(table: dict[str, Any], key: str) -> str | None:
    """Return a text of a table; None for anything else."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def strings_at(table: dict[str, Any], key: str) -> list[str]:
    """Return the texts of a list, or the one text that stands in its place."""
    value = table.get(key)
    listed = value if isinstance(value, list) else [value]
    return [word for word in listed if isinstance(word, str)]


def table_at(table: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a table in a table; an empty one for anything else."""
    value = table.get(key)
    return value if isinstance(value, dict) else {}
