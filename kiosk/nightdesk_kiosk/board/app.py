"""The call screen full-screen, from either source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from nightdesk_displays.screen_state import ScreenState
from nightdesk_kiosk.board import texts
from nightdesk_kiosk.board.board_view import BoardView
from nightdesk_kiosk.board.sources import DatabaseSource, LineAway, SerialSource
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.device_wording import cause_text
from nightdesk_kiosk.widgets.app import NightApp, require_terminal
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import StopSignal

POLL_SECONDS = 1.0
"""How often it asks by itself; a commit is told of at once by a thread that sleeps until there is one."""
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
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        super().__init__()
        self.source = source
        self._gone = StopSignal()
        serial = isinstance(source, SerialSource)
        self.board = BoardView(
            clock,
            zone,
            silence_seconds=silence_seconds if serial else DATABASE_SILENCE_SECONDS,
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
            self.set_interval(POLL_SECONDS, self._poll)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._gone.set()
        if isinstance(self.source, SerialSource):
            self.source.stop.set()
        else:
            self.source.close()

    @work(thread=True, exit_on_error=False)
    def _follow(self, source: DatabaseSource) -> None:
        follow(source.changes, self._gone, self.post_message)

    @on(Changed)
    def _changed(self) -> None:
        self._poll()

    def _poll(self) -> None:
        if isinstance(self.source, DatabaseSource):
            try:
                state = self.source.newest()
            except Fault as fault:
                self.board.lost(fault.text)
                return
            if state is not None:
                self.board.show(state)

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
    source = DatabaseSource(settings.hospital, settings.database, clinics, settings.clock)
    return BoardApp(settings.clock, settings.hospital.zone, source).run_to_end()
