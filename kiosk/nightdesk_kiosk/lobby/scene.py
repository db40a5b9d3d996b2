"""All a page needs to know beside its state: the hospital, the language, the size, the room there is, the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nightdesk_kiosk.lobby.languages import Languages
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.text.bilingual import Text

ROOMY_ROWS, LARGE_ROWS = 17, 26
"""Rows of a page from which targets are parted by free rows, and from which there is room for large clocks."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page is drawn for. `columns` and `rows`: the room of the page without the bar below it."""

    hospital: Hospital
    kiosk: Kiosk
    languages: Languages
    language: str
    elder: bool
    columns: int
    rows: int
    now: datetime

    @property
    def roomy(self) -> bool:
        """Whether targets are parted by free rows."""
        return self.rows >= ROOMY_ROWS

    @property
    def gap(self) -> int:
        """Free rows between two targets."""
        return 1 if self.roomy else 0

    @property
    def desk(self) -> Text:
        """Where people are."""
        return self.hospital.hospital.desk

    def say(self, text: Text, **values: object) -> str:
        """Return a text in the language of the page, its gaps filled; `{desk}` is always known.

        One that was filled before, or that staff have typed, has no gaps, whatever braces stand in it.
        """
        if values or (text.source is None and "{desk}" in text.en):
            text = text.fill(desk=self.desk, **values)
        return self.languages.say(text, self.language)
