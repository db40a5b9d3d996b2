"""Pages of the console that are read: every key and what it does, everything that is wrong. Escape or a tap leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text as RichText
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from nightdesk_kiosk.console.dialogs import Dialog
from nightdesk_kiosk.widgets.tap import Tap


class ReadScreen(Dialog[None]):
    """A heading over lines that scroll."""

    CSS = """
    ReadScreen { align: center middle; background: $background 70%; }
    ReadScreen #box { width: 96%; max-width: 116; height: auto; max-height: 96%; padding: 0 2; background: $panel; }
    ReadScreen #box { border: thick $secondary; }
    ReadScreen .question { text-style: bold; width: 1fr; text-align: center; height: 1; }
    ReadScreen #lines { width: 1fr; }
    ReadScreen VerticalScroll { height: auto; max-height: 100%; }
    ReadScreen Tap { height: 1; min-height: 1; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,question_mark,exclamation_mark", "leave", show=False),
    ]

    def __init__(self, heading: str, lines: Sequence[RichText], close: str) -> None:
        super().__init__()
        self.heading = heading
        self.lines = lines
        self._close = close

    def compose(self) -> ComposeResult:
        """The heading, the lines, and a target that leaves."""
        with Vertical(id="box"):
            yield Static(self.heading, classes="question", markup=False)
            with VerticalScroll():
                yield Static(RichText("\n").join(self.lines), id="lines", markup=False)
            yield Tap(self._close, None, classes="quiet")

    def on_tap_tapped(self) -> None:
        """Leave by a tap."""
        self.action_leave()

    def action_leave(self) -> None:
        """Leave."""
        self.answer(None)
