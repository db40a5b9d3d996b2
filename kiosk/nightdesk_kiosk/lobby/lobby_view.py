"""The lobby as one widget: it takes taps, has the flow decide, draws the result and asks the desk.

The desk is asked in threads that only post its answers; pages never touch the database.
"""

from __future__ import annotations

import time
from asyncio import Lock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import message as textual_message
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import Click, Key, Resize
from textual.widget import Widget

from nightdesk_kiosk.lobby.chrome import BAR_ROWS, Bar, Head, Name
from nightdesk_kiosk.lobby.countdown import Countdown, Cover, Strip
from nightdesk_kiosk.lobby.drawing import clip_of, drawn, redraw
from nightdesk_kiosk.lobby.exchange import Answer, BeginAnew, Effect, LookAtLast, Message, Offered, Served
from nightdesk_kiosk.lobby.flow import Flow
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import (
    ChangeVolume,
    PressKey,
    SayAgain,
    Scan,
    Spot,
    TapName,
    TimePasses,
    TouchScreen,
    TypeKey,
)
from nightdesk_kiosk.lobby.pages.base import Page
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.scanning import ScannedKeys
from nightdesk_kiosk.lobby.scene import ROOMY_ROWS, Scene
from nightdesk_kiosk.lobby.states import Entering, EnteringPin, LobbyState, ShowingNumber
from nightdesk_kiosk.lobby.target import Target
from nightdesk_queue.domain.kiosk_state import KioskState

if TYPE_CHECKING:
    from nightdesk_kiosk.lobby.prompter import Prompter

TICK_SECONDS = 0.25
LOUDEST = 100


class LobbyView(Vertical):
    """A lobby of any size from 60×14 up. `seconds` is a clock that only goes forward."""

    DEFAULT_CSS = """
    LobbyView { background: $background; color: $foreground; }
    LobbyView #page { height: 1fr; layers: below above; }
    LobbyView .leaving EmergencyPage, LobbyView .leaving HelpPage { padding: 3 1 0 1; }
    LobbyView .leaving #done, LobbyView .leaving #again { visibility: hidden; }
    LobbyView Bar { margin: 1 0 0 0; }
    LobbyView.small Bar { margin: 0; }
    LobbyView.keys Target:focus { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enter", show=False, priority=True)]

    @dataclass
    class Answered(textual_message.Message):
        """The desk has answered."""

        answer: Answer

    @dataclass
    class Look(textual_message.Message):
        """How the kiosk is to look, as staff have set it up."""

        kiosk: KioskState

    class Anew(textual_message.Message):
        """Staff want the lobby to begin anew."""

    def __init__(
        self,
        desk: LobbyDesk,
        patience: Patience | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        prompter: Prompter | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.desk = desk
        groups = any(group.kiosk for group in desk.hospital.priority)
        self.flow = Flow(desk.languages.ids, uuid4().hex, patience or Patience(), desk.kiosk.elder, groups)
        self.state: LobbyState = self.flow.begin(seconds())
        self.page: Page | None = None
        self._seconds = seconds
        self._prompter = prompter
        self._keys = ScannedKeys()
        self._counting: Countdown | None = None
        self._one_by_one = Lock()
        self._still = False
        """Whether pages are put up to be looked at; then nothing that happens changes them."""

    def compose(self) -> ComposeResult:
        """A head and a bar that are always there, and the page between them."""
        yield Head()
        yield Container(id="page")
        yield Bar()

    async def on_mount(self) -> None:
        """Start idle and keep time."""
        await self._draw()
        self.set_interval(TICK_SECONDS, self._tick)
        # a crash may have come between a number and its picture
        self._ask(LookAtLast(self.state.visit, self.flow.patience.again))
        await self._tick()

    # what comes in -------------------------------------------------------------------------------------------------

    @on(Target.Chosen)
    async def _chosen(self, event: Target.Chosen) -> None:
        event.stop()
        if isinstance(event.asks, SayAgain | ChangeVolume):
            self._sound(event.asks)
            await self.take(PressKey())
        else:
            await self.take(event.asks, event.spot)

    @on(Name.Touched)
    async def _name_touched(self) -> None:
        await self.take(TapName())

    async def on_click(self, event: Click) -> None:
        """Count a touch anywhere as use; on the idle page it leads to the clinics."""
        event.stop()
        if not isinstance(event.widget, Name):
            await self.take(TouchScreen(), Spot(event.screen_x, event.screen_y))

    async def on_key(self, event: Key) -> None:
        """Count a key as use; keep characters until it is known whether a scanner typed them."""
        self.add_class("keys")
        if event.character and event.character.isalnum() and event.character.isascii():
            self._keys.add(event.character.upper(), self._seconds())
        await self.take(PressKey())

    async def action_enter(self) -> None:
        """End a scanned code; else tap the target that has the keyboard's focus."""
        code = self._keys.code(self._seconds())
        focused = self.app.focused
        if code is not None:
            await self.take(Scan(code))
        elif isinstance(focused, Target):
            self.add_class("keys")
            focused.action_tap()

    @on(Answered)
    async def _answered(self, event: Answered) -> None:
        if isinstance(event.answer, Offered | Served):
            self.post_message(self.Look(event.answer.kiosk))
        await self.take(event.answer)

    async def _tick(self) -> None:
        if isinstance(self.state.page, Entering | EnteringPin):
            for key in self._keys.by_hand(self._seconds()):
                await self.take(TypeKey(key))
        await self.take(TimePasses())
        self._tell_time(self.desk.clock.now())

    def _tell_time(self, now: datetime) -> None:
        if self.is_mounted and self.app.is_running:
            self.query_one(Head).tell(self.scene(), now)
            if isinstance(self.page, IdlePage):
                self.page.tell_time(now)

    async def put_up(self, state: LobbyState, seconds_left: int | None = None) -> None:
        """Draw a state as if the flow had come to it; from now on nothing changes it but another one."""
        async with self._one_by_one:
            self._still = True
            self.state = state
            await self._draw()
            await self._count_down(seconds_left)

    async def take(self, message: Message, spot: Spot | None = None) -> None:
        """Let the flow decide what a message leads to, show it, and ask the desk for the rest.

        One message after the other: the clock's come from a task of their own, in the middle of whatever is drawn.
        """
        async with self._one_by_one:
            await self._take(message, spot)

    async def _take(self, message: Message, spot: Spot | None) -> None:
        if self._still or not (self.is_mounted and self.app.is_running):
            return
        before = self.state
        self.state, effects = self.flow.step(before, message, self._seconds(), spot)
        if self.state.drawing != before.drawing:
            await self._draw()
        elif self.page and (self.state.page, self.state.over) != (before.page, before.over):
            await redraw(self.page, self.state)
        await self._count_down(self.flow.seconds_left(self.state, self._seconds()))
        for effect in effects:
            if isinstance(effect, BeginAnew):
                self.post_message(self.Anew())
            else:
                self._ask(effect)

    @work(thread=True, group="desk", exit_on_error=False)
    def _ask(self, effect: Effect) -> None:
        answer = self.desk.answer(effect)
        if answer is not None:
            self.post_message(self.Answered(answer))

    # what is shown -------------------------------------------------------------------------------------------------

    def scene(self) -> Scene:
        """Return what the page is drawn for: the room between head and bar."""
        columns, rows = self.size
        head = 3 if self._speaks else 1
        gap = 0 if self.has_class("small") else 1
        return Scene(
            hospital=self.desk.hospital,
            kiosk=self.desk.kiosk,
            languages=self.desk.languages,
            language=self.state.language,
            elder=self.state.elder,
            columns=columns - 2,
            rows=rows - head - BAR_ROWS - gap,
            now=self.desk.clock.now(),
        )

    async def _draw(self) -> None:
        holder = self.query_one("#page", Container)
        if not holder.is_mounted or not self.app.is_running or not self.size.height:
            return
        scene = self.scene()
        self.page = drawn(self.state, scene)
        with self.app.batch_update():
            # the old page goes while the new one comes; both have to be done before anything is drawn
            gone = holder.remove_children()
            holder.remove_class("leaving")
            self._counting = None
            await holder.mount(self.page)
            await gone
            self.query_one(Head).tell(scene, scene.now)
            self.query_one(Head).tell_volume(scene, self._prompter.volume if self._prompter and self._speaks else None)
            self.query_one(Bar).tell(scene)
        # whoever types a number ends it with Enter
        self._focus(self.page, [*self.page.query("#enter").results(Target), *self.page.query(Target)])
        self._speak(self.page)

    async def _count_down(self, seconds_left: int | None) -> None:
        """Show the last seconds: instead of the page, or above a number or the way to Emergency, which stay up."""
        counting = self._counting
        if seconds_left is None:
            if counting is not None:
                await self._draw()
            return
        if counting is None:
            stays = self.state.over is not None or isinstance(self.state.page, ShowingNumber)
            counting = (Strip if stays else Cover)(self.scene(), self.flow.patience.countdown(self.state))
            await self._put_in(counting, keep=stays)
            self._counting = counting
        counting.tell(seconds_left)

    async def _put_in(self, counting: Countdown, *, keep: bool) -> None:
        holder = self.query_one("#page", Container)
        with self.app.batch_update():
            holder.set_class(keep, "leaving")
            # a page that lay below would cut Chinese characters in two where its widgets end
            gone = None if keep else holder.remove_children()
            await holder.mount(counting)
            if gone is not None:
                await gone
                self.page = None
        self._focus(counting, [])

    def _focus(self, page: Widget, targets: Sequence[Target]) -> None:
        """Let the keyboard go on where the page begins, unless somebody works elsewhere (in the demo).

        Where nothing can be tapped the page itself has it, and Enter means nothing.
        """
        focused = self.app.focused
        if focused is None or self in focused.ancestors or not focused.is_attached:
            page.can_focus = not targets
            (targets[0] if targets else page).focus(scroll_visible=False)

    async def on_resize(self, event: Resize) -> None:
        """Draw the page for the room there is; in a pane of the demo the bar stands close to it."""
        self.set_class(event.size.height < ROOMY_ROWS + BAR_ROWS, "small")
        async with self._one_by_one:
            await self._draw()

    # the voice -----------------------------------------------------------------------------------------------------

    @property
    def _speaks(self) -> bool:
        return self._prompter is not None and self.state.elder

    def _speak(self, page: Page) -> None:
        """Say the page aloud in the large mode; a page that is left says nothing more."""
        if self._prompter is None:
            return
        if self.state.touched is None:
            self._prompter.start_over()
        elif self._speaks:
            self._prompter.say(page.spoken, self.state.language, clip_of(self.state))
        else:
            self._prompter.quiet()

    def _sound(self, asks: SayAgain | ChangeVolume) -> None:
        if self._prompter is None:
            return
        if isinstance(asks, ChangeVolume):
            if self._prompter.volume < LOUDEST:
                self._prompter.louder()
            else:
                while self._prompter.volume:
                    self._prompter.quieter()
            self.query_one(Head).tell_volume(self.scene(), self._prompter.volume)
        self._prompter.repeat()
