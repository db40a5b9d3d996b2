"""A word as large as the room it has, with a plain line below it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static

from nightdesk_kiosk.widgets.large_words import large_words


@dataclass(frozen=True, slots=True)
class Large:
    """A word to be drawn large, and the plain line that stands below it then."""

    word: str
    below: str


class BigText(Static):
    """A word as large as fits with a plain line below; the plain words alone where it does not fit.

    `also`: the word in the other language, below it where there is room for both. Where there is not, they take turns:
    a screen that is too low for two languages is not a screen of one.
    """

    DEFAULT_CSS = """
    BigText { width: 1fr; height: 100%; text-style: bold; content-align: left middle; padding: 0 1; }
    """

    def __init__(self, large: Large, plain: str, *, also: Large | None = None, classes: str = "") -> None:
        super().__init__(plain, markup=False, classes=classes)
        self._large = large
        self._also = also
        self._turn = 0

    def take_turn(self, turn: int) -> None:
        """Count turns: even ones are of the first word, odd ones of the other, where there is no room for both."""
        before = self.drawn()
        self._turn = turn % 2
        if self.drawn() != before:
            self.refresh()

    def drawn(self) -> list[str]:
        """Return the lines as drawn, without the space around them; none where the plain words are shown."""
        width, height = self.size.width, self.size.height - 1
        if self._also:
            first = large_words(self._large.word, width, height * 3 // 5, 2)
            second = large_words(self._also.word, width, height - len(first) - 1, 2)
            if first and second:
                return [*first, "", *second, self._large.below]
        for shown in (self._also, self._large) if self._turn else (self._large,):
            large = large_words(shown.word, width, height, 2) if shown else ()
            if shown and large:
                return [*large, shown.below]
        return []

    def render_line(self, y: int) -> Strip:
        """Draw one row; what is wider than the widget is cut at its edge."""
        lines = self.drawn()
        if not lines:
            return super().render_line(y)
        index = y - max(self.size.height - len(lines), 0) // 2
        text = lines[index] if 0 <= index < len(lines) else ""
        strip = Strip([Segment(f" {text}", self.rich_style)])
        return strip.crop(0, self.outer_size.width).extend_cell_length(self.outer_size.width, self.rich_style)
