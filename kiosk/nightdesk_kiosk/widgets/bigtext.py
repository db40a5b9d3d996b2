"""Words as large as the room they have: Chinese and Latin drawn from this machine's fonts with half blocks.

Where no font has the characters, or not even the smallest size fits, they are shown as plain text.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static

from nightdesk_printers.fonts import Fonts, find_fonts
from nightdesk_queue.text.dot_matrix import half_blocks

SIZES = (48, 32, 24, 20, 16, 14, 12)
"""Heights in dots, two of them a row; below twelve Chinese cannot be read."""
INK = 128


class BigText(Static):
    """A word as large as fits with a plain line below; the plain words alone where it does not fit."""

    DEFAULT_CSS = """
    BigText { width: 1fr; height: 100%; text-style: bold; content-align: left middle; padding: 0 1; }
    """

    def __init__(self, large: str, below: str, plain: str, *, classes: str = "") -> None:
        super().__init__(plain, markup=False, classes=classes)
        self._large = large
        self._below = below

    def drawn(self) -> list[str]:
        """Return the lines as drawn, without the space around them; none where the plain words are shown."""
        large = _drawn(self._large, self.size.width, self.size.height - 1)
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


@lru_cache(maxsize=1)
def _fonts() -> Fonts:
    return find_fonts()


@lru_cache(maxsize=256)
def _drawn(text: str, columns: int, rows: int) -> list[str]:
    """Return a text in the largest size that fits; nothing where none does."""
    fonts = _fonts()
    if fonts.chinese is not None and text and not fonts.missing(text):
        for size in SIZES:
            if size + size // 4 <= 2 * rows and fonts.width(text, size) + 1 <= columns:
                image = fonts.draw(text, size).convert("L")
                ink, width = image.tobytes(), image.width
                return half_blocks([[dot < INK for dot in ink[at : at + width]] for at in range(0, len(ink), width)])
    return []
