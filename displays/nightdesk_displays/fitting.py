"""What a screen with little room says: shortened by rule, number and room always survive. Pure.

A screen is measured in columns: a Chinese character takes two, everything else one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from nightdesk_displays.state import ShownCall
from nightdesk_queue.language import Language, Text

Told = TypeVar("Told")

DIGITS = re.compile("[0-9]+")
TURN_SECONDS = 4.0
"""How long a screen shows some of the calls when there are more than it has room for."""
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


def columns(text: str) -> int:
    """Return the columns a text takes."""
    return sum(1 if char.isascii() else 2 for char in text)


def fitted(call: ShownCall, language: Language, width: int) -> str:
    """Return the longest way to say a call that fits; number and room are in each of them.

    What goes, in this order: the reason, the polite words, the name, and of the room's name what does not tell rooms
    apart: `中医1诊室`, `1诊室`, `1室`, `1`.
    """
    for text in _ways(call, language):
        if columns(text) <= width:
            return text
    room = room_in(call.room.of(language), width - columns(call.number) - 1)
    return f"{call.number} {room}".rstrip()


def shortened(call: ShownCall, language: Language, width: int) -> bool:
    """Whether a call has to be said shorter than it should be."""
    return columns(next(_ways(call, language))) > width


def _ways(call: ShownCall, language: Language) -> Iterator[str]:
    room = call.room.of(language)
    reason = REASON.of(language).format(word=call.reason.of(language)) if call.reason else ""
    long = (NUMBERED if call.label == call.number else CALL).of(language)
    yield long.format(label=call.label, room=room, reason=reason)
    yield long.format(label=call.label, room=room, reason="")
    yield SHORT.of(language).format(number=call.number, room=room)
    yield SHORTEST.of(language).format(number=call.number, room=room)


def turning(pages: Sequence[object], calls: Sequence[object], places: int) -> bool:
    """Whether a screen of so many places shows its pages and calls in turn."""
    return len(pages) + len(calls) > places


def shown_now(pages: Sequence[Told], calls: Sequence[Told], places: int, now: datetime) -> list[Told]:
    """Return what a screen of so many places shows at this moment, pages first, of each kind the newest first.

    All of them in turn where there are more than places; neither kind ever keeps the other from the screen: they share
    its places, or a single place by turns.
    """
    turn = int(now.timestamp() // TURN_SECONDS)
    if not (pages and calls and turning(pages, calls, places)):
        return _turn([*pages, *calls], places, turn)
    if places == 1:
        return _turn(pages if turn % 2 else calls, 1, turn // 2)
    kept = min(len(pages), places // 2)
    return _turn(pages, kept, turn) + _turn(calls, places - kept, turn)


def _turn(told: Sequence[Told], places: int, turn: int) -> list[Told]:
    at = turn % max(-(-len(told) // places), 1) * places
    return list(told[at : at + places])


def pieces(text: str, width: int) -> list[str]:
    """Break a text into pieces of so many columns: at a space where there is one, else between two characters."""
    found: list[str] = []
    rest = text.strip()
    while columns(rest) > width:
        # a screen narrower than one character still gets on, one character at a time
        piece = within(rest, width) or rest[0]
        before, space, _ = piece.rpartition(" ")
        cut_in_word = piece[-1].isascii() and rest[len(piece)].isascii() and rest[len(piece)] != " "
        if cut_in_word and space and before.strip():
            piece = before
        found.append(piece.rstrip())
        rest = rest[len(piece) :].lstrip()
    return [*found, rest] if rest else found


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


def encodes(text: str, charset: str) -> bool:
    """Whether a character set has all of a text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def room_in(room: str, width: int) -> str:
    """Return a room's name as it fits: whole, or by what tells it from others; never digits that name another room."""
    if columns(room) <= width:
        return room
    return next((form for form in _room_forms(room) if columns(form) <= width), "")


def last_digits(text: str) -> str:
    """Return the last group of digits of a text, which is what numbers a room; "" without one."""
    groups = DIGITS.findall(text)
    return groups[-1] if groups else ""


def _room_forms(room: str) -> Iterator[str]:
    """Yield ever shorter ways to name a room: `2号楼13诊室`, `2-13`, `13诊室`, `13室`, `13`; without digits its end."""
    groups = DIGITS.findall(room)
    if groups:
        tail = room[room.rindex(groups[-1]) + len(groups[-1]) :].strip()
        yield room[room.index(groups[0]) :]
        if len(groups) > 1:
            yield "-".join(groups)
        yield groups[-1] + tail
        yield groups[-1] + tail[-1:]
        yield groups[-1]
        return
    while room := room[1:]:
        yield room


def within(text: str, width: int) -> str:
    """Return as much of the beginning of a text as fits."""
    kept = ""
    for char in text:
        if columns(kept + char) > width:
            break
        kept += char
    return kept
