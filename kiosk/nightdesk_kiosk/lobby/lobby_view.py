"""The lobby as one widget: it takes taps, has the flow decide, draws the result and asks the desk.

The desk is asked in threads that only post its answers; pages never touch the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from textual import message as textual_message
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.events import Click, Key, Resize
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.drawing import drawn, redraw
from nightdesk_kiosk.lobby.flow import Flow, Patience
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import (
    Answer,
    CallHelp,
    ChangeLanguage,
    Effect,
    Message,
    PressKey,
    TimePasses,
    TouchScreen,
)
from nightdesk_kiosk.lobby.pages import IdlePage, Page
from nightdesk_kiosk.lobby.states import LobbyState
from nightdesk_kiosk.lobby.target import Target

TICK_SECONDS = 0.5
SMALL_ROWS = 20


class LobbyView(Vertical):
    """A lobby of any size from 60×14 up. `seconds` is a clock that only goes forward."""

    DEFAULT_CSS = """
    LobbyView { background: $background; }
    LobbyView #head { height: 3; background: $panel; }
    LobbyView #place { width: 1fr; height: 3; content-align: left middle; padding: 0 2; text-style: bold; }
    LobbyView #head Tap { width: 16; margin: 0; border-left: solid $background; }
    LobbyView #page { height: 1fr; }
    LobbyView.small #head, LobbyView.small #place { height: 1; }
    LobbyView.small #head Tap { height: 1; min-height: 1; padding: 0; }
    LobbyView #foot { height: 1; background: $panel; text-align: center; width: 1fr; }
    """

    @dataclass
    class Answered(textual_message.Message):
        """The desk has answered."""

        answer: Answer

    def __init__(
        self,
        desk: LobbyDesk,
        patience: Patience | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.flow = Flow(desk.hospital.hospital.languages, uuid4().hex, patience or Patience())
        self.state: LobbyState = self.flow.begin(seconds())
        self.page: Page | None = None
        self._seconds = seconds

    def compose(self) -> ComposeResult:
        """A head that is always there, the page, and the way to Emergency."""
        with Horizontal(id="head"):
            yield Static(id="place", markup=False)
            yield Target("", CallHelp(), classes="quiet", id="help")
            yield Target("", ChangeLanguage(), classes="quiet", id="language")
        yield Container(id="page")
        yield Static(id="foot", markup=False)

    async def on_mount(self) -> None:
        """Start idle and keep time."""
        await self._draw()
        self.set_interval(TICK_SECONDS, self._tick)

    # what comes in -------------------------------------------------------------------------------------------------

    @on(Target.Chosen)
    async def _chosen(self, event: Target.Chosen) -> None:
        event.stop()
        await self.take(event.asks)

    async def on_click(self, event: Click) -> None:
        """Count a touch anywhere as use; on the idle page it leads to the clinics."""
        event.stop()
        await self.take(TouchScreen())

    async def on_key(self, event: Key) -> None:
        """Count a key as use, too."""
        await self.take(PressKey())

    @on(Answered)
    async def _answered(self, event: Answered) -> None:
        await self.take(event.answer)

    async def _tick(self) -> None:
        await self.take(TimePasses())
        if isinstance(self.page, IdlePage):
            self.page.tell_time(self.desk.clock.now())

    async def take(self, message: Message) -> None:
        """Let the flow decide what a message leads to, show it, and ask the desk for the rest."""
        if not (self.is_mounted and self.app.is_running):
            return
        before = self.state
        self.state, effects = self.flow.step(before, message, self._seconds())
        if (self.state.visit, self.state.language) != (before.visit, before.language):
            await self._draw()
        elif self.page and self.state.page != before.page:
            redraw(self.page, self.state.page)
        self._foot()
        for effect in effects:
            self._ask(effect)

    @work(thread=True, group="desk", exit_on_error=False)
    def _ask(self, effect: Effect) -> None:
        self.post_message(self.Answered(self.desk.answer(effect)))

    def settling(self) -> bool:
        """Whether the page is so new that taps are not meant for it."""
        return self.flow.settling(self.state, self._seconds())

    # what is shown -------------------------------------------------------------------------------------------------

    async def _draw(self) -> None:
        holder = self.query_one("#page", Container)
        if not holder.is_mounted or not self.app.is_running:
            return
        self.page = drawn(self.state, self.desk.hospital, self.desk.kiosk, self.desk.clock.now())
        with self.app.batch_update():
            await holder.remove_children()
            await holder.mount(self.page)
            self._label(self.page)
        self._focus_first(self.page)

    def _focus_first(self, page: Page) -> None:
        """Let the keyboard go on where the page begins, unless somebody works elsewhere (in the demo)."""
        focused = self.app.focused
        if focused is None or self in focused.ancestors:
            for target in page.query(Target):
                if not target.disabled:
                    target.focus(scroll_visible=False)
                    return

    def _label(self, page: Page) -> None:
        self.query_one("#place", Static).update(page.say(self.desk.hospital.hospital.name))
        self.query_one("#help", Target).update(page.say(texts.HELP))
        other = self.query_one("#language", Target)
        other.update(page.say(texts.OTHER_LANGUAGE))
        other.display = len(self.flow.languages) > 1
        self._foot()

    def _foot(self) -> None:
        if self.page is None:
            return
        left = self.flow.seconds_left(self.state, self._seconds())
        route = self.desk.hospital.hospital.emergency.route
        line = texts.TIME_LEFT.fill(n=left) if left is not None else texts.EMERGENCY_LINE.fill(route=route)
        self.query_one("#foot", Static).update(self.page.say(line))

    def on_resize(self, event: Resize) -> None:
        """In a pane of the demo the head gives its room to the page."""
        self.set_class(event.size.height < SMALL_ROWS, "small")
