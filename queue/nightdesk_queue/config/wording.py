"""pydantic's errors in the words of someone who edits config.toml, in both languages."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

from pydantic_core import ErrorDetails

from nightdesk_queue.config.table import Table, key_of
from nightdesk_queue.text.bilingual import Text

_TYPES: dict[str, tuple[Text, Text]] = {
    "string_type": (
        Text(zh="应是文字", en="text is needed"),
        Text(zh='用双引号括起来："..."', en='put it in double quotes: "..."'),
    ),
    "int_type": (
        Text(zh="应是整数", en="a whole number is needed"),
        Text(zh="写不带引号和小数点的数字", en="write digits without quotes or a decimal point"),
    ),
    "bool_type": (
        Text(zh="应是 true 或 false", en="true or false is needed"),
        Text(zh="不带引号写 true 或 false", en="write true or false without quotes"),
    ),
    "list_type": (
        Text(zh="应是列表", en="a list is needed"),
        Text(zh='写成 ["...", "..."]', en='write it as ["...", "..."]'),
    ),
    "dict_type": (
        Text(zh="应是一个表", en="a table is needed"),
        Text(zh="写成 { 键 = 值 }", en="write it as { key = value }"),
    ),
    "dataclass_type": (
        Text(zh="应是一个表", en="a table is needed"),
        Text(zh="写成 { 键 = 值 }", en="write it as { key = value }"),
    ),
}

NOTHING: object = object()
"""Stands for the value of a key that is not there."""

_RANGES = {"greater_than_equal": ("ge", "≥"), "less_than_equal": ("le", "≤")}


def describe(detail: ErrorDetails, table: type[Table]) -> tuple[str, object, Text, Text]:
    """Return where (`.sessions[0].closes`), the value there, what is wrong, and the fix."""
    loc = [part for part in detail["loc"] if part != "[key]"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    value = detail["input"]
    if kind == "nightdesk":
        problem = Text(context["zh"], context["en"])
        return path, value, problem, Text(context["fix_zh"], context["fix_en"])
    if kind == "unexpected_keyword_argument":
        return path, value, Text(zh="没有这个键", en="there is no such key"), _known_keys(loc, table)
    if kind == "missing":
        add = Text(zh="加上 {key} = ...", en="add {key} = ...").fill(key=loc[-1])
        return path, NOTHING, Text(zh="缺少这个键", en="this key is missing"), add
    return path, value, *_bounds(kind, context, detail["msg"])


def _bounds(kind: str, context: dict[str, Any], message: str) -> tuple[Text, Text]:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _RANGES:
        key, sign = _RANGES[kind]
        limit = f"{sign} {context[key]}"
        return (
            Text(zh="数值超出范围", en="the number is out of range"),
            Text(zh="写 {limit} 的数", en="write a number {limit}").fill(limit=limit),
        )
    if kind in ("literal_error", "enum"):
        expected = str(context["expected"])
        return (
            Text(zh="不是可用的值", en="this is not one of the allowed values"),
            Text(zh="可用：{names}", en="use one of {names}").fill(
                names=Text(expected.replace(" or ", "、"), expected)
            ),
        )
    if kind in ("too_short", "string_too_short"):
        return Text(zh="是空的", en="this is empty"), Text(zh="至少写一项内容", en="write at least one")
    if kind == "string_too_long":
        longest = Text(zh="最多 {n} 个字符", en="write at most {n} characters").fill(n=context["max_length"])
        return Text(zh="太长", en="this is too long"), longest
    rule = context.get("pattern", message)
    return Text(zh="值不对", en="this is not right"), Text(zh="应符合 {rule}", en="it must match {rule}").fill(
        rule=rule
    )


def _known_keys(loc: list[int | str], table: type[Table]) -> Text:
    for part in loc[:-1]:
        if isinstance(part, str):
            table = _inner_table(table, part) or table
    names = [key_of(field.name) for field in fields(table)]
    near = get_close_matches(str(loc[-1]), names, 1)
    if near:
        return Text(zh="是否想写 {near}？", en="did you mean {near}?").fill(near=near[0])
    return Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(names))


def _inner_table(table: type[Table], key: str) -> type[Table] | None:
    for name, kind in get_type_hints(table).items():
        if key == key_of(name):
            for candidate in (kind, *get_args(kind)):
                if isinstance(candidate, type) and issubclass(candidate, Table):
                    return candidate
    return None
