"""The base of every table of config.toml, and what a key may say about its value.

A table is a frozen dataclass. pydantic reads it and finds its faults, and asks the marks in its annotations what is
right. It is imported only then: a configuration that was checked before (`remembered`) is taken as it was, and a
command that does so never loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast, dataclass_transform

from nightdesk_queue.domain.records import Record, adapter

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema


def key_of(name: str) -> str:
    """Return how a field is written in the file: `from_` is `from`, which no field of Python can be called."""
    return name.removesuffix("_")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Table(Record):
    """A table of config.toml: unknown keys are refused, no type is guessed, nothing changes afterwards.

    What must agree between its own values is looked at in `__post_init__`, which raises `wrong(...)`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "strict": True,
        "alias_generator": key_of,
    }

    def __init_subclass__(cls) -> None:
        """Let a table have its fields, in any order."""
        dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let a table be read from what TOML says; strict, pydantic would take nothing but an instance."""
        schema = handler(source)
        inner: dict[str, object] = cast(dict[str, object], handler.resolve_ref_schema(schema))
        inner["strict"] = False
        return schema

    @classmethod
    def read(cls, value: object) -> Self:
        """Return the table that keys and values of the file make. Raises pydantic.ValidationError with every fault."""
        return adapter(cls).validate_python(value)

    def changed(self, **values: Any) -> Self:
        """Return this table with other values in place of some."""
        return replace(self, **values)


class Limits:
    """What a value may be beside its type: `ge`, `gt`, `le`, `min_length`, `max_length`, `pattern`, `allow_inf_nan`.

    The names are those of pydantic's core schema.
    """

    def __init__(self, **limits: object) -> None:
        self._limits = limits

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of the type with the limits in it."""
        return cast("CoreSchema", {**handler(source), **self._limits})


class Reads:
    """A value that is made from what the file says by a function, which raises `wrong(...)`.

    `written`: how it is written in the file, as JSON Schema says it.
    """

    def __init__(self, read: Callable[[Any], object], written: dict[str, Any]) -> None:
        self._read = read
        self._written = written

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return how the value is written."""
        return dict(self._written)

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema of the function alone."""
        from pydantic_core.core_schema import no_info_plain_validator_function  # noqa: PLC0415 - as above

        return no_info_plain_validator_function(self._read)


class Checked:
    """A value that has its type and is then looked at by a function, which returns it or raises `wrong(...)`."""

    def __init__(self, check: Callable[[Any], object]) -> None:
        self._check = check

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of the type, then the function."""
        from pydantic_core.core_schema import no_info_after_validator_function  # noqa: PLC0415 - as above

        return no_info_after_validator_function(self._check, handler(source))
