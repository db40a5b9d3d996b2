"""The call screen full-screen, from either source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from nightdesk_displays.screen_state import ScreenState
from nightdesk_displays.turns import TURN_SECONDS
from nightdesk_kiosk.attendance import attend
from nightdesk_kiosk.board import texts
from nightdesk_kiosk.board.board_view import BoardView
from nightdesk_kiosk.board.sources import DatabaseSource, LineAway, SerialSource
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.device_wording import cause_text
from nightdesk_kiosk.widgets.app import NightApp, require_terminal, terminal_name
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import StopSignal

LOOK_SECONDS = 5.0
"""What a screen shows may change without a commit: a file in the place of another, the clinic's hours."""
SILENCE_SECONDS = 185.0
"""Three of the longest repaints a line may have, and a little: after that a frame is not late but missing."""
DATABASE_SILENCE_SECONDS = 30.0
"""A database that could not be read for so long: the calls of then may be over."""


class BoardApp(NightApp):
    """A call screen; Ctrl+Q leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False)]

    @dataclass
    class Received(Message):
        """Something came from the line."""

        content: ScreenState | LineAway

    def __init__(
        self,
        clock: Clock,
        zone: ZoneInfo,
        source: DatabaseSource | SerialSource,
        silence_seconds: float | None = None,
        *,
        look_seconds: float = LOOK_SECONDS,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        super().__init__()
        self.source = source
        self._look_seconds = look_seconds
        self._gone = StopSignal()
        self._clock, self._zone = clock, zone
        self._lost_at: datetime | None = None
        usual = SILENCE_SECONDS if isinstance(source, SerialSource) else DATABASE_SILENCE_SECONDS
        self.board = BoardView(
            clock,
            zone,
            silence_seconds=usual if silence_seconds is None else silence_seconds,
            turn_seconds=turn_seconds,
            waiting_for=texts.WAITING_FOR_LINE.fill(port=source.port) if isinstance(source, SerialSource) else None,
        )

    def compose(self) -> ComposeResult:
        """The call screen and nothing else."""
        yield self.board

    def on_mount(self) -> None:
        """Start listening."""
        if isinstance(self.source, SerialSource):
            self._listen(self.source)
        else:
            self._follow(self.source)
            self.set_interval(self._look_seconds, self._look)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._gone.set()
        if isinstance(self.source, SerialSource):
            self.source.stop.set()

    @work(thread=True, group="changes", exit_on_error=False)
    def _follow(self, source: DatabaseSource) -> None:
        """Wait in a thread for commits of anybody and tell of each, until the screen goes."""
        follow(source.changes, self._gone, self.post_message)

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        if event.fault is None:
            self._look()
        else:
            self._lost()

    def _look(self) -> None:
        if isinstance(self.source, DatabaseSource):
            try:
                state = self.source.state()
            except Fault:
                self._lost()
            else:
                self._lost_at = None
                self.board.show(state)

    def _lost(self) -> None:
        """Say since when nothing new is known, in words for patients: an address of a server is nothing to them."""
        if self._lost_at is None:
            self._lost_at = self._clock.now().astimezone(self._zone)
        self.board.lost(texts.CUT_OFF_SINCE.fill(at=f"{self._lost_at:%H:%M}"))

    @work(thread=True, exit_on_error=False)
    def _listen(self, source: SerialSource) -> None:
        source.read(lambda content: self.post_message(self.Received(content)))

    @on(Received)
    def _received(self, event: Received) -> None:
        if isinstance(event.content, ScreenState):
            self.board.show(event.content)
        elif isinstance(self.source, SerialSource):
            self.board.lost(texts.LINE_AWAY.fill(port=self.source.port, why=cause_text(event.content.why)))


def run_board(settings: Settings, port: str | None, baud: int, clinics: Sequence[str]) -> int:
    """Run a call screen until it is left. With a serial line it needs no configuration and no database."""
    if port:
        require_terminal("nightdesk board")
        zone = settings.hospital.zone if settings.config.exists() else ZoneInfo("Asia/Shanghai")
        return BoardApp(Clock(), zone, SerialSource(port, baud)).run_to_end()
    for clinic in clinics:
        refusals.known_clinic(settings.hospital, clinic)
    require_terminal("nightdesk board")
    settings.start_log("board", screen=True)
    attend(settings, ProgramKind.BOARD, terminal_name())
    source = DatabaseSource(settings.hospital, settings.database, clinics, settings.clock)
    return BoardApp(settings.clock, settings.hospital.zone, source).run_to_end()
