"""A picture of a screen as SVG that looks the same in every viewer and asks for nothing from the net."""

from __future__ import annotations

import re
from html import unescape

from rich.cells import cell_len
from textual.app import App

_TEXT = re.compile(r'x="([\d.]+)"( y="[\d.]+" )textLength="[\d.]+"([^>]*>)([^<]*)')
_SPACES = re.compile("^(?:&#160;)+")
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
CELL = 12.2
"""Width of a character cell in the pictures."""
SPACE = "\u00a0"


def screenshot(app: App[None], title: str) -> str:
    """Return the screen of a running app as SVG.

    A Chinese character takes two cells and not one, and fonts come from the reader's machine, not from an address.
    """
    return _FONTS.sub("", _TEXT.sub(_placed, app.export_screenshot(title=title)))


def _placed(found: re.Match[str]) -> str:
    """Give a text the width it has in a terminal.

    It begins behind its leading spaces: some viewers drop them and would skew what is drawn with blocks.
    """
    x, between, rest, escaped = found.groups()
    words = unescape(escaped)
    begun = words.lstrip(SPACE)
    left = float(x) + CELL * (len(words) - len(begun))
    return f'x="{left:.1f}"{between}textLength="{CELL * cell_len(begun):.1f}"{rest}{_SPACES.sub("", escaped)}'
