"""Make the pictures of docs/ from the running program: `make pictures`.

The demo night is played to 18:40 at once, then the clock stands still, so the same code gives the same pictures.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.demo.app import DemoApp, DemoClock
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.flow import Patience
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.widgets.app import NightApp
from nightdesk_queue.domain.people import By
from nightdesk_queue.text.bilingual import Language

FOLDER = Path(__file__).parent / "pictures"
MOMENT = BEGIN + timedelta(minutes=80)
SIZE = (120, 33)
AT_ONCE = Patience(settle=0.0)

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
            ConsoleApp(_console(stage, clock), "tcm-night", language=_language(language)),
            f"console-{language}",
            _wait,
        )
        await _save(
            LobbyApp(LobbyDesk(stage.hospital, stage.database, clock, kiosk), AT_ONCE),
            f"lobby-{language}",
            _number(language),
        )
    await _save(DemoApp(stage, clock), "demo", _wait)


def _language(name: str) -> Language:
    return "zh" if name == "zh" else "en"


def _console(stage: Stage, clock: DemoClock) -> ConsoleDesk:
    return ConsoleDesk(stage.hospital, stage.database, clock, By("nurse", "console"))


async def _wait(pilot: Pilot[None]) -> None:
    await pilot.pause(1.5)


def _number(language: str) -> Steps:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.pause(0.3)
        if language == "en":
            await pilot.click("#language")
            await pilot.pause(0.3)
        for target in ("IdlePage Tap", "ChoosePage .choices Tap", "ConfirmPage .good"):
            await pilot.click(target)
            await pilot.pause(0.5)
        await pilot.pause(1.5)

    return steps


_TEXT = re.compile(r'x="([\d.]+)"( y="[\d.]+" )textLength="[\d.]+"([^>]*>)([^<]*)')
_SPACES = re.compile("^(?:&#160;)+")
CELL = 12.2
"""Width of a character cell in the pictures."""
SPACE = "\u00a0"


def _placed(found: re.Match[str]) -> str:
    """Give a text the width it has in a terminal, where a Chinese character takes two cells and not one.

    It begins behind its leading spaces: some viewers drop them and would skew the large digits.
    """
    x, between, rest, escaped = found.groups()
    words = unescape(escaped)
    begun = words.lstrip(SPACE)
    left = float(x) + CELL * (len(words) - len(begun))
    return f'x="{left:.1f}"{between}textLength="{CELL * cell_len(begun):.1f}"{rest}{_SPACES.sub("", escaped)}'


async def _save(app: NightApp, name: str, steps: Steps) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await steps(pilot)
        svg = app.export_screenshot(title=f"nightdesk {name.partition('-')[0]}")
    svg = _TEXT.sub(_placed, svg)
    # fonts come from the reader's machine, not from an address on the net
    plain = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (FOLDER / f"{name}.svg").write_text(plain, encoding="utf-8")


if __name__ == "__main__":
    main()
