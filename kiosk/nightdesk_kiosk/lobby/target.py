"""Something to tap in the lobby: what it asks for is a message of the flow, its label is drawn as large as fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.events import Click, MouseDown
from textual.message import Message

from nightdesk_kiosk.lobby.messages import Spot, Tapped
from nightdesk_kiosk.widgets.drawn import Drawn
from nightdesk_kiosk.widgets.large_words import MOST_LINES
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_kiosk.widgets.words import Manner, arranged

PRESSED_SECONDS = 0.4
"""How long a touched target shows that it was, unless its page goes first."""


class Target(Tap, Drawn):
    """A tap target whose meaning is typed; it posts `Chosen` and never `Tap.Tapped`.

    `below`: plain lines under the label, the most important first; the last ones go where there is no room. `lines`:
    most lines of the label where it is drawn; 0 draws nothing. `shorter`: what is drawn where the label cannot be; the
    label then stands below it. Kinds by class: `go`, `stop`, `mine`, `closed`.
    """

    DEFAULT_CSS = """
    Target { height: 1fr; min-height: 3; padding: 0 1; background: $ground-plain; color: $ink; }
    Target.go { background: $ground-go; color: $ink; }
    Target.stop { background: $ground-stop; color: $ink; }
    Target.mine { background: $ground-mine; color: $ink; }
    Target.closed { background: $ground-closed; color: $ink; }
    Target:focus { text-style: bold; }
    Target.pressed { background: $foreground; color: $background; }
    """

    @dataclass
    class Chosen(Message):
        """Somebody tapped a target that asks for this. `spot`: where, None for a key."""

        asks: Tapped
        spot: Spot | None

    def __init__(
        self,
        label: str,
        asks: Tapped,
        *,
        below: tuple[str, ...] = (),
        lines: int = MOST_LINES,
        shorter: str = "",
        classes: str = "",
        id: str | None = None,
    ) -> None:
        self._shorter = shorter
        self.below = tuple(line for line in below if line)
        super().__init__("\n".join((label, *self.below)), asks, classes=classes, id=id)
        self.asks = asks
        self.label = label
        self._manner = Manner(lines)

    def relabel(self, label: str, below: tuple[str, ...] = ()) -> None:
        """Show another label."""
        below = tuple(line for line in below if line)
        if (label, below) != (self.label, self.below):
            # an update lays the whole screen out anew
            self.label, self.below = label, below
            self.update("\n".join((label, *below)))

    def draws(self, columns: int, rows: int) -> bool:
        """Whether the label is drawn in a room."""
        return self.label not in arranged(self.label, self.below, columns, rows, self._manner)

    def write_plainly(self) -> None:
        """Draw nothing, as others beside this one cannot be drawn."""
        self._manner = replace(self._manner, lines=0)

    def write_large(self) -> None:
        """Let the label be as large as it can; what stands below it counts less."""
        self._manner = replace(self._manner, large_first=True)

    def rows(self) -> Sequence[str]:
        """Return the rows as drawn, without the space around them."""
        columns, rows = self.size
        if self._shorter and not self.draws(columns, rows):
            return arranged(self._shorter, (self.label, *self.below), columns, rows, self._manner)
        return arranged(self.label, self.below, columns, rows, self._manner)

    def on_mouse_down(self, event: MouseDown) -> None:
        """Show at once that the touch has arrived, however long the answer takes."""
        self.add_class("pressed")
        self.set_timer(PRESSED_SECONDS, lambda: self.remove_class("pressed"))

    def on_click(self, event: Click) -> None:
        """A finger or the mouse."""
        event.stop()
        # Textual calls the handler of every base class, too: a touch would count twice, once as a key
        event.prevent_default()
        self.post_message(self.Chosen(self.asks, Spot(event.screen_x, event.screen_y)))

    def action_tap(self) -> None:
        """Tell the lobby what was asked for by a key."""
        self.post_message(self.Chosen(self.asks, None))
