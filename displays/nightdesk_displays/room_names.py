"""How a room is named in little room: what tells it from another never goes. Pure.

A room's *marks* are its numbers and letters: `2` and `13` of 2号楼13诊室, `A` and `3` of A区3诊室, `十二` of 十二诊室,
`12B` of Room 12B. Each shorter form keeps all of them, and a form that two rooms share is used for neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator

from nightdesk_queue.text.bilingual import Text

_CHINESE_MARKS = re.compile(
    "[0-9A-Za-z０-９Ａ-Ｚａ-ｚⅠ-ⅿ①-⑳]+|[〇零一二三四五六七八九十百千万两廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟]+"
)
_ENGLISH_MARKS = re.compile(r"[A-Z]*[0-9]+(?:[A-Za-z](?![A-Za-z]))?|\b[A-Z]{1,3}\b|(?<=-)[a-z](?![A-Za-z])")
_CHINESE_TAIL = re.compile("[\u4e00-\u9fff]+")
_NUMBERED = re.compile(r"(?:room|counter|window|bed|clinic|no\.?)\s*#?([0-9]+)", re.IGNORECASE)
_DIGITS = re.compile("[0-9]+")
_UNITS = {10, 100, 1000, 10000}


def forms(name: str) -> Iterator[str]:
    """Yield ever shorter ways to name a room: `中医1诊室`, `中医1室`, `1诊室`, `1室`, `1`; without marks the whole."""
    yield name
    marks = list(_marks(name))
    if not marks:
        return
    joined = "-".join(mark.group() for mark in marks)
    tail = name[marks[-1].end() :]
    chinese = bool(_CHINESE_TAIL.fullmatch(tail))
    if chinese:
        yield name[: marks[-1].end()] + tail[-1:]
    if not name.isascii():
        yield name[marks[0].start() :]
    elif len(marks) == 1 and (before := name[: marks[0].start()].split()):
        yield f"{before[-1]} {joined}"
    if chinese:
        yield joined + tail
        yield joined + tail[-1:]
    yield joined


def ambiguous(names: Collection[str]) -> frozenset[str]:
    """Return the shorter forms that more than one of these rooms would have."""
    distinct = set(names)
    counted = Counter(form for name in distinct for form in set(forms(name)))
    return frozenset(form for form, count in counted.items() if count > 1)


def in_ascii(room: Text) -> str:
    """Return a room's English name for a device that knows ASCII alone; where that has other characters its marks."""
    name = unicodedata.normalize("NFKC", room.en)
    if name.isascii():
        return name
    marks = list(_marks(room.en)) or list(_marks(room.zh))
    return "-".join(_arabic(mark.group()) for mark in marks) or "?"


def number_of(room: Text) -> str:
    """Return the digits a room is numbered by, for a field of digits: behind `Room` and its like, else the last."""
    name = in_ascii(room)
    found = _NUMBERED.findall(name)
    return found[-1] if found else last_digits(name)


def last_digits(text: str) -> str:
    """Return the last group of digits of a text; "" without one."""
    groups = _DIGITS.findall(text)
    return groups[-1] if groups else ""


def marks_of(room: Text) -> list[str]:
    """Return the marks of a room's name as `in_ascii` has it."""
    return [mark.group() for mark in _marks(in_ascii(room))]


def _marks(name: str) -> Iterator[re.Match[str]]:
    return (_ENGLISH_MARKS if name.isascii() else _CHINESE_MARKS).finditer(name)


def _arabic(mark: str) -> str:
    """Return a mark in ASCII: `１２` and `十二` are `12`, `廿一` is `21`."""
    folded = unicodedata.normalize("NFKC", mark)
    if folded.isascii():
        return folded
    values = [int(unicodedata.numeric(char)) for char in mark]
    if all(value < min(_UNITS) for value in values):
        return "".join(str(value) for value in values)
    total = digit = 0
    for value in values:
        if value in _UNITS:
            # a unit without a digit before it counts once: 十二 is 12
            total, digit = total + value * (digit or 1), 0
        elif value > min(_UNITS):
            total, digit = total + value, 0
        else:
            digit = value
    return str(total + digit)
