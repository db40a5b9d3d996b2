"""A widget that makes its rows itself, as block characters or as plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from nightdesk_queue.text.dot_matrix import is_drawn

if TYPE_CHECKING:
    from rich.style import Style


class Drawn(Static):
    """Rows in the middle of the room there is, or from the left edge (`at_left`).

    Drawn rows belong together and are shifted as one block; a row of plain words stands in the middle by itself.
    """

    at_left = False

    def rows(self) -> Sequence[str]:
        """Return the rows without the space around them."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is to be seen. The rows are made once for all lines of a picture, and so is their style."""
        self._rows = self.rows()
        self._block = max((cell_len(row) for row in self._rows if is_drawn(row)), default=0)
        self._style = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        index = y - max(self.size.height - len(self._rows), 0) // 2
        text = self._rows[index] if 0 <= index < len(self._rows) else ""
        return _strip(text, self._block, self.size.width, self._style, at_left=self.at_left)


def _strip(text: str, block: int, width: int, style: Style, *, at_left: bool) -> Strip:
    cells = cell_len(text)
    before = 0 if at_left else max((width - (block if is_drawn(text) else cells)) // 2, 0)
    strip = Strip([Segment(" " * before + text, style)], before + cells)
    return strip.adjust_cell_length(width, style)
