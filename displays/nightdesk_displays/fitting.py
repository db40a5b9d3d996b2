"""What a screen with little room says: shortened by rule, broken between words, number and room always whole. Pure.

A screen is measured in columns: a Chinese character takes two, everything else one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from nightdesk_displays.room_names import forms
from nightdesk_displays.screen_state import ShownCall
from nightdesk_queue.text.bilingual import Language, Text

CALL = Text(zh="请{label}到{room}{reason}", en="{label} to {room}{reason}")
NUMBERED = Text(zh="请{label}号到{room}{reason}", en="{label} to {room}{reason}")
SHORT = Text(zh="{number}到{room}", en="{number} {room}")
SHORTEST = Text(zh="{number} {room}", en="{number} {room}")
NEXT = (
    Text(zh="请准备 {numbers}", en="Next {numbers}"),
    Text(zh="候诊{numbers}", en="Next {numbers}"),
    Text(zh="候{numbers}", en="Next {numbers}"),
)
"""What stands before the numbers that follow, the longest first."""
REASON = Text(zh="({word})", en=" ({word})")
_ATOM = re.compile(r"\s+|[!-,.-~０-９Ａ-Ｚａ-ｚ〇零一二三四五六七八九十百千廿卅]+-?|.", re.DOTALL)
"""What is never broken: a word or number, in Latin or Chinese digits; behind a hyphen it goes on."""


def columns(text: str) -> int:
    """Return the columns a text takes."""
    return sum(1 if char.isascii() else 2 for char in text)


def ways(call: ShownCall, language: Language, ambiguous: Collection[str] = ()) -> Iterator[str]:
    """Yield how a call may be said, the best first; number and room are in each.

    What goes, in this order: the reason, the polite words, the name, and of the room's name what does not tell it from
    the others (`ambiguous`, see `naming`): `2号楼13诊室`, `2-13室`, `2-13`.
    """
    room = call.room.of(language)
    reason = REASON.of(language).format(word=call.reason.of(language)) if call.reason else ""
    long = (NUMBERED if call.label == call.number else CALL).of(language)
    yield long.format(label=call.label, room=room, reason=reason)
    yield long.format(label=call.label, room=room, reason="")
    yield SHORT.of(language).format(number=call.number, room=room)
    for form in forms_of(room, ambiguous):
        yield SHORTEST.of(language).format(number=call.number, room=form)


def forms_of(room: str, ambiguous: Collection[str]) -> list[str]:
    """Return the ways to name a room that name no other: the whole name is always one."""
    return [form for form in forms(room) if form == room or form not in ambiguous]


def fits(text: str, width: int, lines: int) -> bool:
    """Whether a text has room on so many lines with no word or number broken."""
    return all(columns(atom) <= width for atom in _ATOM.findall(text)) and len(pieces(text, width)) <= lines


def pieces(text: str, width: int) -> list[str]:
    """Break a text into lines of so many columns, between words; only what is wider than a line is broken itself."""
    lines = [""]
    for atom in _ATOM.findall(text.strip()):
        if columns(lines[-1] + atom) <= width:
            lines[-1] += atom
            continue
        if not atom.isspace():
            lines += _parts(atom, width)
        elif lines[-1]:
            lines.append("")
    return [line.strip() for line in lines if line.strip()]


def _parts(atom: str, width: int) -> list[str]:
    parts = [""]
    for char in atom:
        if parts[-1] and columns(parts[-1] + char) > width:
            parts.append("")
        parts[-1] += char
    return parts


def flows(text: str, width: int) -> bool:
    """Whether a sign that breaks lines by itself, at any character, would break a text as we do."""
    return _parts(text, width) == pieces(text, width)


def next_line(numbers: Sequence[str], language: Language, width: int) -> str:
    """Return who is next in whole numbers, as many as fit behind the longest words that leave room for one; else "".

    Never a number alone: it would be taken for a call.
    """
    for words in NEXT:
        for count in range(len(numbers), 0, -1):
            text = words.of(language).format(numbers=" ".join(numbers[:count]))
            if columns(text) <= width:
                return text
    return ""
