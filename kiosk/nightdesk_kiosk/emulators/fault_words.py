"""Virtual devices without a terminal: faults are made and fixed by words, one a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Event

import click

from nightdesk_kiosk.ui_language import say
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised

COMMANDS = Text(
    zh="命令(每行一个)：{names}；前面加 - 恢复；mend 全部恢复；quit 退出",
    en="commands, one a line: {names}; with - before it to fix it; mend fixes all; quit",
)
NOT_UNDERSTOOD = Text(zh="不认识 {word}", en="{word} is not understood")


@dataclass(frozen=True, slots=True)
class Breakable:
    """A device that can be broken: the names of its faults, how to make one, how to fix one, or all (None)."""

    names: Sequence[str]
    break_: Callable[[str], object]
    mend: Callable[[str | None], object]

    def explain(self) -> None:
        """Say on standard error which words there are."""
        click.echo(say(COMMANDS.fill(names=", ".join(self.names))), err=True)

    def obey_all(self, words: Iterable[str], stop: Event) -> None:
        """Obey each line until they end or one says `quit`, which sets `stop`."""
        for line in words:
            word = normalised(line).lower()
            if word == "quit":
                stop.set()
                return
            if word:
                self.obey(word)

    def obey(self, word: str) -> None:
        """Make a fault (`cover`), fix it (`-cover`) or fix all (`mend`)."""
        name = word.removeprefix("-").replace(" ", "_")
        if word == "mend":
            self.mend(None)
        elif name not in self.names:
            click.echo(say(NOT_UNDERSTOOD.fill(word=word)), err=True)
        elif word.startswith("-"):
            self.mend(name)
        else:
            self.break_(name)
