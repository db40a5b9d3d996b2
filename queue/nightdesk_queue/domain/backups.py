"""Backups of a database: a file, and beside it a manifest by which it can be proved whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from nightdesk_queue.domain.records import Record

MANIFEST_ENDING = ".json"


class Manifest(Record):
    """What a backup holds: the version and layout that made it, when (UTC, ISO 8601), its size and digest, its rows.

    `rows`: how many each table has.
    """

    version: str
    layout: int
    made_at: str
    bytes: int
    sha256: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made or looked at. `manifest` is None for a copy that has none: only its pages were read."""

    path: Path
    manifest: Manifest | None


class Created(StrEnum):
    """What was made on a server, where it was not there before."""

    ROLE = "role"
    DATABASE = "database"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Connected:
    """A machine that is connected to the server, and with how many connections."""

    machine: str
    connections: int


@dataclass(frozen=True, slots=True)
class Standby:
    """A standby of the server: how it is, whether commits wait for it, and by how many bytes it is behind."""

    name: str
    state: str
    sync: str
    bytes_behind: int


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What a database is at a moment: its engine and version, layout, and bytes with those not yet in the main file."""

    engine: str
    layout: int
    bytes: int
    pending_bytes: int
    checked_at: datetime
    connected: tuple[Connected, ...] = ()
    standbys: tuple[Standby, ...] = ()
