"""Frozen dataclasses that cost nothing to declare, for rooms with a class for each message, page or table.

`@dataclass(frozen=True)` writes and compiles six methods for each class, which takes most of a millisecond; sixty such
classes are a tenth of the time a lobby takes to its first picture, and more of a short command's. Here the methods are
written once for all. What they do at each use takes a few microseconds more, so a class that is made by the thousand,
as `Ticket` is, stays a generated one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from pydantic import TypeAdapter

R = TypeVar("R", bound="Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record:
    """A frozen dataclass as `fields`, `replace`, `match` and pydantic know it: equal by value, with a hash."""

    if TYPE_CHECKING:
        # each subclass has its own
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init_subclass__(cls) -> None:
        """Let a class have its fields."""
        dataclass(init=False, repr=False, eq=False)(cls)

    def __init__(self, *ordered: object, **named: object) -> None:
        """Take a value for each field; its default where none is given. Raises TypeError for what does not fit."""
        known = fields(self)
        if len(ordered) > len(known):
            raise TypeError(f"{type(self).__name__} has {len(known)} fields, {len(ordered)} are given")
        given = dict(zip((one.name for one in known), ordered, strict=False))
        if twice := given.keys() & named.keys():
            raise TypeError(f"{type(self).__name__} is given {', '.join(sorted(twice))} twice")
        given |= named
        # past __setattr__, which refuses
        held = self.__dict__
        for one in known:
            held[one.name] = given.pop(one.name) if one.name in given else self._default(one)
        if given:
            raise TypeError(f"{type(self).__name__} has no {', '.join(given)}")
        self.__post_init__()

    def __post_init__(self) -> None:
        """Raise where values do not agree; a class that has such values says so itself."""

    def _default(self, one: Field[Any]) -> object:
        if one.default is not MISSING:
            return one.default
        if one.default_factory is not MISSING:
            return one.default_factory()
        raise TypeError(f"{type(self).__name__} needs {one.name}")

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse every change. Raises dataclasses.FrozenInstanceError."""
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        """Refuse every change. Raises dataclasses.FrozenInstanceError."""
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        """Whether another of the same class holds the same."""
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, one.name) == getattr(other, one.name) for one in fields(self))

    def __hash__(self) -> int:
        """Return a hash of the class and all values. Raises TypeError where one of them has none."""
        return hash((type(self), *(getattr(self, one.name) for one in fields(self))))

    def __repr__(self) -> str:
        """Return it as it is written in Python."""
        held = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
        return f"{type(self).__name__}({held})"


def adapter(record: type[R]) -> TypeAdapter[R]:
    """Return what reads a record from values or JSON that came from outside, made once for each class."""
    return _adapter(cast(Hashable, record))


@cache
def _adapter(record: Hashable) -> TypeAdapter[Any]:
    # imported here: whoever only makes records, or takes them as they were read before, never waits for pydantic
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(cast(type[Any], record))
