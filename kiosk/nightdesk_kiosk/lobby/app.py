"""The lobby full-screen. Nothing a patient presses can leave it: it ends by a signal from outside only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

import click
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from nightdesk_kiosk.attendance import attend
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.lobby.flow import Patience
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.ui_language import say
from nightdesk_kiosk.widgets.app import NightApp, require_terminal
from nightdesk_queue.config import Kiosk
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.rules import refusals

FAILS_AT_ONCE_SECONDS = 10.0


class LobbyApp(NightApp):
    """One kiosk. Ctrl+Q, Ctrl+C and the rest of Textual's own keys do nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c,super+c,ctrl+z,ctrl+p", "nothing", show=False, priority=True)
    ]

    def __init__(
        self, desk: LobbyDesk, patience: Patience | None = None, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.desk = desk
        self.patience = patience
        self._seconds = seconds

    def compose(self) -> ComposeResult:
        """The lobby and nothing else."""
        yield LobbyView(self.desk, self.patience, seconds=self._seconds)

    def action_nothing(self) -> None:
        """Ignore a key."""


def find_kiosk(settings: Settings, kiosk_id: str | None) -> Kiosk:
    """Return the kiosk by id, or the first. Raises Refused("unknown_kiosk")."""
    kiosks = settings.hospital.kiosks
    if kiosk_id is None:
        return next(iter(kiosks.values()))
    if kiosk_id not in kiosks:
        raise refusals.unknown_kiosk(settings.hospital, kiosk_id)
    return kiosks[kiosk_id]


def run_lobby(settings: Settings, kiosk_id: str | None) -> int:
    """Run the lobby until the process is told to end."""
    kiosk = find_kiosk(settings, kiosk_id)
    require_terminal("nightdesk lobby")
    settings.start_log(f"lobby-{kiosk.id}", screen=True)
    attend(settings, ProgramKind.LOBBY, kiosk.id)
    while True:
        began = time.monotonic()
        try:
            return LobbyApp(LobbyDesk(settings.hospital, settings.database, settings.clock, kiosk)).run_to_end()
        except Fault as fault:
            # at 3 a.m. nobody restarts a kiosk; only one that fails at once is left to its supervisor
            if time.monotonic() - began < FAILS_AT_ONCE_SECONDS:
                raise
            click.echo(say(fault.text), err=True)
