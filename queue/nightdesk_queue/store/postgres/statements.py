"""One SQL text for both engines: `:name` becomes psycopg's `%(name)s`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PIECE = re.compile(r"'(?:[^']|'')*'|(?<!:):([a-z_][a-z0-9_]*)")
"""A literal, which stays as it is, or a value's name; `::` is a cast."""
_READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as psycopg takes it, and whether it writes."""

    text: str
    writes: bool


@lru_cache(maxsize=2048)
def statement(sql: str) -> Statement:
    """Return a statement as psycopg takes it; the same text is read once."""
    text = _PIECE.sub(lambda found: f"%({found[1]})s" if found[1] else found[0], sql.replace("%", "%%"))
    return Statement(text, writes=_READS.match(sql) is None)
