"""Every page of the lobby in every mode, put up one after the other: to be measured and to be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import gallery
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_queue.config import load
from nightdesk_queue.store import Database

SIZES = ((80, 24), (100, 30), (120, 33), (160, 45))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the screen: its character, the colour of its ink and of its ground."""

    char: str
    ink: tuple[int, int, int]
    ground: tuple[int, int, int]
    bold: bool


def screen(app: Any) -> list[list[Cell]]:
    """What stands on the screen, cell by cell; a wide character is followed by an empty cell."""
    rows: list[list[Cell]] = []
    for strip in app.screen._compositor.render_strips():
        row: list[Cell] = []
        for segment in strip:
            style = segment.style or Style()
            ink, ground = _rgb(style.color, 255), _rgb(style.bgcolor, 0)
            if style.reverse:
                ink, ground = ground, ink
            for char in segment.text:
                row.append(Cell(char, ink, ground, bool(style.bold)))
                if _wide(char):
                    row.append(Cell("", ink, ground, bool(style.bold)))
        rows.append(row)
    return rows


def _wide(char: str) -> bool:
    import unicodedata

    return unicodedata.east_asian_width(char) in "WF"


def _rgb(color: Any, default: int) -> tuple[int, int, int]:
    if color is None or color.is_default:
        return (default, default, default)
    triplet = color.get_truecolor()
    return (triplet.red, triplet.green, triplet.blue)


def text_in(rows: list[list[Cell]], region: Region) -> str:
    """The characters of a region, line by line."""
    return "\n".join(
        "".join(cell.char for cell in row[region.x : region.right]) for row in rows[region.y : region.bottom]
    )


def lobby_app(store: Database, config: Path, now: datetime) -> LobbyApp:
    """A lobby of a configuration whose clock stands still."""
    hospital = load(config)
    return LobbyApp(LobbyDesk(hospital, store, Clock(now, 0.0), next(iter(hospital.kiosks.values()))))


async def every_page(
    app: LobbyApp, pilot: Pilot[Any], store: Database, language: str, *, elder: bool
) -> AsyncIterator[tuple[str, LobbyView]]:
    """Put up every page by its name."""
    view = app.query_one(LobbyView)
    desk = app.desk
    with store.snapshot() as tx:
        glances = tuple(desk.glances(tx))
    for example in gallery.pages(desk.hospital, desk.kiosk, glances, desk.clock.now()):
        await view.put_up(gallery.showing(view.state, example, language, elder=elder), example.seconds_left)
        await pilot.pause()
        yield example.name, view
