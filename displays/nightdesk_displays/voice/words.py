"""What a call says, or a page of the doctor on call, word by word, in each language. Pure.

Numbers are read digit by digit. A word is a key (`please`, `0`, `A`, `room:tcm-1`) by which a recorded clip is
found, and the text that a speech engine says in its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nightdesk_queue.text.bilingual import Language, Text

PLEASE = Text(zh="请", en="Number")
NUMBER_END = Text(zh="号", en="number")
"""Behind the number, in Chinese only."""
GO_TO = Text(zh="到", en="please go to")
DOCTOR = Text(zh="请值班医生到", en="Doctor on call, please come to")
LETTER_A = "[[eI]]"
"""The letter in espeak-ng's phonemes."""
_DIGITS = Text(zh="零 一 二 三 四 五 六 七 八 九", en="zero one two three four five six seven eight nine")
SOMEBODY = Text(zh="某", en="somebody")
"""How the hidden middle of a name is read."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call to be spoken: the number, the room's id and name, and a masked name where the clinic says names.

    `whole_name`: what the masked name was made of, so that it is read as the name is; nothing else of it is said.
    """

    number: str
    room: str
    room_name: Text
    name: str | None = None
    whole_name: str | None = None


@dataclass(frozen=True, slots=True)
class SpokenPage:
    """The doctor on call is wanted in a clinic. No number is said: its patient would take it for a call."""

    clinic: str
    clinic_name: Text


@dataclass(frozen=True, slots=True)
class Word:
    """One word: the key of its clip, and its text."""

    key: str
    text: str


def words_of(call: Spoken | SpokenPage, language: Language) -> list[Word]:
    """Return what a call says: please, name, number digit by digit, where to; or a page: who, and where to."""
    if isinstance(call, SpokenPage):
        return [
            Word("doctor", DOCTOR.of(language)),
            Word(f"clinic:{call.clinic}", call.clinic_name.of(language)),
        ]
    words = [Word("please", PLEASE.of(language))]
    if call.name and language == "zh":
        words.append(Word(f"name:{call.name}", call.name.replace("*", SOMEBODY.zh)))
    words += [Word(char, digit_text(char, language)) for char in call.number if char.isalnum()]
    if language == "zh":
        words.append(Word("number", NUMBER_END.zh))
    words.append(Word("go_to", GO_TO.of(language)))
    room = call.room_name.of(language)
    words.append(Word(f"room:{call.room}", room if language == "zh" else _spelled(room)))
    return words


def digit_text(char: str, language: Language) -> str:
    """Return how one character of a number is read; letters are read as letters."""
    return _DIGITS.of(language).split()[int(char)] if char.isdecimal() else char.upper()


def _spelled(name: str) -> str:
    """Return a room's English name with long numbers digit by digit: people ask for Room three zero two."""
    spelled = re.sub(r"[0-9]{3,}", lambda found: f" {' '.join(digit_text(digit, 'en') for digit in found[0])} ", name)
    return " ".join(spelled.split())


def sentence(words: Sequence[Word], language: Language) -> str:
    """Return the words as a text for espeak-ng, in which it does not take the letter A for the article."""
    if language == "zh":
        return "".join(word.text for word in words)
    return " ".join(LETTER_A if word.key == "A" else word.text for word in words)
