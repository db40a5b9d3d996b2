"""A word as large as the room it has, with a plain line below it."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static

from nightdesk_kiosk.widgets.large_words import large_words


class BigText(Static):
    """A word as large as fits with a plain line below; the plain words alone where it does not fit.

    `also`: another word, as large as fits between them, where there is room for both.
    """

    DEFAULT_CSS = """
    BigText { width: 1fr; height: 100%; text-style: bold; content-align: left middle; padding: 0 1; }
    """

    def __init__(self, large: str, below: str, plain: str, *, also: str = "", classes: str = "") -> None:
        super().__init__(plain, markup=False, classes=classes)
        self._large = large
        self._also = also
        self._below = below

    def drawn(self) -> list[str]:
        """Return the lines as drawn, without the space around them; none where the plain words are shown."""
        width, height = self.size.width, self.size.height - 1
        if self._also:
            first = large_words(self._large, width, height * 3 // 5, 2)
            second = large_words(self._also, width, height - len(first) - 1, 2)
            if first and second:
                return [*first, "", *second, self._below]
        large = large_words(self._large, width, height, 2)
        return [*large, self._below] if large else []

    def render_line(self, y: int) -> Strip:
        """Draw one row; what is wider than the widget is cut at its edge."""
        lines = self.drawn()
        if not lines:
            return super().render_line(y)
        index = y - max(self.size.height - len(lines), 0) // 2
        text = lines[index] if 0 <= index < len(lines) else ""
        strip = Strip([Segment(f" {text}", self.rich_style)])
        return strip.crop(0, self.outer_size.width).extend_cell_length(self.outer_size.width, self.rich_style)
