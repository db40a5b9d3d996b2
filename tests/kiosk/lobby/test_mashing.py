"""Random taps and keys: three seeds here, ten thousand each by `tools/trembling.py --random 10000`."""

from __future__ import annotations

from datetime import datetime

import pytest
from mashing import mash
from touchscreen import Seconds
from trembling import SimulatedClock, open_all_night

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database

EVENTS = 40


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nobody_breaks_it_or_gets_a_number_unasked_and_it_ends_idle(
    hospital: Hospital, store: Database, evening: datetime, seed: int
) -> None:
    seconds = Seconds()
    changed = open_all_night(hospital)
    kiosk = changed.kiosks["lobby-1"].changed(speaks=False)
    app = LobbyApp(LobbyDesk(changed, store, SimulatedClock(evening, seconds), kiosk), Patience(settle=0.1), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = await mash(app, pilot, store, seconds, EVENTS, seed)
    assert seen.strange == []
    assert seen.issued <= seen.confirmed
