"""`nightdesk kiosk pages`: every page of a kiosk's screen as a picture."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.lobby.app import find_kiosk
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.picturing import Mode, draw_pages
from nightdesk_kiosk.widgets.app import SMALLEST, too_small
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.text.bilingual import Text

LARGEST = 400
NO_SIZE = Text(
    zh="--size {size} 不是尺寸；写成 120x33，最大 {most}", en="--size {size} is no size; write 120x33, {most} at most"
)
NOT_WRITTEN = Text(zh="图写不进 {folder}：{e}", en="the pictures cannot be written to {folder}: {e}")


def draw_lobby(settings: Settings, kiosk_id: str | None, folder: Path, size: str) -> list[str]:
    """Draw every page and return the names of the files. Raises Refused, Misuse, Fault."""
    kiosk = find_kiosk(settings, kiosk_id)
    desk = LobbyDesk(settings.hospital, settings.database, settings.clock, kiosk)
    modes = [Mode(language, elder) for language in desk.languages.ids for elder in (False, True)]
    names: list[str] = []

    def take(name: str, svg: str) -> None:
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        names.append(f"{name}.svg")

    wanted = _size(size)
    with settings.looking() as tx:
        glances = tuple(desk.glances(tx))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(draw_pages(desk, glances, modes, wanted, take))
    except OSError as error:
        raise Fault("file", NOT_WRITTEN.fill(folder=folder, e=error.strerror or error)) from error
    return names


def _size(said: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})x(\d{1,3})", said.strip().lower(), re.ASCII)
    if found is None or max(int(found[1]), int(found[2])) > LARGEST:
        raise Misuse("usage", NO_SIZE.fill(size=said[:20], most=f"{LARGEST}x{LARGEST}"))
    columns, rows = int(found[1]), int(found[2])
    if not SMALLEST.fits(columns, rows):
        raise Misuse("usage", too_small(columns, rows, SMALLEST))
    return columns, rows
