"""Something to tap: a finger, a mouse, or Enter on the keyboard. Answers at once, without a press animation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.widgets import Static


class Tap(Static, can_focus=True):
    """A target of at least 3 rows by 12 columns. `wish`: what tapping it asks for, in a type of its screen's own."""

    DEFAULT_CSS = """
    Tap {
        width: 1fr; height: auto; min-width: 12; min-height: 3; padding: 1 1; margin: 0;
        content-align: center middle; text-align: center; text-style: bold;
        background: $primary; color: $button-color-foreground;
    }
    Tap:focus { text-style: bold underline; }
    Tap.danger { background: $error; }
    Tap.good { background: $success; }
    Tap.quiet { background: $surface-lighten-1; color: $foreground; }
    Tap:disabled { background: $surface; color: #c3cfdc; text-style: none; text-opacity: 100%; opacity: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "tap", show=False)]

    @dataclass
    class Tapped(Message):
        """Somebody tapped; `wish` is what they asked for."""

        tap: Tap
        wish: object

        @property
        def control(self) -> Tap:
            """The target that was tapped."""
            return self.tap

    def __init__(self, label: str, wish: object, *, classes: str = "", id: str | None = None) -> None:
        super().__init__(label, markup=False, classes=classes, id=id)
        self.wish = wish

    def on_click(self, event: Click) -> None:
        """A finger or the mouse."""
        event.stop()
        self.action_tap()

    def action_tap(self) -> None:
        """Tell whoever listens what was asked for."""
        self.post_message(self.Tapped(self, self.wish))
