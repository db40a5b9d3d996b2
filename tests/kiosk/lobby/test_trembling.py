"""A lobby before which hands tremble: the right number, once, for whoever stays, and none for danger signs.

`tools/trembling.py` lets a thousand come.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from touchscreen import Seconds
from trembling import SimulatedClock, evening, open_all_night

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database

PATIENTS = 3


@pytest.mark.parametrize(("size", "elder", "seed"), [((80, 24), False, 1), ((120, 33), True, 3)])
async def test_whoever_stays_holds_the_number_they_wanted(
    hospital: Hospital, store: Database, evening_begins: datetime, size: tuple[int, int], elder: bool, seed: int
) -> None:
    seconds = Seconds()
    changed = open_all_night(hospital)
    kiosk = changed.kiosks["lobby-1"].changed(elder=elder, speaks=False)
    desk = LobbyDesk(changed, store, SimulatedClock(evening_begins, seconds), kiosk)
    app = LobbyApp(desk, Patience(), seconds)
    async with app.run_test(size=size) as pilot:
        found = await evening(app, pilot, store, seconds, PATIENTS, seed)
    assert found.wrong == []
    assert found.lost == []
    assert found.served == found.stayed > 0


@pytest.fixture
def evening_begins(evening: datetime) -> datetime:
    """When the first patient comes."""
    return evening
