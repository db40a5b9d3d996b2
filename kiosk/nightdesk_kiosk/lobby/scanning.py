"""Keys of a keyboard that may come from a scanner: a code is typed very fast and ends with Enter. Pure."""

from __future__ import annotations

from nightdesk_kiosk.lobby.states import LONGEST_ENTRY

LONGEST = 64
"""Characters of a code; ours has eighteen."""
PAUSE_SECONDS = 0.35
"""A scanner pauses less between two characters; after a longer pause they were typed by hand."""
LEAST = 2
"""Characters of a code; one with Enter behind it is a key that somebody pressed."""


class ScannedKeys:
    """Characters until it is known whether a scanner or a person typed them."""

    def __init__(self) -> None:
        self._typed = ""
        self._last = float("-inf")

    def add(self, character: str, now: float) -> None:
        """Take a character."""
        if now - self._last > PAUSE_SECONDS:
            self._typed = ""
        self._typed = (self._typed + character)[:LONGEST]
        self._last = now

    def code(self, now: float) -> str | None:
        """Return what was typed before Enter, if it can be a code; nothing is kept."""
        typed, self._typed = self._typed, ""
        return typed if len(typed) >= LEAST and now - self._last <= PAUSE_SECONDS else None

    def by_hand(self, now: float) -> str:
        """Return what was typed by hand: no Enter has followed; nothing is kept."""
        if not self._typed or now - self._last <= PAUSE_SECONDS:
            return ""
        typed, self._typed = self._typed, ""
        return typed[:LONGEST_ENTRY]
