"""Catalogues: what patients read, in a language beyond Chinese and English. Pure; `config.catalogue_files` reads them.

A translation is found by the English sentence as it was written, gaps and all. Where there is none, English is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter

from nightdesk_queue.text.bilingual import Text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language. `language`: its id, `ja`; `name`: what its speakers call it, `日本語`.

    `espeak`: the voice of espeak-ng that speaks it, empty without one. `texts`: translations by English sentence.
    `readings`: how a written word is read, for a voice that cannot read it: `{番号: ばんごう}`.
    """

    language: str
    name: str
    espeak: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)

    def of(self, text: Text) -> str:
        """Return a text in this language, filled as it is, with the texts in its gaps translated, too; else English."""
        found = self._translated(text)
        return text.en if found is None else found

    def aloud(self, words: str) -> str:
        """Return words of this language as they are read; of two words with a reading the longer one counts."""
        if not self.readings:
            return words
        longest_first = sorted(self.readings, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest_first)), lambda found: self.readings[found[0]], words)

    def over(self, other: Catalogue) -> Catalogue:
        """Return this catalogue with what only the other one has."""
        return replace(
            self,
            espeak=self.espeak or other.espeak,
            texts={**other.texts, **self.texts},
            readings={**other.readings, **self.readings},
        )

    def _translated(self, text: Text) -> str | None:
        if text.source is None:
            return self.texts.get(text.en, None if _has_words(text.en) else text.en)
        written, held = text.source
        if isinstance(held, tuple):
            return self.of(written).join(self.of(part) for part in held)
        template = self._translated(written)
        if template is None:
            return None
        return template.format(
            **{name: self.of(value) if isinstance(value, Text) else value for name, value in held.items()}
        )


def missing(catalogue: Catalogue, texts: Iterable[Text]) -> list[str]:
    """Return the English sentences, as they were written, that a catalogue does not translate.

    What a text was filled with or joined from counts, too; numbers, ids and what reads the same everywhere do not.
    """
    sought = dict.fromkeys(sentence for text in texts for sentence in _written(text))
    return [sentence for sentence in sought if sentence not in catalogue.texts]


def gaps_of(sentence: str) -> frozenset[str] | None:
    """Return the gaps of a sentence with their formats, `n`, `s:.1f`; None where its braces do not close."""
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError:
        return None
    return frozenset(
        f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        for _, name, spec, conversion in parts
        if name is not None
    )


def _written(text: Text) -> Iterator[str]:
    """Yield the English sentences a text was made of."""
    if text.source is None:
        if text.zh != text.en and _has_words(text.en):
            yield text.en
        return
    written, held = text.source
    yield from _written(written)
    for part in held if isinstance(held, tuple) else held.values():
        if isinstance(part, Text):
            yield from _written(part)


def _has_words(sentence: str) -> bool:
    """Whether a sentence says anything besides its gaps: `{clinic}: {why}` does not."""
    return any(char.isalpha() for char in re.sub(r"\{[^{}]*\}", "", sentence))
