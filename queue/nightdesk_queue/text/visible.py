"""What stands in a cell or an argument, made visible for an error message."""

from __future__ import annotations

import unicodedata

QUOTED = 40
"""Most characters of somebody's text that an error says again."""


def visible(text: str, longest: int = QUOTED) -> str:
    """Return a text on one line with what cannot be seen written out (a no-break space is `\\xa0`); `-` if empty."""
    shown = "".join(char if char == " " or not _unseen(char) else ascii(char)[1:-1] for char in text.strip(" "))
    return shown[:longest].rstrip() or "-"


def _unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
