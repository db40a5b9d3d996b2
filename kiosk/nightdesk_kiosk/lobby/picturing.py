"""Pictures of every page of the lobby, as the hospital's own configuration makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nightdesk_kiosk.lobby import gallery
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.widgets.screenshot import screenshot
from nightdesk_queue.queries.queue_view import ClinicGlance

Take = Callable[[str, str], object]
"""What becomes of a picture: its name and its SVG."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A language and a size in which pages are drawn."""

    language: str
    elder: bool

    @property
    def name(self) -> str:
        """The mode in a file's name."""
        return f"{self.language}-large" if self.elder else self.language


async def draw_pages(
    desk: LobbyDesk,
    glances: tuple[ClinicGlance, ...],
    modes: Sequence[Mode],
    size: tuple[int, int],
    take: Take,
    only: Sequence[str] = (),
) -> None:
    """Draw every page, or only those that are named, in every mode."""
    app = LobbyApp(desk)
    async with app.run_test(size=size) as pilot:
        view = app.query_one(LobbyView)
        for mode in modes:
            for example in gallery.pages(desk.hospital, desk.kiosk, glances, desk.clock.now()):
                if only and example.name not in only:
                    continue
                state = gallery.showing(view.state, example, mode.language, elder=mode.elder)
                await view.put_up(state, example.seconds_left)
                await pilot.pause()
                take(f"{example.name}-{mode.name}", screenshot(app, "nightdesk lobby"))
