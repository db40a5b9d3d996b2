"""The list of the console: rows with a highlight that stays with its patient."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text as RichText
from textual.coordinate import Coordinate
from textual.events import Click
from textual.widgets import DataTable

from nightdesk_kiosk.console.rows import Cell, Row, Tone
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Language, Text

STYLES = {Tone.PLAIN: "", Tone.SOON: "bold #ffd54a", Tone.LATE: "bold #ffffff on #c62828"}


class QueueTable(DataTable[RichText]):
    """The list. The highlight stays with its patient; when that patient leaves, nobody is chosen until it is moved."""

    DEFAULT_CSS = "QueueTable { height: 1fr; scrollbar-size-horizontal: 0; }"

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=True)
        self._listed: Sequence[Row] = ()
        self._named: tuple[str, ...] = ()
        self._drifted = False

    def _choose_anew(self) -> None:
        """Whoever is highlighted from now on was chosen by a person."""
        self._drifted = False
        self.show_cursor = True

    def _drift(self) -> None:
        """Nobody is chosen, and no row looks so."""
        self._drifted = True
        self.show_cursor = False

    def show(self, headings: Sequence[Text], listed: Sequence[Row], language: Language) -> None:
        """Show these rows, the highlight on the patient it was on; only what differs is drawn."""
        named = tuple(heading.of(language) for heading in headings)
        was, self._listed = self._listed, listed
        stay, same = len(was), named == self._named
        if same and self.row_count == stay and _ids(was) == _ids(listed[:stay]):
            self._renew(was)
            self._add(listed[stay:])
            return
        highlighted, row = self._highlighted(), self.cursor_row
        self.clear(columns=not same)
        if not same:
            self._named = named
            for heading in named:
                self.add_column(heading)
        self._fill(highlighted, row)

    def chosen(self) -> Ticket | None:
        """Return the ticket a person has chosen."""
        highlighted = None if self._drifted else self._highlighted()
        return next((row.ticket for row in self._listed if row.ticket.id == highlighted), None)

    def choose(self, ticket_id: str) -> bool:
        """Put the highlight on a ticket, and return whether it is listed."""
        ids = [row.ticket.id for row in self._listed]
        if ticket_id in ids:
            self._choose_anew()
            self.move_cursor(row=ids.index(ticket_id))
        return ticket_id in ids

    # whoever moves the highlight has chosen anew; Home and End go to the first and the last patient

    def action_cursor_up(self) -> None:
        """Move up."""
        self._choose_anew()
        super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Move down."""
        self._choose_anew()
        super().action_cursor_down()

    def action_page_up(self) -> None:
        """Move up a page."""
        self._choose_anew()
        super().action_page_up()

    def action_page_down(self) -> None:
        """Move down a page."""
        self._choose_anew()
        super().action_page_down()

    def action_scroll_home(self) -> None:
        """Move to the first patient."""
        self._choose_anew()
        self.move_cursor(row=0)

    def action_scroll_end(self) -> None:
        """Move to the last patient."""
        self._choose_anew()
        self.move_cursor(row=max(self.row_count - 1, 0))

    action_scroll_top = action_scroll_home
    action_scroll_bottom = action_scroll_end

    def on_click(self, event: Click) -> None:
        """A click on a row chooses; one on the headings or beside the rows does not."""
        if event.style.meta.get("row", -1) >= 0:
            self._choose_anew()

    def _renew(self, was: Sequence[Row]) -> None:
        """Write the cells that changed in rows that stand where they stood."""
        for index, (old, new) in enumerate(zip(was, self._listed, strict=False)):
            if old.cells == new.cells:
                continue
            for column, (before, after) in enumerate(zip(old.cells, new.cells, strict=True)):
                if before != after:
                    self.update_cell_at(Coordinate(index, column), _drawn(after), update_width=True)

    def _add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            # as Text: a name is never taken for markup
            self.add_row(*(_drawn(cell) for cell in row.cells), key=row.ticket.id)

    def _fill(self, highlighted: str | None, old_row: int) -> None:
        self._add(self._listed)
        ids = [row.ticket.id for row in self._listed]
        if highlighted in ids:
            self.move_cursor(row=ids.index(highlighted), scroll=False)
        elif ids:
            # the next key must not fall on whoever took the place of the chosen patient
            if highlighted is not None:
                self._drift()
            self.move_cursor(row=min(old_row, len(ids) - 1), scroll=False)

    def _highlighted(self) -> str | None:
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value  # type: ignore[arg-type]


def _drawn(cell: Cell) -> RichText:
    return RichText(cell.words, STYLES[cell.tone])


def _ids(rows: Sequence[Row]) -> list[str]:
    return [row.ticket.id for row in rows]
