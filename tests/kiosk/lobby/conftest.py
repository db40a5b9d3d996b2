"""A lobby of the example hospital that takes every tap at once."""

from __future__ import annotations

import pytest
from touchscreen import Seconds

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.flow import Patience
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database

AT_ONCE = Patience(settle=0.0)


@pytest.fixture
def lobby_desk(hospital: Hospital, store: Database, clock: Clock) -> LobbyDesk:
    return LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])


@pytest.fixture
def seconds() -> Seconds:
    """The clock of the lobby's patience."""
    return Seconds()


@pytest.fixture
def app(lobby_desk: LobbyDesk, seconds: Seconds) -> LobbyApp:
    return LobbyApp(lobby_desk, AT_ONCE, seconds)
