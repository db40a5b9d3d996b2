"""Finding a patient: what is typed narrows the list down at once, over all clinics and states of tonight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.text import Text as RichText
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.dialogs import LineScreen
from nightdesk_kiosk.widgets.putting import put
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket, level_numeral
from nightdesk_queue.rules.searching import matching
from nightdesk_queue.text.bilingual import Language

MOST_SHOWN = 100
LONGEST_TYPED = 60
COLUMNS = (texts.NUMBER, texts.NAME, texts.STATE, texts.LEVEL, texts.CLINIC, texts.TAKEN, texts.PHONE)


class FindScreen(LineScreen[Ticket]):
    """A line to type in over a list. Enter or a tap chooses, Escape chooses nobody."""

    CSS = """
    FindScreen { align: center middle; background: $background 70%; }
    FindScreen #box { width: 96%; max-width: 110; height: 80%; padding: 0 1; background: $panel; }
    FindScreen #box { border: thick $secondary; }
    FindScreen Input { height: 3; }
    FindScreen DataTable { height: 1fr; background: $panel; scrollbar-size-horizontal: 0; }
    FindScreen #count { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    @dataclass
    class Read(Message):
        """Everybody of tonight was read; `fault`: why not."""

        found: Sequence[Ticket]
        fault: Fault | None = None

    def __init__(self, read: Callable[[], Sequence[Ticket]], hospital: Hospital, language: Language) -> None:
        super().__init__()
        self._read = read
        self._found: Sequence[Ticket] | None = None
        """None until they are read."""
        self._chooses = False
        """Whether Enter was pressed before."""
        self._hospital = hospital
        self._language = language
        self._shown: Sequence[Ticket] = ()

    def compose(self) -> ComposeResult:
        """The line, the list, and how many there are."""
        with Vertical(id="box"):
            yield Input(placeholder=texts.FIND_WHAT.of(self._language), max_length=LONGEST_TYPED, select_on_focus=False)
            yield DataTable[RichText](cursor_type="row", zebra_stripes=True)
            yield Static(id="count", markup=False)

    def on_mount(self) -> None:
        """Have everybody read while something is typed already."""
        for heading in COLUMNS:
            self._table.add_column(heading.of(self._language))
        self._look()

    @work(thread=True, exit_on_error=False)
    def _look(self) -> None:
        try:
            self.post_message(self.Read(self._read()))
        except Fault as fault:
            self.post_message(self.Read((), fault))

    @on(Read)
    def _was_read(self, event: Read) -> None:
        if event.fault is not None:
            # nobody is known, which is not the same as nobody being there
            words = texts.DATABASE_AWAY.fill(why=event.fault.text)
            put(self.query_one("#count", Static), words.of(self._language))
            return
        self._found = event.found
        self._list(self.query_one(Input).value)
        if self._chooses:
            self._entered()

    @property
    def _table(self) -> DataTable[RichText]:
        return self.query_one(DataTable)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list(event.value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self._chooses = self._found is None
        if self._shown:
            self.answer(self._shown[self._table.cursor_row])

    @on(DataTable.RowSelected)
    def _tapped(self, event: DataTable.RowSelected) -> None:
        self.answer(self._shown[event.cursor_row])

    def action_move(self, rows: int) -> None:
        """Move in the list; what is typed stays."""
        self._table.move_cursor(row=self._table.cursor_row + rows)

    def _list(self, typed: str) -> None:
        if self._found is None:
            return
        matches = matching(self._found, typed)
        self._shown = matches[:MOST_SHOWN]
        self._table.clear()
        for ticket in self._shown:
            # as Text: a name is never taken for markup
            self._table.add_row(*(RichText(cell) for cell in self._cells(ticket)))
        words = texts.FOUND.fill(n=len(matches)) if matches else texts.NOBODY_FOUND
        put(self.query_one("#count", Static), words.of(self._language))

    def _cells(self, ticket: Ticket) -> tuple[str, ...]:
        return (
            ticket.number,
            ticket.name or "",
            STATE_TEXTS[ticket.state].of(self._language),
            level_numeral(ticket.level),
            self._hospital.clinic_name(ticket.clinic).of(self._language),
            self._clock(ticket.arrived_at),
            ticket.phone or "",
        )

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._hospital.zone):%H:%M}"
