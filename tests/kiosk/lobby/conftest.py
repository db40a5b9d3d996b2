"""A lobby of the example hospital that takes every tap at once, and one in each language."""

from __future__ import annotations

import pytest
from touchscreen import AT_ONCE, Seconds, in_language

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import LANGUAGES, Language


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


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    """Each language in turn."""
    found: Language = request.param
    return found


@pytest.fixture
def spoken(hospital: Hospital, language: Language) -> Hospital:
    """The example hospital, whose kiosk begins in the language."""
    return in_language(hospital, language)


@pytest.fixture
def spoken_app(spoken: Hospital, store: Database, clock: Clock, seconds: Seconds) -> LobbyApp:
    """A lobby that begins in the language."""
    return LobbyApp(LobbyDesk(spoken, store, clock, spoken.kiosks["lobby-1"]), AT_ONCE, seconds)
