"""The demo night on a terminal: lobby, call screen, console and the last slip side by side, each full-screen by a key.

The panes are the very widgets of the full-screen apps. A thread plays the people at the clock's pace; a person may
tap the lobby and use the console in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Event
from typing import ClassVar

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.table import Table
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from nightdesk_displays.screen_state import ScreenState
from nightdesk_kiosk.board.board_view import BoardView
from nightdesk_kiosk.board.sources import LineAway
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.demo import texts
from nightdesk_kiosk.demo.night import EVENING, EVENING_ROOM
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.night_report_rows import HEADINGS, cells
from nightdesk_kiosk.ui_language import say, speech
from nightdesk_kiosk.widgets.app import NightApp, require_terminal
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_printers.virtual import Breakage
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.reports import ClinicNight, night
from nightdesk_queue.text.bilingual import Text

ALL_COLUMNS, ALL_ROWS = 118, 32
"""The size from which all four panes are shown together; below it, one at a time."""
TICK_SECONDS = 0.2


class PaneName(StrEnum):
    """The four panes, in the order of their keys F1 to F4."""

    LOBBY = "lobby"
    BOARD = "board"
    CONSOLE = "console"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class OpenPane:
    """The wish to see a pane full-screen, or all of them again."""

    name: PaneName


class DemoClock(Clock):
    """A clock that runs fast and can be stopped and started."""

    def __init__(self, start: datetime, speed: float) -> None:
        super().__init__(start, speed)
        self._paused_at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._paused_at is not None

    def now(self) -> datetime:
        """Return the demo's moment."""
        return self._paused_at or super().now()

    def pause(self) -> None:
        """Stop, or go on from where it stopped."""
        if self._paused_at is None:
            self._paused_at = super().now()
        else:
            self.restart(self._paused_at)
            self._paused_at = None


class SlipPane(VerticalScroll):
    """The newest slip as it came out of the virtual printer."""

    DEFAULT_CSS = """
    SlipPane { background: $panel; align: center top; }
    SlipPane Static { width: auto; color: #111111; background: #f4f1e8; padding: 0 1; }
    """

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def compose(self) -> ComposeResult:
        """The paper; before the first slip what the visitor sees and may try."""
        told = f"{say(texts.INTRODUCTION.fill(speed=f'{self._speed:g}'))}\n\n{say(texts.NO_SLIP)}"
        yield Static(told, id="paper", markup=False)

    def show(self, lines: list[str]) -> None:
        """Show a slip from its top."""
        width = max(map(cell_len, lines))
        padded = [set_cell_size(line, width) for line in lines]
        for paper in self.query("#paper").results(Static):
            paper.update("\n".join(padded))
        self.scroll_home(animate=False)


class Pane(Vertical):
    """One of the four, under its title; the title is a tap target, too."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    Pane { border: round $panel; height: 1fr; width: 1fr; }
    Pane:focus-within { border: round $accent; }
    Pane > .name { height: 1; min-height: 1; padding: 0; background: $primary; width: 1fr; }
    """

    def __init__(self, name: PaneName, title: Text, content: Widget) -> None:
        super().__init__(id=f"pane-{name}")
        self._title = title
        self._content = content
        self._wish = OpenPane(name)

    def compose(self) -> ComposeResult:
        """Title and content."""
        tap = Tap(say(self._title), self._wish, classes="name")
        tap.can_focus = False
        yield tap
        yield self._content


class Summary(ModalScreen[None]):
    """The night in numbers, when it is over."""

    CSS = """
    Summary { align: center middle; background: $background 60%; }
    Summary Static { width: auto; max-width: 78; height: auto; padding: 0 1; }
    Summary Static { background: $panel; border: thick $accent; }
    """

    def __init__(self, found: list[ClinicNight], stage: Stage) -> None:
        super().__init__()
        self._found = found
        self._stage = stage

    def compose(self) -> ComposeResult:
        """A table a clinic a row."""
        headings = [say(heading) for heading in HEADINGS]
        table = Table(*headings, title=say(texts.OVER), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in self._found:
            table.add_row(*cells(one, self._stage.hospital))
        yield Static(table)

    def on_key(self) -> None:
        """Any key leaves the summary; the hospital goes on."""
        if self.is_current:
            self.dismiss(None)


class DemoApp(NightApp):
    """Four panes and a night."""

    CSS = """
    #bar { dock: bottom; height: 1; background: $panel; padding: 0 1; }
    #stage { grid-size: 2 2; grid-columns: 1fr 1fr; grid-rows: 17 1fr; height: 1fr; }
    #stage.one { grid-size: 1 1; grid-columns: 1fr; grid-rows: 1fr; }
    """
    HAS_KEYS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"f{index}", f"full('{name}')", show=False) for index, name in enumerate(PaneName, start=1)),
        Binding("f5", "paper", show=False),
        Binding("p,P", "pause", show=False),
        Binding("q,Q,ctrl+q", "quit", show=False),
        Binding("tab", "app.focus_next", show=False),
    ]

    @dataclass
    class Received(Message):
        """A frame came over the call screen's line."""

        content: ScreenState | LineAway

    @dataclass
    class Over(Message):
        """The last patient has gone."""

    def __init__(self, stage: Stage, clock: DemoClock) -> None:
        super().__init__()
        self.stage = stage
        self.clock = clock
        self._stop = Event()
        self._papers = 0
        self._chosen = PaneName.LOBBY
        self._roomy = True
        hospital, database = stage.hospital, stage.database
        kiosk = next(iter(hospital.kiosks.values()))
        console_desk = ConsoleDesk(hospital, database, clock, By("visitor", "console"))
        self.lobby = LobbyView(LobbyDesk(hospital, database, clock, kiosk))
        self.board = BoardView(clock, hospital.zone)
        self.console_pane = ConsoleView(console_desk, EVENING, EVENING_ROOM, language=speech.language)
        self.slip = SlipPane(clock.speed)

    def compose(self) -> ComposeResult:
        """The four panes and a line of keys."""
        with Grid(id="stage"):
            yield Pane(PaneName.LOBBY, texts.LOBBY, self.lobby)
            yield Pane(PaneName.BOARD, texts.BOARD, self.board)
            yield Pane(PaneName.CONSOLE, texts.CONSOLE, self.console_pane)
            yield Pane(PaneName.SLIP, texts.SLIP, self.slip)
        yield Static(id="bar", markup=False)

    def on_mount(self) -> None:
        """Let the night begin."""
        self._play()
        self._listen()
        self.set_interval(TICK_SECONDS, self._tick)

    def on_unmount(self) -> None:
        """Let the threads end."""
        self._stop.set()
        self.stage.source.stop.set()

    def on_resize(self, event: Resize) -> None:
        """All panes where there is room, one where there is not."""
        self._roomy = event.size.width >= ALL_COLUMNS and event.size.height >= ALL_ROWS
        self._arrange()

    def action_full(self, name: str) -> None:
        """Open a pane full-screen, or put it back."""
        self._open(PaneName(name))

    def _open(self, name: PaneName) -> None:
        self._chosen = name
        if not self._roomy:
            self._arrange()
            return
        pane = self.query_one(f"#pane-{name}", Pane)
        screen = self.screen_stack[0]
        if screen.maximized is pane:
            screen.minimize()
        else:
            screen.maximize(pane, container=False)

    def action_paper(self) -> None:
        """Take the paper out of the virtual printer, or put a roll in."""
        if self.stage.paper_out():
            self.stage.printer.mend(Breakage.PAPER_OUT)
        else:
            self.stage.printer.break_(Breakage.PAPER_OUT)

    def action_pause(self) -> None:
        """Stop the night, or let it go on."""
        self.clock.pause()

    @on(Tap.Tapped)
    def _title_tapped(self, event: Tap.Tapped) -> None:
        match event.wish:
            case OpenPane(name):
                self._open(name)

    @on(Received)
    def _received(self, event: Received) -> None:
        if isinstance(event.content, ScreenState):
            self.board.show(event.content)

    @on(Over)
    def _over(self) -> None:
        if not self.clock.paused:
            self.clock.pause()
        day = BEGIN.astimezone(self.stage.hospital.zone).date()
        with self.stage.database.snapshot() as tx:
            found = night(tx, self.stage.hospital, [day])
        self.push_screen(Summary(found, self.stage))

    def _arrange(self) -> None:
        roomy = self._roomy
        if not roomy:
            self.screen_stack[0].minimize()
        self.query_one("#stage").set_class(not roomy, "one")
        for name in PaneName:
            self.query_one(f"#pane-{name}").display = roomy or name == self._chosen

    def _tick(self) -> None:
        papers = self.stage.papers
        if papers > self._papers:
            self._papers = papers
            self.slip.show(self.stage.last_paper())
        now = self.clock.now().astimezone(self.stage.hospital.zone)
        paused = [say(texts.PAUSED)] if self.clock.paused else []
        no_paper = [say(texts.NO_PAPER)] if self.stage.paper_out() else []
        # what a visitor must know comes first: the line is cut at its end in a narrow terminal
        parts = [f"{now:%H:%M}", say(texts.KEYS), *paused, *no_paper, say(texts.TITLE)]
        parts += [say(fault.text) for fault in self.stage.faults[-1:]]
        for bar in self.query("#bar").results(Static):
            put(bar, " · ".join(parts))

    @work(thread=True, exit_on_error=False)
    def _listen(self) -> None:
        self.stage.source.read(lambda content: self.post_message(self.Received(content)))

    @work(thread=True, exit_on_error=False)
    def _play(self) -> None:
        while not self._stop.is_set():
            try:
                self.stage.night.play(self.clock.now())
            except Fault as fault:
                self.stage.faults.append(fault)
            if self.stage.night.over:
                self.post_message(self.Over())
                return
            self._stop.wait(TICK_SECONDS / 2)


def run_demo(seed: int, speed: float) -> int:
    """Play the night on this terminal until it is left."""
    require_terminal("nightdesk demo")
    clock = DemoClock(BEGIN, speed)
    with Stage(clock, seed) as stage:
        return DemoApp(stage, clock).run_to_end()
