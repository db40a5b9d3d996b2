"""What stands around every page of the lobby: the head, and the bar within reach."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import (
    CallHelp,
    ChangeLanguage,
    ChangeSize,
    ChangeVolume,
    GoToEmergency,
    SayAgain,
    TapName,
)
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.putting import put

BAR_ROWS = 3


class Name(Static):
    """The hospital's name; five touches open the way to the service menu."""

    class Touched(Message):
        """Somebody touched the name."""

        asks = TapName()

    def on_click(self, event: Click) -> None:
        """Count a touch, which is a touch of the screen, too."""
        self.post_message(self.Touched())


class Head(Horizontal):
    """One line: where one is, what day and time it is; in a mode that speaks also: say it again, and how loud."""

    DEFAULT_CSS = """
    Head { height: 1; width: 1fr; padding: 0 2; }
    Head Name { width: 1fr; height: 1; text-style: bold; }
    Head #now { width: auto; height: 1; text-style: bold; }
    Head Target { width: 16; height: 3; margin: 0 0 0 2; display: none; }
    Head.speaking { height: 3; }
    Head.speaking Target { display: block; }
    """

    def compose(self) -> ComposeResult:
        """Name, time, and the voice."""
        yield Name(id="place", markup=False)
        yield Static(id="now", markup=False)
        yield Target("", SayAgain(), lines=0, id="again")
        yield Target("", ChangeVolume(), lines=0, id="volume")

    def tell_volume(self, scene: Scene, volume: int | None) -> None:
        """Show how loud the voice is; None where nothing is said."""
        self.set_class(volume is not None, "speaking")
        self.query_one("#again", Target).relabel(scene.say(texts.SAY_AGAIN))
        words = scene.say(texts.VOLUME, percent=volume) if volume else scene.say(texts.SILENT)
        self.query_one("#volume", Target).relabel(words)

    def tell(self, scene: Scene, now: datetime) -> None:
        """Show the name, the date and the time."""
        local = now.astimezone(scene.hospital.zone)
        put(self.query_one("#place", Static), scene.say(scene.hospital.hospital.name))
        put(self.query_one("#now", Static), f"{scene.say(texts.long_date(local.date()))}  {local:%H:%M}")


class Bar(Horizontal):
    """Emergency, help, the other language and the other size: on every page, at the bottom, within reach."""

    DEFAULT_CSS = """
    Bar { height: 3; width: 1fr; padding: 0 1; }
    Bar Target { width: 1fr; height: 3; margin: 0 0 0 2; }
    Bar #emergency { width: 2fr; margin: 0; }
    """

    def compose(self) -> ComposeResult:
        """The four targets; what they say depends on the scene."""
        yield Target("", GoToEmergency(), lines=0, classes="stop", id="emergency")
        yield Target("", CallHelp(), lines=0, id="help")
        yield Target("", ChangeLanguage(), lines=0, id="language")
        yield Target("", ChangeSize(), lines=0, id="size")

    def tell(self, scene: Scene) -> None:
        """Label the targets in the language of the page; the language target bears the next one's own name."""
        route = scene.say(scene.hospital.hospital.emergency.route)
        self.query_one("#emergency", Target).relabel(scene.say(texts.EMERGENCY), (route,))
        self.query_one("#help", Target).relabel(scene.say(texts.HELP))
        ids = scene.languages.ids
        following = ids[(ids.index(scene.language) + 1) % len(ids)]
        language = self.query_one("#language", Target)
        language.relabel(scene.languages.name_of(following))
        language.display = len(ids) > 1
        size = texts.USUAL_SIZE if scene.elder else texts.LARGE
        self.query_one("#size", Target).relabel(scene.say(size))
