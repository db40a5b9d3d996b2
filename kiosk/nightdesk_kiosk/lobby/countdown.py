"""The last seconds before everything is wiped: instead of most pages, and over those that have to stay in sight."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.words import Words

STRIP_ROWS = 3


class Shrinking(Widget):
    """A bar from the left edge, as long as the share of its room."""

    share = reactive(1.0)

    def render(self) -> Text:
        """Return the bar in the size it has."""
        full = "\u2588" * round(self.share * self.size.width)
        return Text("\n".join([full] * self.size.height), no_wrap=True)


class Countdown(Vertical):
    """The seconds that are left, with a bar that shrinks; any touch ends it. `whole`: the seconds of a full bar."""

    def __init__(self, scene: Scene, whole: float) -> None:
        super().__init__(id="countdown")
        self.scene = scene
        self.whole = whole

    def tell(self, seconds: int) -> None:
        """Show the seconds that are left."""
        for bar in self.query(Shrinking):
            bar.share = min(seconds / self.whole, 1.0)


class Cover(Countdown):
    """The countdown instead of a page whose patient has gone, most likely."""

    DEFAULT_CSS = """
    Cover { width: 1fr; height: 1fr; background: $background; padding: 1 2; }
    Cover #still { height: 2fr; }
    Cover #left { height: 3fr; color: $accent; }
    Cover Shrinking { height: 1; width: 1fr; color: $accent; }
    Cover #touch { height: 2; }
    """

    def compose(self) -> ComposeResult:
        """The question, the seconds, the bar, and what a touch does."""
        yield Words(self.scene.say(texts.STILL_THERE), lines=1, id="still")
        yield Words("", lines=1, id="left")
        yield Shrinking()
        yield Words(self.scene.say(texts.TOUCH_TO_STAY), lines=0, id="touch")

    def tell(self, seconds: int) -> None:
        """Show the seconds that are left."""
        super().tell(seconds)
        for words in self.query("#left").results(Words):
            words.update(self.scene.say(texts.SECONDS, n=seconds))


class Strip(Countdown):
    """The countdown above a number or the way to Emergency, which can be read until they are gone."""

    DEFAULT_CSS = """
    Strip { layer: above; width: 100%; height: 3; background: $background; padding: 0 2; }
    Strip #left { height: 1; width: 1fr; text-style: bold; text-align: center; }
    Strip Shrinking { height: 2; width: 1fr; color: $accent; }
    """

    def compose(self) -> ComposeResult:
        """The seconds and what a touch does, over the bar."""
        yield Static(id="left", markup=False)
        yield Shrinking()

    def tell(self, seconds: int) -> None:
        """Show the seconds that are left."""
        super().tell(seconds)
        for words in self.query("#left").results(Static):
            put(words, self.scene.say(texts.GOES_HOME, n=seconds))
