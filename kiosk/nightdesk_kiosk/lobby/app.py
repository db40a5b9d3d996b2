"""The lobby full-screen. Nothing a patient presses can leave it: it ends by a signal from outside only."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from nightdesk_kiosk.attendance import attend
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.own_files import goes_on_alone, open_own_file
from nightdesk_kiosk.ui_language import say
from nightdesk_kiosk.watchdog import Watchdog
from nightdesk_kiosk.widgets.app import NightApp, require_terminal
from nightdesk_kiosk.widgets.themes import LOBBY_DAY, LOBBY_NIGHT
from nightdesk_queue.config import Kiosk
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.rules import refusals

if TYPE_CHECKING:
    from nightdesk_kiosk.lobby.prompter import Prompter

FAILS_AT_ONCE_SECONDS = 10.0


class LobbyApp(NightApp):
    """One kiosk. Ctrl+Q, Ctrl+C and the rest of Textual's own keys do nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c,super+c,ctrl+z,ctrl+p", "nothing", show=False, priority=True)
    ]

    def __init__(
        self,
        desk: LobbyDesk,
        patience: Patience | None = None,
        seconds: Callable[[], float] = time.monotonic,
        *,
        prompter: Prompter | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        super().__init__()
        self.desk = desk
        self.patience = patience
        self.begins_anew = False
        """Whether it was left by the service menu, to begin anew."""
        self._seconds = seconds
        self._prompter = prompter
        self._watchdog = watchdog
        self._percent: int | None = None
        for theme in (LOBBY_NIGHT, LOBBY_DAY):
            self.register_theme(theme)
        self._show(KioskState(desk.kiosk.id))

    def compose(self) -> ComposeResult:
        """The lobby and nothing else."""
        yield LobbyView(self.desk, self.patience, seconds=self._seconds, prompter=self._prompter)

    def on_mount(self) -> None:
        """Tell systemd, where it started us, that the lobby is up, and go on telling it while the screen works."""
        if self._watchdog is not None:
            self._watchdog.ready()
            if self._watchdog.seconds:
                self.set_interval(self._watchdog.seconds, self._watchdog.alive)

    def action_nothing(self) -> None:
        """Ignore a key."""

    @on(LobbyView.Look)
    def _look(self, event: LobbyView.Look) -> None:
        self._show(event.kiosk)

    @on(LobbyView.Anew)
    def _begin_anew(self) -> None:
        self.begins_anew = True
        self.exit()

    def _show(self, state: KioskState) -> None:
        """Wear the colours of the time of day, or those staff have chosen, and dim the screen."""
        bright = self._by_day(state, self.desk.clock.now())
        theme = LOBBY_DAY if bright else LOBBY_NIGHT
        if self.theme != theme.name:
            self.theme = theme.name
        percent = state.day_percent if bright else state.night_percent
        if self.desk.kiosk.backlight and percent != self._percent:
            self._percent = percent
            dim(self.desk.hospital.folder / self.desk.kiosk.backlight, percent)

    def _by_day(self, state: KioskState, now: datetime) -> bool:
        if state.theme is KioskTheme.AUTO:
            return self.desk.kiosk.day.holds(now.astimezone(self.desk.hospital.zone).time())
        return state.theme is KioskTheme.DAY


def dim(file: Path, percent: int) -> None:
    """Set the brightness of a screen by its file in Linux's /sys/class/backlight; what fails is logged."""
    try:
        most = int((file.parent / "max_brightness").read_text(encoding="ascii"))
        file.write_text(str(max(most * percent // 100, 1)), encoding="ascii")
    except (OSError, ValueError) as error:
        fact(logging.WARNING, "screen not dimmed", file=str(file), cause=type(error).__name__)


def find_kiosk(settings: Settings, kiosk_id: str | None) -> Kiosk:
    """Return the kiosk by id, or the first. Raises Refused("unknown_kiosk")."""
    if kiosk_id is None:
        return next(iter(settings.hospital.kiosks.values()))
    return refusals.kiosk_of(settings.hospital, kiosk_id)


def run_lobby(settings: Settings, kiosk_id: str | None) -> int:
    """Run the lobby until the process is told to end; after an error or a restart it begins anew, clean and idle."""
    kiosk = find_kiosk(settings, kiosk_id)
    require_terminal("nightdesk lobby")
    settings.impatient = kiosk.offline_prefix is not None
    settings.start_log(f"lobby-{kiosk.id}", screen=True)
    attend(settings, ProgramKind.LOBBY, kiosk.id)
    own = None
    if goes_on_alone(kiosk, settings.database):
        # who listens knows at once that the server is away, and no tap waits for it
        settings.closing.enter_context(settings.database.changes())
        own = settings.closing.enter_context(open_own_file(settings.hospital, kiosk, settings.database.machine))
    desk = LobbyDesk(settings.hospital, settings.database, settings.clock, kiosk, own=own)
    watchdog = Watchdog.from_environment()
    while True:
        began = time.monotonic()
        prompter = _prompter(settings, kiosk, desk)
        try:
            app = LobbyApp(desk, prompter=prompter, watchdog=watchdog)
            status = app.run_to_end()
            if not app.begins_anew:
                watchdog.stopping()
                return status
        except Fault as fault:
            # at 3 a.m. nobody restarts a kiosk; only one that fails at once is left to its supervisor
            if time.monotonic() - began < FAILS_AT_ONCE_SECONDS:
                raise
            click.echo(say(fault.text), err=True)
        finally:
            if prompter is not None:
                prompter.close()


def _prompter(settings: Settings, kiosk: Kiosk, desk: LobbyDesk) -> Prompter | None:
    """Return what says pages aloud in the large mode; None where the kiosk is to be silent."""
    if not kiosk.speaks:
        return None
    # imported here: a lobby that is silent does not wait for the voice
    from nightdesk_kiosk.lobby.prompter import Prompter  # noqa: PLC0415

    return Prompter(settings.hospital, kiosk, desk.languages, settings.database)
