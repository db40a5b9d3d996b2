"""What a screen with little room says: shortened by rule, number and room always survive. Pure.

A screen is measured in columns: a Chinese character takes two, everything else one.
"""

from __future__ import annotations

from collections.abc import Iterator

from nightdesk_displays.state import ShownCall
from nightdesk_queue.language import Language, Text

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

    What goes, in this order: the reason, the polite words, the name, the beginning of the room's name (its end tells
    rooms apart).
    """
    for text in _ways(call, language):
        if columns(text) <= width:
            return text
    room = call.room.of(language)
    while room and columns(f"{call.number} {room}") > width:
        room = room[1:]
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


def within(text: str, width: int) -> str:
    """Return as much of the beginning of a text as fits."""
    kept = ""
    for char in text:
        if columns(kept + char) > width:
            break
        kept += char
    return kept
