"""Which of the two languages this process speaks to whoever started it."""

from __future__ import annotations

import os
import re
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
    """Return the language asked for by `--lang`, NIGHTDESK_LANG or the locale; English where none says Chinese.

    It is needed before the command line is parsed, because the parser's own complaints are in it.
    """
    asked = _asked(arguments)
    if asked:
        return asked
    # the order in which POSIX looks for the language of messages; an empty variable counts as none
    for name in ("NIGHTDESK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if _is_chinese(value) else "en"
    return "en"


def _asked(arguments: Sequence[str]) -> Language | None:
    """Return the value of the last `--lang` that names a language, as the parser will; behind `--` is no option."""
    asked: Language | None = None
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        option, is_joined, value = argument.partition("=")
        if option != "--lang":
            continue
        if not is_joined:
            value = next(iter(arguments[index + 1 : index + 2]), "")
        asked = next((language for language in LANGUAGES if value == language), asked)
    return asked


def _is_chinese(locale: str) -> bool:
    """Return whether a locale such as `zh_CN.UTF-8` or a tag such as `zh-Hans` is one of the language zh."""
    return re.match(r"zh(?![a-z])", locale, re.IGNORECASE) is not None
