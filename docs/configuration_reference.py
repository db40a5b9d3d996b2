"""The reference of config.toml, docs/configuration.md, made from the schema: `make reference`.

The schema says which keys there are, their type and limits, the tables their defaults; here stands what each means, in
which unit, and an example. A key without a meaning here is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import time
from pathlib import Path
from typing import Any

from configuration_meanings import EXAMPLES, MEANINGS, TABLES

from nightdesk_queue.config.device_tables import DayHours, NightVolume
from nightdesk_queue.config.json_schema import json_schema
from nightdesk_queue.config.table import Table, key_of
from nightdesk_queue.text.bilingual import Text

FILE = Path(__file__).parent / "configuration.md"
HEAD = """# Configuration

Every key of `config.toml`, made from the program's own schema by `make reference`. `nightdesk config new` writes a
first file, `nightdesk check` checks one and names the line of each fault, `nightdesk config schema` prints the JSON
Schema by which editors complete and check. A text in both languages is written `{ zh = "中文", en = "English" }`; a
time of day `"18:30"` is local to the hospital.
"""

_TABLES = {table.__name__: table for table in (*Table.__subclasses__(), DayHours, NightVolume)}


def reference() -> str:
    """Return the text of the reference. Raises KeyError for a table or a key without a meaning."""
    defined = json_schema()["$defs"]
    tables = {name for name, one in defined.items() if "properties" in one}
    if missing := tables - TABLES.keys():
        raise KeyError(", ".join(sorted(missing)))
    return HEAD + "".join(_table(name, defined[name]) for name in TABLES)


def _table(name: str, schema: dict[str, Any]) -> str:
    heading, about = TABLES[name]
    rows = "".join(_rows(name, schema))
    head = "| key | meaning | default | allowed | example |\n| --- | --- | --- | --- | --- |\n"
    return f"\n## `{heading}`\n\n{about}\n\n{head}{rows}"


def _rows(name: str, schema: dict[str, Any]) -> Iterator[str]:
    needed = schema.get("required", ())
    held = {key_of(one.name): one for one in fields(_TABLES[name])}
    for key, value in schema["properties"].items():
        default = "needed" if key in needed else _default(held[key])
        cells = (f"`{key}`", MEANINGS[name][key], default, _allowed(value), _example(key, value))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(one: Field[Any]) -> str:
    found = (
        one.default if one.default is not MISSING else one.default_factory() if callable(one.default_factory) else None
    )
    written = _written(found)
    return f"`{written}`" if written else ""


def _written(value: object) -> str:
    """Return a default as it would stand in the file; nothing for an empty one, or for a table of its own."""
    match value:
        case Text():
            return f'{{ zh = "{value.zh}", en = "{value.en}" }}'
        case time():
            return f'"{value:%H:%M}"'
        case (0, 1, 2, 3, 4, 5, 6):
            return '"daily"'
        case dict() if value:
            return "{ " + ", ".join(f"{key} = {one}" for key, one in value.items()) + " }"
        case bool() | int() | float() | str() | list() if value not in ([], ""):
            return json.dumps(value, ensure_ascii=False)
    return ""


def _allowed(value: dict[str, Any]) -> str:  # noqa: PLR0911 - one answer a form of the schema
    if "$ref" in value:
        return "a table"
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_allowed(one) for one in value["anyOf"] if one.get("type") != "null"))
    if "enum" in value:
        return ", ".join(f"`{json.dumps(one)[1:-1] if isinstance(one, str) else one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type", "a table")
    if kind == "array":
        return f"list: {_allowed(value.get('items', {}))}"
    least, most = value.get("minimum", value.get("exclusiveMinimum")), value.get("maximum")
    if least is not None or most is not None:
        return f"{least if least is not None else ''} to {most}" if most is not None else f"from {least}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true, false",
        "string": "text",
        "object": "a table",
    }
    return words.get(kind, "date") if isinstance(kind, str) else "date"


def _example(key: str, value: dict[str, Any]) -> str:
    if key in EXAMPLES:
        return f"`{key} = {EXAMPLES[key]}`"
    options = [value, *value.get("anyOf", ())]
    for one in options:
        if one.get("examples"):
            return f'`{key} = "{one["examples"][0]}"`'
        if one.get("enum"):
            return f"`{key} = {json.dumps(one['enum'][-1], ensure_ascii=False)}`"
    found = value.get("default")
    return f"`{key} = {json.dumps(found, ensure_ascii=False)}`" if isinstance(found, bool | int | float | str) else ""


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
