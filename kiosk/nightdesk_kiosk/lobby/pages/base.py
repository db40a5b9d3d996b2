"""What all pages of the lobby have in common: a line at the top with a title and the way back, and rows of targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import GoBack, Tapped
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.large_words import large_words
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.text.bilingual import Text

TOP_ROWS = 3
BACK_COLUMNS = 16
ONE_BACK = GoBack()
GUTTER = 2
"""Free columns between two targets."""
TOP_ROWS_LARGE = 6
"""Of a title that is drawn."""
LARGEST_TITLE = 14
ROWS_FOR_TITLE = 24
"""Rows of a page from which there is room for a drawn title."""


class Page(Vertical):
    """One page in one language and one size. A new one is made for every change of page, language or size."""

    DEFAULT_CSS = """
    Page { width: 1fr; height: 1fr; padding: 0 1; layer: below; }
    Page .top { width: 1fr; }
    Page .top Words { padding: 0 1; }
    Page .row { width: 1fr; height: 1fr; }
    Page .row Target { width: 1fr; height: 100%; }
    Page .line { width: 1fr; height: auto; text-align: center; text-style: bold; }
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene
        self.top_rows = TOP_ROWS
        """Rows of the line at the top."""

    def say(self, text: Text, **values: object) -> str:
        """Return a text in the page's language."""
        return self.scene.say(text, **values)

    @property
    def spoken(self) -> str:
        """What the page says aloud in the large mode: the words of all that is on it, from the top."""
        said = [str(child.content) for child in self.query(Static) if child.display and str(child.content).strip()]
        return ". ".join(" ".join(one.split()) for one in said)

    @property
    def room(self) -> int:
        """Rows below the line at the top, once that is made."""
        return self.scene.rows - self.top_rows - self.scene.gap

    def _top_rows(self, title: str, targets: int) -> int:
        """Return how high the line at the top is: as high as a title that can be drawn, where the page is high."""
        columns = self.scene.columns - 2 - targets * (BACK_COLUMNS + GUTTER)
        roomy = self.scene.rows >= ROWS_FOR_TITLE
        drawn = large_words(title, columns, TOP_ROWS_LARGE, 1, LARGEST_TITLE) if roomy else ()
        return TOP_ROWS_LARGE if drawn else TOP_ROWS

    def top(self, title: str, *extra: Target, asks: Tapped | None = ONE_BACK) -> Widget:
        """Return the line at the top: a title from the left edge, further targets, and the way back at the right."""
        inside: list[Widget] = [Words(title, left=True, lines=1, largest=LARGEST_TITLE, classes="title"), *extra]
        if asks is not None:
            inside.append(Target(self.say(texts.BACK), asks, lines=0, id="back"))
        self.top_rows = self._top_rows(title, len(inside) - 1)
        for target in inside[1:]:
            target.styles.width = BACK_COLUMNS
            target.styles.height = TOP_ROWS
            target.styles.margin = (0, 0, 0, GUTTER)
        line = Horizontal(*inside, classes="top")
        line.styles.height = self.top_rows
        line.styles.margin = (0, 0, self.scene.gap, 0)
        return line

    def row(self, *targets: Widget, rows: int | None = None, last: bool = False) -> Horizontal:
        """Return targets side by side, parted by free columns; `rows` high, or as high as there is room."""
        for target in targets[1:]:
            target.styles.margin = (0, 0, 0, GUTTER)
        for target in targets:
            if self.scene.elder and isinstance(target, Target):
                target.write_large()
        line = Horizontal(*targets, classes="row")
        if rows is not None:
            line.styles.height = rows
        line.styles.margin = (0, 0, 0 if last else self.scene.gap, 0)
        return line

    def grid(self, targets: Sequence[Widget], columns: int, rows: int) -> Iterable[Widget]:
        """Return targets in so many columns and rows of equal size, row by row; what is left over stays free."""
        height = (self.room - self.scene.gap * (rows - 1)) // rows
        self.alike([one for one in targets if isinstance(one, Target)], columns, height)
        for index in range(rows):
            line = list(targets[index * columns : (index + 1) * columns])
            line += [Static() for _ in range(columns - len(line))]
            yield self.row(*line, last=index == rows - 1)

    def alike(self, targets: Sequence[Target], columns: int, height: int) -> None:
        """Let all labels side by side be drawn or none: one larger than the others would seem to count more."""
        if self.scene.elder:
            return  # there as large as can be, each
        width = (self.scene.columns - 2 - GUTTER * (columns - 1)) // columns - 2
        for target in targets:
            if not target.draws(width, height):
                for one in targets:
                    one.write_plainly()
                return

    def compose(self) -> ComposeResult:
        """Every page says what is on it."""
        raise NotImplementedError
        yield
