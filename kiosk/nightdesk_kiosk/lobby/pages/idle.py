"""The idle page, and the page of a kiosk out of service."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.clinic_words import ClinicWords
from nightdesk_kiosk.lobby.messages import SeeClinics, SeeGiven, SeePages, SeeServices
from nightdesk_kiosk.lobby.pages.base import GUTTER, Page
from nightdesk_kiosk.lobby.scene import LARGE_ROWS, Scene
from nightdesk_kiosk.lobby.states import Idle
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.queries.queue_view import ClinicGlance

CLOCK_ROWS = 4
MOST_STATUS_ROWS = 6


class IdlePage(Page):
    """What to touch, drawn large; then the time, which clinics are open until when, and how long one waits."""

    DEFAULT_CSS = """
    IdlePage #clock { color: $accent; height: 4; margin: 0 0 1 0; }
    IdlePage #take { height: 3fr; }
    IdlePage .services { height: 2fr; }
    IdlePage .services #have { width: 2fr; }
    IdlePage .status { width: 1fr; height: auto; }
    IdlePage .left { text-align: left; padding: 0 1; }
    IdlePage .notice { color: $accent; }
    """

    def __init__(self, scene: Scene, page: Idle, *, given: bool) -> None:
        super().__init__(scene)
        self._page = page
        self._given = given

    def compose(self) -> ComposeResult:
        """Clock, the two ways on, the clinics, and whom to telephone."""
        if self.scene.rows >= LARGE_ROWS:
            yield Big(id="clock", largest=1)
        take = Target(
            self.say(texts.TAKE_A_NUMBER), SeeClinics(), lines=2, shorter=self.say(texts.TAKE), classes="go", id="take"
        )
        take.styles.margin = (0, 0, self.scene.gap, 0)
        yield take
        if self._given:
            yield self.row(Target(self.say(texts.GIVEN), SeeGiven(), classes="mine", id="given"), rows=3)
        below = (self.say(texts.HAVE_NUMBER_FOR),)
        services = [Target(self.say(texts.HAVE_NUMBER), SeeServices(), below=below, lines=1, id="have")]
        if self.scene.hospital.hospital.information and self.scene.columns >= 76 and not self.scene.elder:
            services.append(Target(self.say(texts.INFORMATION), SeePages(), lines=1, id="information"))
        line = self.row(*services)
        line.add_class("services")
        yield line
        if not self.scene.elder:
            yield Vertical(*self._lines(self._page.glances), classes="status", id="status")

    def on_mount(self) -> None:
        """Show the time it was made for."""
        self.tell_time(self.scene.now)

    def tell_time(self, now: datetime) -> None:
        """Show a moment in the hospital's zone."""
        local = now.astimezone(self.scene.hospital.zone)
        for clock in self.query("#clock").results(Big):
            clock.value = f"{local:%H:%M}"

    async def show(self, page: Idle) -> None:
        """Show what the clinics are like by now."""
        if page.glances == self._page.glances:
            return
        self._page = page
        for status in self.query("#status").results(Vertical):
            lines, shown = self._lines(page.glances), list(status.children)
            if len(lines) == len(shown):
                # nothing may move under a finger
                for line, old in zip(lines, shown, strict=True):
                    if isinstance(old, Static):
                        put(old, str(line.content))
                        old.set_classes(line.classes)
                continue
            await status.remove_children()
            await status.mount(*lines)

    def _lines(self, glances: tuple[ClinicGlance, ...]) -> list[Static]:
        """Return a line for each clinic, two side by side, notices first, and the telephone."""
        words = ClinicWords(self.scene)
        said = [words.line(glance) for glance in glances]
        if hotline := self.scene.hospital.hospital.hotline:
            said.append(self.say(texts.HOTLINE, hotline=hotline))
        room = (self.scene.columns - GUTTER) // 2
        side_by_side = all(words.cells(line) <= room for line in said)
        most = MOST_STATUS_ROWS if self.scene.roomy else 1
        if not side_by_side:
            return [Static(line, classes="line", markup=False) for line in said[:most]]
        pairs = [said[at : at + 2] for at in range(0, len(said), 2)][:most]
        return [
            Static("".join(words.padded(one, room) for one in pair), classes="line left", markup=False)
            for pair in pairs
        ]


class SuspendedPage(Page):
    """The kiosk is out of service: where to go instead."""

    def compose(self) -> ComposeResult:
        """The words."""
        yield Words(self.say(texts.OUT_OF_SERVICE))
