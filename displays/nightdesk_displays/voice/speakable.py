"""Words of a screen as an engine can say them: sentence by sentence, without what only eyes see. Pure.

A call is made of words for this (`words`); the words of a page were written to be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nightdesk_displays.voice.pinyin import number_text
from nightdesk_displays.voice.words import LETTER_A, digit_text
from nightdesk_queue.text.bilingual import Text

LONGEST_PROMPT = 1000
"""Characters of a page that are said; nobody listens to more."""
TO = Text(zh="到", en="to")
"""Between two numbers: 10-20."""
AT = Text(zh="{hour}点", en="{hour} o'clock")
AT_MINUTES = Text(zh="{hour}点{minute}分", en="{hour}:{minute}")
TWO = Text(zh="两", en="two")
"""How many, where there are two: 两人 and not 二人."""
AMOUNTS = Text(zh="分钟|小时|人|位|个|天|张|点", en="minutes?|people|hours?|years?|seconds?|waiting|ahead")
"""What there may be two of; before it stands a number, which is not said digit by digit."""
PLACES = Text(zh="分(?!钟)|秒|月|日|岁|楼|层|页", en="floor|page")
"""What is counted through: 二楼."""
UNITS = {"min": "minutes", "s": "seconds"}
"""English units as they are said."""

_HAN = r"\u3400-\u9fff"
_PAUSE = re.compile(r"\s*(?:[·•・|/]|[—–]+|…+|\.{3,})\s*")
_INTERVAL = re.compile(r"(?<![\d-])(0|[1-9]\d{0,2})\s*[-~～〜]\s*([1-9]\d{0,2})(?![\d-])")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_TICKET = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}[0-9]{2,}(?![A-Za-z0-9])")
_BLANKS = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}0-9])|(?<=[0-9])\s+(?=[{_HAN}])")
_AMOUNT = re.compile(rf"(?<![0-9A-Z])([0-9]{{1,3}})(?={AMOUNTS.zh})")
_PLACE = re.compile(rf"(?<![0-9A-Z])([0-9]{{1,3}})(?={PLACES.zh})")
_UNIT = re.compile(rf"(?<=[0-9] )({'|'.join(UNITS)})\b")
_LONG_NUMBER = re.compile(rf"(?<![0-9:])[0-9]{{3,}}(?![0-9:]| (?:{AMOUNTS.en})\b)")
_ENDS = re.compile(r"(?<=[。！？；!?;])|(?<=\.)\s")
_LATIN_WORD = r"(?<![A-Za-z])[A-Za-z]*[a-z][A-Za-z]+"
_LATIN_WORDS = rf"{_LATIN_WORD}(?:['’ ,.0-9-]+{_LATIN_WORD})*(?: [0-9]+)?"
_HAN_WORDS = rf"[{_HAN}](?:[{_HAN}0-9，、]*[{_HAN}])?"


def sentences(words: str, language: str) -> list[str]:
    """Return words of a language as sentences to be said: lines and sentences part, and what is no word is dropped."""
    lines = [_as_spoken(_sayable(line), language) for line in words[:LONGEST_PROMPT].splitlines()]
    said = [one.strip(" ,") for line in lines for one in _ENDS.split(line)]
    return [one for one in said if _says_something(one)]


def by_language(sentence: str, language: str) -> list[tuple[str, str]]:
    """Return a sentence as parts, each behind the language whose voice can read it.

    Chinese in any other language, and English words among letters that are not Latin, as the name of a clinic may stand
    there: a voice spells what is not of its script.
    """
    parts = [(language, sentence)]
    if language != "zh":
        parts = [piece for part in parts for piece in _parted(part, language, "zh", _HAN_WORDS)]
    if language != "en" and any(_is_of_another_script(char) for char in sentence):
        parts = [piece for part in parts for piece in _parted(part, language, "en", _LATIN_WORDS)]
    return [(own, text.strip(" ,")) for own, text in parts if _says_something(text)]


def _parted(part: tuple[str, str], language: str, other: str, pattern: str) -> Iterator[tuple[str, str]]:
    """Yield a part of a sentence in `language`, and what of it matches as parts of another language."""
    own, text = part
    if own != language:
        yield part
        return
    at = 0
    for found in re.finditer(pattern, text):
        yield own, text[at : found.start()]
        yield other, found[0]
        at = found.end()
    yield own, text[at:]


def _is_of_another_script(char: str) -> bool:
    return char.isalpha() and not unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH LATIN"))


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _sayable(line: str) -> str:
    """Return a line without frames, arrows, pictures, markup and control characters; a dot in between is a pause."""
    kept = "".join(char if _is_said(char) else " " for char in _PAUSE.sub(", ", line))
    return " ".join(kept.split())


def _is_said(char: str) -> bool:
    """Whether a character is a letter, a digit, a blank, a currency, or punctuation that no engine obeys."""
    kind = unicodedata.category(char)
    return kind[0] in "LMNZ" or kind == "Sc" or char in "+~～" or (kind[0] == "P" and char not in "[]{}_*#@\\&")


def _as_spoken(text: str, language: str) -> str:
    """Return a text with times, intervals, counts, ticket numbers and long numbers as they are said."""
    spelled = _TICKET.sub(lambda found: _spelled(found[0], language), text)
    if language == "zh":
        return _in_chinese(spelled)
    return _in_english(spelled) if language == "en" else spelled


def _in_chinese(text: str) -> str:
    text = _INTERVAL.sub(rf"\1{TO.zh}\2", _BLANKS.sub("", text))
    text = _PLACE.sub(lambda found: number_text(int(found[1])), _TIME.sub(_time, text))
    # the first of two amounts counts the same things: 2到5人
    text = re.sub(rf"(?<![0-9A-Z])([0-9]{{1,3}})(?={TO.zh}[0-9]{{1,3}}(?:{AMOUNTS.zh}))", _how_many, text)
    return _AMOUNT.sub(_how_many, text)


def _in_english(text: str) -> str:
    text = _UNIT.sub(lambda found: UNITS[found[0]], _INTERVAL.sub(rf"\1 {TO.en} \2", text))
    return _LONG_NUMBER.sub(lambda found: " ".join(digit_text(digit, "en") for digit in found[0]), text)


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if minute == 0:
        return AT.fill(hour=_two(hour)).zh
    zero = digit_text("0", "zh") if minute < 10 else ""
    return AT_MINUTES.fill(hour=_two(hour), minute=f"{zero}{number_text(minute)}").zh


def _how_many(found: re.Match[str]) -> str:
    return _two(int(found[1]))


def _two(number: int) -> str:
    return TWO.zh if number == 2 else number_text(number)


def _spelled(ticket: str, language: str) -> str:
    """Return a ticket number character by character; espeak-ng must not take its A for the article."""
    return " ".join(LETTER_A if char == "A" and language == "en" else char for char in ticket)
