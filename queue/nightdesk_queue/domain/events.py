"""Events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


@dataclass(frozen=True, slots=True)
class Event:
    """One change, as written: the columns it touched `before` and `after` (None where there was no ticket).

    `undoes` is the seq of the event that this one took back.
    """

    seq: int
    at: datetime
    actor: str
    station: str
    kind: str
    ticket: str | None
    number: str | None
    clinic: str | None
    reason: str | None
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    undoes: int | None = None
