"""Reach is measured: every page, in every language and size, at four sizes of terminal, by day and by night.

The characters of each page in Chinese, English and the large mode are kept beside this file, at three sizes: a change
of any page is seen as text. `NIGHTDESK_KEEP_PAGES=1 pytest tests/kiosk/lobby/test_reach.py` keeps them anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lobby_gallery import SIZES, every_page, lobby_app, screen
from places import ROOT
from reach import faults, plain_where_large

from nightdesk_kiosk.widgets import large_words
from nightdesk_printers import fonts
from nightdesk_queue.store import Database

KEPT = Path(__file__).parent / "__pages__"
CASES = [
    *((size, "zh", elder, False) for size in SIZES for elder in (False, True)),
    *((size, "en", elder, False) for size in (SIZES[0], SIZES[2]) for elder in (False, True)),
    (SIZES[3], "en", False, False),
    (SIZES[0], "ja", False, False),
    (SIZES[2], "ja", True, False),
    # by day only the colours differ
    (SIZES[2], "zh", False, True),
]
PLAIN_THERE = {"pin", "service-menu", "keypad"}
"""Pages whose keys are read from near by."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The project's own configuration with a third language and pages of information."""
    file = tmp_path / "config.toml"
    written = (ROOT / "config.toml").read_text(encoding="utf-8")
    for key in ('languages = ["zh", "en", "ja"]', 'information = "info"'):
        assert f"# {key}" in written
        written = written.replace(f"# {key}", key)
    file.write_text(written, encoding="utf-8")
    return file


@pytest.fixture
def one_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The font of the package alone: what is drawn does not depend on the machine."""
    monkeypatch.setattr(fonts, "_of_fontconfig", lambda _: ())
    caches = (large_words.fonts, large_words.large_words, large_words._drawn)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("one_font")
@pytest.mark.parametrize(("size", "language", "elder", "by_day"), CASES)
async def test_every_page_can_be_reached_and_read(
    store: Database,
    config: Path,
    evening: datetime,
    size: tuple[int, int],
    language: str,
    elder: bool,
    by_day: bool,
) -> None:
    app = lobby_app(store, config, evening - timedelta(hours=6 if by_day else 0))
    wrong: list[str] = []
    pages: list[str] = []
    async with app.run_test(size=size) as pilot:
        async for name, view in every_page(app, pilot, store, language, elder=elder):
            cells = screen(app)
            wrong += [f"{name}: {one}" for one in faults(view, cells, elder=elder)]
            if elder and size[0] >= 120 and language == "zh" and name not in PLAIN_THERE:
                wrong += [f"{name}: {one}" for one in plain_where_large(view, cells)]
            drawn = "\n".join("".join(cell.char for cell in row).rstrip() for row in cells)
            pages.append(f"=== {name}\n{drawn}\n")
    assert wrong == []
    if not by_day and language != "ja" and size != SIZES[1]:
        file = KEPT / f"{language}-{'large' if elder else 'usual'}-{size[0]}x{size[1]}.txt"
        if os.environ.get("NIGHTDESK_KEEP_PAGES"):
            KEPT.mkdir(exist_ok=True)
            file.write_text("\n".join(pages), encoding="utf-8")
        assert "\n".join(pages) == file.read_text(encoding="utf-8")
