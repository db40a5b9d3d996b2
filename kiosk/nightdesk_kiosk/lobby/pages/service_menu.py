"""The service menu: for staff and for who looks after the kiosk."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from nightdesk_kiosk.lobby import service_texts as words
from nightdesk_kiosk.lobby.messages import (
    GoHome,
    LockForCleaning,
    PrintTest,
    Restart,
    SeeErrors,
    SetBrightness,
    SetTheme,
    SuspendKiosk,
    Tapped,
)
from nightdesk_kiosk.lobby.pages.base import Page
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import Cleaning, ServiceMenu
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.domain.kiosk_state import KioskTheme
from nightdesk_queue.text.bilingual import Text

STEP, LEAST, MOST = 20, 20, 100
"""Percent of brightness: a touch makes it darker; after the least comes the most."""
CLEANING_SECONDS = 30


def darker(percent: int) -> int:
    """Return the next brightness."""
    return percent - STEP if percent - STEP >= LEAST else MOST


class ServiceMenuPage(Page):
    """What can be done at the kiosk itself, and what became of the last."""

    DEFAULT_CSS = "ServiceMenuPage #said { width: 1fr; height: auto; max-height: 8; padding: 0 1; }"

    def __init__(self, scene: Scene, page: ServiceMenu) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each."""
        state = self._page.kiosk
        themes = list(KioskTheme)
        theme = themes[(themes.index(state.theme) + 1) % len(themes)]
        yield self.top(self.say(words.MENU, kiosk=self.scene.kiosk.id), asks=None)
        yield Static(self._said(), id="said", markup=False)
        day, night = state.day_percent, state.night_percent
        wishes: list[tuple[Text, Tapped]] = [
            (words.RESUME if state.suspended else words.SUSPEND, SuspendKiosk(not state.suspended)),
            (words.TEST_SLIP, PrintTest()),
            (words.CLEAN.fill(n=CLEANING_SECONDS), LockForCleaning()),
            (words.THEME.fill(theme=state.theme.text), SetTheme(theme)),
            (words.BRIGHTNESS_DAY.fill(n=day), SetBrightness(True, darker(day))),
            (words.BRIGHTNESS_NIGHT.fill(n=night), SetBrightness(False, darker(night))),
            (words.ERRORS, SeeErrors()),
            (words.RESTART, Restart()),
        ]
        targets = [Target(self.say(text), wish, lines=0) for text, wish in wishes]
        targets.append(Target(self.say(words.LEAVE), GoHome(), lines=0, classes="go"))
        yield from self.grid(targets, 3, 3)

    def _said(self) -> str:
        lines = [self.say(line) for line in self._page.lines or ()]
        return "\n".join([*([self.say(self._page.words)] if self._page.words else []), *lines])


class CleaningPage(Page):
    """The screen is being cleaned: touches do nothing."""

    def __init__(self, scene: Scene, page: Cleaning) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The words."""
        yield Words(self.say(words.CLEANING))
