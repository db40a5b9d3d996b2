"""Which of the two languages this process speaks to whoever started it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from nightdesk_queue.text.bilingual import LANGUAGES, Language, Text


class Speech:
    """The process's language; the lobby has its own, chosen by each patient."""

    language: Language = "en"

    def say(self, text: Text) -> str:
        """Return a text in the process's language."""
        return text.of(self.language)


speech = Speech()
say = speech.say


def choose_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language asked for by `--lang`, NIGHTDESK_LANG or the locale; English where none says Chinese."""
    for index, argument in enumerate(arguments):
        asked = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and index + 1 < len(arguments):
            asked = arguments[index + 1]
        for language in LANGUAGES:
            if asked == language:
                return language
    for name in ("NIGHTDESK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"
