"""Make the pictures of docs/ from the running program: `make pictures`.

The demo night is played to 18:40 at once, then the clock stands still, so the same code gives the same pictures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.demo.app import DemoApp, DemoClock
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.picturing import Mode, draw_pages
from nightdesk_kiosk.widgets.app import NightApp
from nightdesk_kiosk.widgets.screenshot import screenshot
from nightdesk_queue.domain.people import By
from nightdesk_queue.text.bilingual import Language

FOLDER = Path(__file__).parent / "pictures"
MOMENT = BEGIN + timedelta(minutes=80)
SIZE = (120, 33)
DOCTORS_SIZE = (60, 20)
PAGES = ("idle", "choose", "signs", "groups", "number", "services", "keypad", "emergency", "help")
"""The pages of the lobby that stand in docs/lobby.md."""

Steps = Callable[[Pilot[None]], Awaitable[None]]


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    clock = DemoClock(MOMENT, 0.0)
    with Stage(clock, seed=1) as stage:
        stage.night.play(MOMENT)
        while stage.slips_waiting():
            time.sleep(0.05)
        asyncio.run(_all(stage, clock))


async def _all(stage: Stage, clock: DemoClock) -> None:
    kiosk = next(iter(stage.hospital.kiosks.values()))
    for language in ("zh", "en"):
        await _save(
            ConsoleApp(_console(stage, clock), "tcm-night", "tcm-2", language=_language(language)),
            f"console-{language}",
            _wait,
        )
    for language in ("zh", "en"):
        doctor = ConsoleApp(_console(stage, clock), "tcm-night", "tcm-1", _language(language), doctor=True)
        await _save(doctor, f"doctor-{language}", _wait, DOCTORS_SIZE)
    desk = LobbyDesk(stage.hospital, stage.database, clock, kiosk)
    with stage.database.snapshot() as tx:
        glances = tuple(desk.glances(tx))
    modes = [Mode("zh", False), Mode("en", False), Mode("zh", True)]
    await draw_pages(desk, glances, modes, SIZE, lambda name, svg: _write(f"lobby-{name}", svg), PAGES)
    await _save(DemoApp(stage, clock), "demo", _wait)


def _language(name: str) -> Language:
    return "zh" if name == "zh" else "en"


def _console(stage: Stage, clock: DemoClock) -> ConsoleDesk:
    return ConsoleDesk(stage.hospital, stage.database, clock, By("nurse", "console"))


async def _wait(pilot: Pilot[None]) -> None:
    await pilot.pause(1.5)


async def _save(app: NightApp, name: str, steps: Steps, size: tuple[int, int] = SIZE) -> None:
    async with app.run_test(size=size) as pilot:
        await steps(pilot)
        _write(name, screenshot(app, f"nightdesk {name.partition('-')[0]}"))


def _write(name: str, svg: str) -> None:
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
