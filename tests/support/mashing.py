"""Random taps and keys on a lobby: nobody leaves it, no number comes without a confirmation, and it ends idle."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from textual.pilot import Pilot
from touchscreen import Seconds

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.exchange import Issue, Message
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import ChooseGroup
from nightdesk_kiosk.lobby.states import AskingGroup, AskingSigns, Idle, ShowingNumber
from nightdesk_kiosk.lobby.target import Target
from nightdesk_queue.store import Database

KEYS = (
    "a", "n", "0", "1", "9", "enter", "space", "tab", "escape", "ctrl+c", "ctrl+q", "ctrl+z", "ctrl+p", "ctrl+d",
    "f1", "up", "down", "left", "right", "backspace", "delete", "home", "end", "shift+tab", "ctrl+l",
)  # fmt: skip


@dataclass
class Mashed:
    """What was seen."""

    confirmed: int = 0
    issued: int = 0
    strange: list[str] = field(default_factory=list)


async def mash(app: LobbyApp, pilot: Pilot[Any], store: Database, seconds: Seconds, events: int, seed: int) -> Mashed:
    """Send so many taps and keys, then stand still until the lobby is idle."""
    chance = Random(seed)
    seen = Mashed()
    view = app.query_one(LobbyView)
    _watch(view, seen)
    size = app.size
    for _ in range(events):
        await _one(pilot, view, chance, (size.width, size.height))
        seconds.go_on(chance.choice((0.1, 0.5, 1.0, 2.5, 20.0)))
        await view._tick()
        await pilot.pause()
        if not app.is_running:
            seen.strange.append("it was left")
            break
    for _ in range(4):
        await app.workers.wait_for_complete()
        seconds.go_on(200.0)
        await view._tick()
        await pilot.pause()
    if not isinstance(view.state.page, Idle) or view.state.over is not None:
        seen.strange.append(f"it ends on {view.state.page}")
    with store.snapshot() as tx:
        row = tx.row("SELECT count(*) AS n FROM tickets")
        seen.issued = int(row["n"]) if row else 0
    return seen


async def _one(pilot: Pilot[Any], view: LobbyView, chance: Random, size: tuple[int, int]) -> None:
    if chance.random() < 0.25:
        await pilot.press(chance.choice(KEYS))
        return
    targets = [one for one in view.query(Target) if one.display and one.region.area]
    if targets and chance.random() < 0.6:
        region = chance.choice(targets).region
        place = (region.x + region.width // 2, region.y + region.height // 2)
    else:
        place = (chance.randrange(size[0]), chance.randrange(size[1]))
    await pilot.click(offset=place)


def _watch(view: LobbyView, seen: Mashed) -> None:
    """Note every confirmation, and every number that is asked for without one."""
    take = view.take

    async def noted(message: Message, spot: Any = None) -> None:
        before = view.state
        await take(message, spot)
        after = view.state
        if after.retry is not None and after.retry is not before.retry:
            confirms = isinstance(before.page, AskingGroup | AskingSigns) and isinstance(message, ChooseGroup)
            seen.confirmed += confirms
            if not confirms:
                seen.strange.append(f"{message} on {before.page} asked for a number")
        page = after.page
        if isinstance(page, ShowingNumber) and not isinstance(before.page, ShowingNumber):
            own = isinstance(before.retry, Issue) or not page.new
            if not own:
                seen.strange.append(f"{page.issued.ticket.number} is shown to somebody else")

    view.take = noted  # type: ignore[method-assign]
