"""Texts in the hospital's two languages.

Whatever a person may read is a `Text`, so no sentence can exist in one language only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in Chinese and in English, with `{named}` gaps to fill."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """Fill the gaps; a value that is itself a Text is put in by its language."""
        return Text(zh=self.zh.format(**_in("zh", values)), en=self.en.format(**_in("en", values)))


def _in(language: Language, values: dict[str, object]) -> dict[str, object]:
    return {key: value.of(language) if isinstance(value, Text) else value for key, value in values.items()}


def same(text: str) -> Text:
    """Return a Text that reads the same in both languages: a number, a name, an id."""
    return Text(zh=text, en=text)


def joined(texts: list[Text], zh: str = "、", en: str = ", ") -> Text:
    """Join several texts into one list, with each language's own comma."""
    return Text(zh=zh.join(text.zh for text in texts), en=en.join(text.en for text in texts))
