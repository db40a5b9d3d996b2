"""Something to tap in the lobby: what it asks for is a message of the flow."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from nightdesk_kiosk.lobby.messages import Tapped
from nightdesk_kiosk.widgets.tap import Tap


class Target(Tap):
    """A tap target whose meaning is typed; it posts `Chosen` and never `Tap.Tapped`."""

    @dataclass
    class Chosen(Message):
        """Somebody tapped a target that asks for this."""

        asks: Tapped

    def __init__(self, label: str, asks: Tapped, *, classes: str = "", id: str | None = None) -> None:
        super().__init__(label, asks, classes=classes, id=id)
        self.asks = asks

    def action_tap(self) -> None:
        """Tell the lobby what was asked for."""
        self.post_message(self.Chosen(self.asks))
