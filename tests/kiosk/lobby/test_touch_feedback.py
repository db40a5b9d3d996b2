"""A touch is seen to have arrived before anything is answered."""

from __future__ import annotations

from piloting import until_shown
from touchscreen import come_to, lobby, page

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.messages import SeeClinics
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.target import Target


async def test_a_target_shows_that_it_is_touched_while_its_answer_takes_long(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        view = lobby(app)
        view._ask = lambda _: None  # type: ignore[method-assign]  # nobody answers
        target = next(one for one in page(app).query(Target) if isinstance(one.asks, SeeClinics))
        ground = target.styles.background
        await pilot.mouse_down(target)
        assert target.has_class("pressed")
        await until_shown(pilot, lambda: target.styles.background != ground)
        assert isinstance(page(app), IdlePage), "the page waits for its answer"
