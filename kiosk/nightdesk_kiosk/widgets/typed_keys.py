"""Keys as they were meant, whatever input method is on: `Ｎ` is `N`, `１` is `1`; and whether one is on."""

from __future__ import annotations

import unicodedata

from textual.events import Key
from textual.keys import KEY_NAME_REPLACEMENTS, _character_to_key

from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised

INPUT_METHOD = Text(
    zh="输入法开着，按键没有用：请切换到英文",
    en="An input method is on and takes the keys: switch it to English",
)


def as_meant(key: Key) -> None:
    """Make of a key with a full-width character the key with the plain one."""
    if key.character is None or key.character.isascii():
        return
    # the ideographic space becomes a space, which is all that `normalised` takes away
    plain = normalised(key.character) or " "
    if len(plain) == 1 and plain.isascii():
        name = plain if plain.isalnum() else _character_to_key(plain)
        key.key, key.character = KEY_NAME_REPLACEMENTS.get(name, name), plain


def of_input_method(key: Key) -> bool:
    """Whether a key is a character that only an input method writes: Chinese, and what is written like it."""
    char = key.character or ""
    return len(char) == 1 and unicodedata.category(char) == "Lo" and unicodedata.east_asian_width(char) in "WF"


def digit_of(key: Key) -> int | None:
    """Return the digit of a key, None for any other. Digits of other scripts are nobody's answer here."""
    return int(key.key) if len(key.key) == 1 and key.key in "0123456789" else None


def digit_for(place: int) -> int | None:
    """Return the digit that picks the answer at a place, counted from 1; from the tenth on there is none."""
    return place if place < 10 else None
