"""The command palette of the console: every step by its words in both languages."""

from __future__ import annotations

from collections.abc import Callable

from textual.command import DiscoveryHit, Hit, Hits, Provider, ProviderSource

from nightdesk_kiosk.console.step_help import HELP
from nightdesk_kiosk.console.steps import KEYS, Key, Step
from nightdesk_queue.text.bilingual import Language

Do = Callable[[Step], None]


def provider_of(do: Do, language: Language) -> ProviderSource:
    """Return a provider whose answers do a step of one console."""

    class Steps(Provider):
        """The steps."""

        async def discover(self) -> Hits:
            """Offer every step before anything is typed."""
            for key in KEYS:
                yield DiscoveryHit(
                    _words(key, language), lambda step=key.step: do(step), help=HELP[key.step].of(language)
                )

        async def search(self, query: str) -> Hits:
            """Offer the steps whose words in either language fit."""
            matcher = self.matcher(query)
            for key in KEYS:
                texts = (key.label.en, key.label.zh, HELP[key.step].en, HELP[key.step].zh)
                if (score := max(matcher.match(text) for text in texts)) > 0:
                    yield Hit(
                        score, _words(key, language), lambda step=key.step: do(step), help=HELP[key.step].of(language)
                    )

    return [Steps]


def _words(key: Key, language: Language) -> str:
    return f"{key.written}  {key.label.of(language)}"
