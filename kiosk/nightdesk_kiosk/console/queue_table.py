"""The list of the console: rows with a highlight that stays with its patient. Only lines that changed are drawn.

Textual's own table draws every line anew when any cell has changed; with three hundred who wait, and three consoles on
one machine, that was most of what a call cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from nightdesk_kiosk.console.rows import Row, Tone
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Language, Text

STYLES = {Tone.PLAIN: "", Tone.SOON: "bold #ffd54a", Tone.LATE: "bold #ffffff on #c62828"}
_TONES = {tone: Style.parse(style) for tone, style in STYLES.items()}
HEADING_ROWS = 1
CHOSEN_MARK = "►"
"""Who is chosen is seen without colours, too; code page 437 has it."""


class QueueTable(ScrollView, can_focus=True):
    """The list. The highlight stays with its patient; when that patient leaves, nobody is chosen until it is moved."""

    DEFAULT_CSS = """
    QueueTable { height: 1fr; width: 1fr; overflow-x: hidden; overflow-y: auto; background: $surface; }
    QueueTable .queue--heading { background: $panel; color: $foreground; text-style: bold; }
    QueueTable .queue--even { background: $surface; color: $foreground; }
    QueueTable .queue--odd { background: $surface-lighten-1; color: $foreground; }
    QueueTable .queue--chosen { background: $primary; color: $foreground; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"queue--heading", "queue--even", "queue--odd", "queue--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
    ]

    @dataclass
    class Highlighted(Message):
        """Another patient is highlighted, or nobody."""

    def __init__(self) -> None:
        super().__init__()
        self._listed: Sequence[Row] = ()
        self._headings: tuple[str, ...] = ()
        self._widths: tuple[int, ...] = ()
        self.cursor_row = 0
        self._drifted = False

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._listed)

    def get_row_at(self, place: int) -> list[str]:
        """Return the words of a row."""
        return [cell.words for cell in self._listed[place].cells]

    def show(self, headings: Sequence[Text], listed: Sequence[Row], language: Language) -> None:
        """Show these rows, the highlight on the patient it was on; only what differs is drawn."""
        was, highlighted, chosen_line = self._listed, self._highlighted(), self._chosen_line()
        named = tuple(heading.of(language) for heading in headings)
        widths = _widths(named, self._widths if named == self._headings else (), was, listed)
        self._listed = listed
        self._highlight_again(highlighted)
        if named != self._headings or widths != self._widths or len(was) != len(listed):
            anew = named != self._headings or widths != self._widths
            self._headings, self._widths = named, widths
            self.virtual_size = Size(sum(widths) + len(widths) * 2, len(listed) + HEADING_ROWS)
            if anew:
                self.refresh()
                return
        now_chosen = self._chosen_line()
        self._draw_what_differs(was, set() if chosen_line == now_chosen else {chosen_line, now_chosen})

    def _draw_what_differs(self, was: Sequence[Row], moved: set[int | None]) -> None:
        """Draw the lines in sight whose row is another one, or from or to which the highlight has moved."""
        first = self.scroll_offset.y
        for line in range(first, min(first + self.size.height, max(len(was), len(self._listed)))):
            old = was[line] if line < len(was) else None
            new = self._listed[line] if line < len(self._listed) else None
            same = old is new or (old is not None and new is not None and old.cells == new.cells)
            if not same or line in moved:
                self._draw_line(line)

    def _draw_line(self, row: int) -> None:
        y = row + HEADING_ROWS - self.scroll_offset.y
        self.refresh(Region(0, y, self.size.width, 1))

    def chosen(self) -> Ticket | None:
        """Return the ticket a person has chosen."""
        line = self._chosen_line()
        return None if line is None else self._listed[line].ticket

    def choose(self, ticket_id: str) -> bool:
        """Put the highlight on a ticket, and return whether it is listed."""
        place = next((place for place, row in enumerate(self._listed) if row.ticket.id == ticket_id), None)
        if place is not None:
            self._move_to(place)
        return place is not None

    # whoever moves the highlight has chosen anew; Home and End go to the first and the last patient

    def action_move(self, rows: int) -> None:
        """Move up or down."""
        self._move_to(self.cursor_row + rows)

    def action_page(self, pages: int) -> None:
        """Move a page up or down."""
        self._move_to(self.cursor_row + pages * max(self.size.height - HEADING_ROWS, 1))

    def action_first(self) -> None:
        """Move to the first patient."""
        self._move_to(0)

    def action_last(self) -> None:
        """Move to the last patient."""
        self._move_to(len(self._listed) - 1)

    def on_click(self, event: Click) -> None:
        """A click on a row chooses; one on the headings or below the rows does not."""
        place = event.y - HEADING_ROWS + self.scroll_offset.y
        if event.y >= HEADING_ROWS and place < len(self._listed):
            self._move_to(place)

    def on_resize(self, event: Resize) -> None:
        """Keep the chosen patient in sight."""
        self._into_sight()

    def _move_to(self, place: int) -> None:
        if not self._listed:
            return
        before = self._chosen_line()
        self._drifted = False
        self.cursor_row = min(max(place, 0), len(self._listed) - 1)
        self._into_sight()
        for line in {before, self.cursor_row} - {None}:
            self._draw_line(line)  # type: ignore[arg-type]
        self.post_message(self.Highlighted())

    def _into_sight(self) -> None:
        height, top = max(self.size.height - HEADING_ROWS, 1), self.scroll_offset.y
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, immediate=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, immediate=True)

    def _highlight_again(self, highlighted: str | None) -> None:
        """Put the highlight back on the patient it was on; who has left leaves nobody chosen."""
        place = next((place for place, row in enumerate(self._listed) if row.ticket.id == highlighted), None)
        if place is not None:
            self.cursor_row = place
        else:
            # the next key must not fall on whoever took the place of the chosen patient
            self._drifted = self._drifted or highlighted is not None
            self.cursor_row = min(self.cursor_row, max(len(self._listed) - 1, 0))

    def _highlighted(self) -> str | None:
        return self._listed[self.cursor_row].ticket.id if self.cursor_row < len(self._listed) else None

    def _chosen_line(self) -> int | None:
        return None if self._drifted or self.cursor_row >= len(self._listed) else self.cursor_row

    def render_line(self, y: int) -> Strip:
        """Draw one line: the headings, a row, or nothing below the rows."""
        width = self.size.width
        if y < HEADING_ROWS:
            style = self.get_component_rich_style("queue--heading")
            cells = [(words, style) for words in self._headings]
            return self._strip(cells, style, width)
        place = y - HEADING_ROWS + self.scroll_offset.y
        if place >= len(self._listed):
            return Strip.blank(width, self.rich_style)
        chosen = place == self._chosen_line()
        kind = "queue--chosen" if chosen else "queue--odd" if place % 2 else "queue--even"
        style = self.get_component_rich_style(kind)
        # a name is never taken for markup
        cells = [(cell.words, style + _TONES[cell.tone]) for cell in self._listed[place].cells]
        return self._strip(cells, style, width, CHOSEN_MARK if chosen else " ")

    def _strip(self, cells: Sequence[tuple[str, Style]], style: Style, width: int, mark: str = " ") -> Strip:
        """Return a line; `mark` stands before its first cell."""
        segments = []
        for (words, own), column in zip(cells, self._widths, strict=False):
            segments += [Segment(mark, style), Segment(set_cell_size(words, column), own), Segment(" ", style)]
            mark = " "
        return Strip(segments).adjust_cell_length(width, style)


def _widths(
    headings: Sequence[str], before: Sequence[int], was: Sequence[Row], listed: Sequence[Row]
) -> tuple[int, ...]:
    """Return the width of each column, that of its widest cell; `before`: the widths under the same headings.

    No column becomes narrower under the same headings, so that only rows that are new have to be looked at.
    """
    widest = list(before) or [cell_len(words) for words in headings]
    known = {id(row) for row in was} if before else set()
    for row in listed:
        if id(row) not in known:
            widest = [max(pair) for pair in zip(widest, row.widths, strict=True)]
    return tuple(widest)
