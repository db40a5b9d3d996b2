"""The part of config.toml that all machines share: its fingerprint, and how two of them differ.

A machine's own are `[database]` and `[log]`: by which way it reaches the server, and where it writes its log.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from nightdesk_queue.config.raw import entry_key

OF_ONE_MACHINE = ("database", "log")
MISSING = "-"
"""What stands for a key that is not there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A key that two configurations hold differently: how each has it, as JSON; MISSING where it has not."""

    key: str
    here: str
    there: str


def tables_of(content: str) -> dict[str, Any]:
    """Return what a text of a configuration holds, without what is one machine's own. Raises ValueError."""
    return {name: table for name, table in tomllib.loads(content).items() if name not in OF_ONE_MACHINE}


def own_tables_of(content: str) -> dict[str, Any]:
    """Return what is one machine's own in a text of a configuration. Raises ValueError."""
    return {name: table for name, table in tomllib.loads(content).items() if name in OF_ONE_MACHINE}


def fingerprint_of(content: str) -> str:
    """Return what tells one shared part from another; remarks, spaces and the order of keys do not count.

    Raises ValueError.
    """
    return sha256(_written(tables_of(content)).encode()).hexdigest()[:16]


def differences(here: str, there: str) -> list[Difference]:
    """Return every key that two texts hold differently, in alphabetical order. Raises ValueError."""
    mine, theirs = dict(_flat("", tables_of(here))), dict(_flat("", tables_of(there)))
    keys = sorted(key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key))
    return [Difference(key, mine.get(key, MISSING), theirs.get(key, MISSING)) for key in keys]


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every value with its key; entries of a list of tables are named by their ids."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _flat(f"{path}.{name}" if path else name, held)
    elif isinstance(value, list) and value and all(isinstance(one, dict) and "id" in one for one in value):
        for index, held in enumerate(value):
            yield from _flat(entry_key(path, held, index), held)
    else:
        yield path, _written(value)


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
