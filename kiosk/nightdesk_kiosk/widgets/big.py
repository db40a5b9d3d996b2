"""Large numbers that grow with the room they are given."""

from __future__ import annotations

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from nightdesk_queue.text.dot_matrix import big, scale_to_fit


class Big(Widget):
    """Digits and capitals as large as fit, in the middle; plain text where not even the smallest size does."""

    DEFAULT_CSS = "Big { width: 1fr; height: 1fr; }"

    value: reactive[str] = reactive("")
    """What is shown."""

    def __init__(self, value: str = "", *, largest: int = 8, classes: str = "", id: str | None = None) -> None:
        super().__init__(classes=classes, id=id)
        self.largest = largest
        self.set_reactive(Big.value, value)

    def drawn(self) -> list[str]:
        """Return the lines as drawn, without the space around them."""
        if not self.value:
            return []
        scale = scale_to_fit(self.value, self.size.width, self.size.height, self.largest)
        return big(self.value, scale) if scale else [self.value]

    def render_line(self, y: int) -> Strip:
        """Draw one row; line by line, because text renderers strip the spaces that make the digits."""
        lines = self.drawn()
        index = y - max(self.size.height - len(lines), 0) // 2
        text = lines[index] if 0 <= index < len(lines) else ""
        return Strip([Segment(text.center(self.size.width), self.rich_style)], self.size.width)
