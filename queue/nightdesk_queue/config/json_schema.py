"""The JSON Schema of config.toml, made from the tables themselves: editors complete and check by it."""

from __future__ import annotations

import warnings
from typing import Any, cast

from nightdesk_queue.config.checking import LISTS, NEEDED, SINGLES
from nightdesk_queue.domain.records import adapter

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema: a property a table, a list where there are several, and what each may hold under `$defs`."""
    # imported here: only who asks for the schema pays for it
    from pydantic import TypeAdapter  # noqa: PLC0415
    from pydantic.json_schema import PydanticJsonSchemaWarning  # noqa: PLC0415

    tables = {**SINGLES, **LISTS}
    wanted = [(name, "validation", adapter(table)) for name, table in tables.items()]
    with warnings.catch_warnings():
        # defaults that are texts in two languages or times of day stand in the documentation
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        by_table, definitions = TypeAdapter.json_schemas(cast(Any, wanted), by_alias=True)
    properties: dict[str, Any] = {}
    for name in tables:
        own = by_table[cast(Any, (name, "validation"))]
        properties[name] = own if name in SINGLES else {"type": "array", "items": own}
    return {
        "$schema": DRAFT,
        "title": "nightdesk config.toml",
        "type": "object",
        "properties": properties,
        "required": list(NEEDED),
        "additionalProperties": False,
        **definitions,
    }
