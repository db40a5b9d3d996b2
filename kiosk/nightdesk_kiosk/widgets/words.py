"""Words as large as the room they have, in the middle or from the left edge; plain and wrapped where they must be."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static

from nightdesk_kiosk.widgets.large_words import MOST_LINES, SIZES, large_words
from nightdesk_printers.layout import wrap


@dataclass(frozen=True, slots=True)
class Manner:
    """How a label is written: in so many drawn lines at most (0 draws nothing), and whether being large counts most.

    `large_first`: plain lines below it go before it is written plainly.
    """

    lines: int = MOST_LINES
    large_first: bool = False


USUAL = Manner()


def arranged(label: str, below: tuple[str, ...], columns: int, rows: int, manner: Manner = USUAL) -> list[str]:
    """Return a label, drawn large where there is room, over plain lines; those that do not fit go, the last first.

    The label itself is never cut as long as its plain words fit.
    """
    plain = wrap(label, columns, cell_len)
    ways = [len(below)] if not manner.large_first else list(range(len(below), -1, -1))
    for kept in ways:
        small = _small(below[:kept], columns)
        room = rows - len(small) - (1 if small else 0)
        if drawn := large_words(label, columns, room, manner.lines):
            return [*drawn, "", *small] if small else list(drawn)
    for kept in range(len(below), -1, -1):
        small = _small(below[:kept], columns)
        if len(plain) + len(small) <= rows:
            return [*plain, *small]
    return plain[:rows]


def _small(below: tuple[str, ...], columns: int) -> list[str]:
    return [line for text in below for line in wrap(text, columns, cell_len)]


class Words(Static):
    """A text as large as fits. `left`: from the left edge; `largest`: dots of the largest size it is drawn in."""

    DEFAULT_CSS = """
    Words { width: 1fr; height: 1fr; text-style: bold; }
    """

    def __init__(
        self,
        text: str,
        *,
        left: bool = False,
        largest: int = SIZES[0],
        lines: int = MOST_LINES,
        classes: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(text, markup=False, classes=classes, id=id)
        self._left = left
        self._largest = largest
        self._lines = lines

    @property
    def text(self) -> str:
        """What is said."""
        return str(self.content)

    def rows(self) -> list[str]:
        """Return the rows as drawn, without the space around them."""
        width, height = self.size
        drawn = large_words(self.text, width, height, self._lines, self._largest)
        return list(drawn) if drawn else wrap(self.text, width, cell_len)[:height]

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, height = self.size
        rows = self.rows()
        index = y - max(height - len(rows), 0) // 2
        text = rows[index] if 0 <= index < len(rows) else ""
        return row_of(text, max(map(cell_len, rows), default=0), width, self.rich_style, left=self._left)


def row_of(text: str, block: int, width: int, style: object, *, left: bool = False) -> Strip:
    """Return one row of a block `block` cells wide, in the middle of `width` cells or from the left edge.

    A row of plain text stands in the middle by itself.
    """
    cells = cell_len(text)
    drawn = any("\u2580" <= char <= "\u259f" for char in text)
    before = 0 if left else max((width - (block if drawn else cells)) // 2, 0)
    strip = Strip([Segment(" " * before + text, style)])  # type: ignore[arg-type]
    return strip.crop(0, width).extend_cell_length(width, style)  # type: ignore[arg-type]
