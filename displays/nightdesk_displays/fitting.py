"""What a screen with little room says: shortened by rule, number and room always survive. Pure.

A screen is measured in columns: a Chinese character takes two, everything else one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from nightdesk_displays.state import ShownCall
from nightdesk_queue.language import Language, Text

DIGITS = re.compile("[0-9]+")
TURN_SECONDS = 4.0
"""How long a screen shows some of the calls when there are more than it has room for."""
CALL = Text(zh="请{label}到{room}{reason}", en="{label} to {room}{reason}")
NUMBERED = Text(zh="请{label}号到{room}{reason}", en="{label} to {room}{reason}")
SHORT = Text(zh="{number}到{room}", en="{number} {room}")
SHORTEST = Text(zh="{number} {room}", en="{number} {room}")
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


def page_of(calls: Sequence[ShownCall], capacity: int, now: datetime) -> Sequence[ShownCall]:
    """Return the calls that a screen of so many shows at this moment: all of them in turn, the newest first."""
    pages = max(-(-len(calls) // capacity), 1)
    page = int(now.timestamp() // TURN_SECONDS) % pages
    return calls[page * capacity : (page + 1) * capacity]


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
