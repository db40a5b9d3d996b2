"""Texts in the hospital's two languages.

Whatever a person may read is a `Text`, so no sentence can exist in one language only. A text that was filled or joined
knows what it was made of: a catalogue of another language translates that (`catalogues`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in Chinese and in English, with `{named}` gaps to fill.

    `source`: what it was made of, None where it stands as it was written; two texts that read the same are equal
    whatever they were made of.
    """

    zh: str
    en: str
    source: Source | None = field(default=None, compare=False, repr=False)

    def of(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """Fill the gaps; a value that is itself a Text is put in by its language."""
        return Text(self.zh.format(**_in("zh", values)), self.en.format(**_in("en", values)), (self, values))


Source: TypeAlias = tuple[Text, Mapping[str, object] | tuple[Text, ...]]
"""A text with gaps and what they were filled with, or what stands between the parts of a list and the parts."""


def _in(language: Language, values: dict[str, object]) -> dict[str, object]:
    return {key: value.of(language) if isinstance(value, Text) else value for key, value in values.items()}


def same(text: str) -> Text:
    """Return a Text that reads the same in both languages: a number, a name, an id."""
    return Text(zh=text, en=text)


def joined(texts: list[Text], zh: str = "、", en: str = ", ") -> Text:
    """Join several texts into one list, with each language's own comma."""
    parts = tuple(texts)
    return Text(zh.join(text.zh for text in parts), en.join(text.en for text in parts), (_between(zh, en), parts))


@lru_cache(maxsize=16)
def _between(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)
