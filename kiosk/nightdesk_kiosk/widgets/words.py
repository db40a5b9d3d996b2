"""Words as large as the room they have, in the middle or from the left edge; plain and wrapped where they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len

from nightdesk_kiosk.widgets.drawn import Drawn
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


@lru_cache(maxsize=1024)
def arranged(label: str, below: tuple[str, ...], columns: int, rows: int, manner: Manner = USUAL) -> tuple[str, ...]:
    """Return a label, drawn large where there is room, over plain lines; those that do not fit go, the last first.

    The label itself is never cut as long as its plain words fit.
    """
    written = plain(label, columns)
    ways = [len(below)] if not manner.large_first else list(range(len(below), -1, -1))
    for kept in ways:
        small = _small(below[:kept], columns)
        room = rows - len(small) - (1 if small else 0)
        if drawn := large_words(label, columns, room, manner.lines):
            return (*drawn, "", *small) if small else drawn
    for kept in range(len(below), -1, -1):
        small = _small(below[:kept], columns)
        if len(written) + len(small) <= rows:
            return (*written, *small)
    return written[:rows]


@lru_cache(maxsize=1024)
def plain(text: str, columns: int) -> tuple[str, ...]:
    """Return a text in lines of so many columns."""
    return tuple(wrap(text, columns, cell_len))


def _small(below: tuple[str, ...], columns: int) -> list[str]:
    return [line for text in below for line in plain(text, columns)]


class Words(Drawn):
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
        self.at_left = left
        self._largest = largest
        self._lines = lines

    @property
    def text(self) -> str:
        """What is said."""
        return str(self.content)

    def rows(self) -> Sequence[str]:
        """Return the rows as drawn, without the space around them."""
        width, height = self.size
        return large_words(self.text, width, height, self._lines, self._largest) or plain(self.text, width)[:height]
