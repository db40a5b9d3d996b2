"""The lobby under a test's finger: taps by label, waiting for a page, and a clock that the test moves."""

from __future__ import annotations

from typing import Any

from piloting import until_shown
from textual.pilot import Pilot

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.target import Target


class Seconds:
    """A clock that goes forward only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


def lobby(app: Any) -> LobbyView:
    """The lobby of an app."""
    view: LobbyView = app.query_one(LobbyView)
    return view


def page(app: Any) -> Any:
    """The page that is up."""
    return lobby(app).page


async def tap(pilot: Pilot[Any], label: str) -> None:
    """Tap the target with a label, once it is there."""

    def found() -> Target | None:
        targets = pilot.app.query(Target)
        return next((one for one in targets if label in str(one.render()) and one.region.height), None)

    await until_shown(pilot, found)
    assert await pilot.click(found())


async def come_to(pilot: Pilot[Any], kind: type[Any]) -> None:
    """Wait until a page of this kind is up."""
    await until_shown(pilot, lambda: isinstance(page(pilot.app), kind) and page(pilot.app).is_mounted)
    await pilot.pause()


async def tap_through(pilot: Pilot[LobbyApp], *steps: tuple[str, type[Any]]) -> None:
    """Tap one label after the other, each time until its page is up."""
    for label, kind in steps:
        await tap(pilot, label)
        await come_to(pilot, kind)
