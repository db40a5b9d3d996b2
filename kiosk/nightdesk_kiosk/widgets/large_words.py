"""Words drawn large: Chinese and Latin from this machine's fonts with half blocks, broken into lines where they must.

Where no font has the characters, or not even the smallest size fits, nothing is drawn and plain text stands there.
"""

from __future__ import annotations

from functools import lru_cache

from nightdesk_printers.fonts import Fonts, find_fonts
from nightdesk_printers.layout import wrap
from nightdesk_queue.text.dot_matrix import half_blocks

SIZES = (48, 40, 32, 28, 24, 20, 18, 16, 14, 12)
"""Heights in dots, two of them a row; below twelve Chinese cannot be read."""
LATIN_SIZES = (*SIZES, 11, 10, 9)
"""Latin letters can be read when they are smaller, too."""
INK = 128
MOST_LINES = 4
LEAST_ROWS = 4
"""Rows of the smallest figures; what hangs above or below a line may need more."""


@lru_cache(maxsize=1)
def fonts() -> Fonts:
    """Return the fonts of this machine, looked for once."""
    return find_fonts()


@lru_cache(maxsize=1024)
def large_words(
    text: str, columns: int, rows: int, lines: int = MOST_LINES, largest: int = SIZES[0]
) -> tuple[str, ...]:
    """Return a text in the largest size at which it fits into so many columns and rows; nothing where none does.

    It takes `lines` lines at most; a line that is broken inside a Latin word is none.
    """
    known = fonts()
    if rows < LEAST_ROWS or lines < 1 or known.chinese is None or not text or known.missing(text):
        return ()
    for size in LATIN_SIZES if text.isascii() else SIZES:
        if size > largest or size > 2 * rows + 2:
            continue
        parts = _lines(text, size, columns)
        if parts is None or len(parts) > lines:
            continue
        drawn = [_drawn(part, size) for part in parts]
        if sum(map(len, drawn)) + len(drawn) - 1 <= rows:
            return _joined(drawn)
    return ()


def _lines(text: str, size: int, columns: int) -> list[str] | None:
    """Return the lines of a text at a size, or None where a Latin word is wider than a line."""

    def width(part: str) -> int:
        return fonts().width(part, size) + 1

    if any(width(word) > columns for word in text.split() if word.isascii()):
        return None
    return wrap(text, columns, width)


def _joined(drawn: list[list[str]]) -> tuple[str, ...]:
    """Return lines below each other with a free row between, in the middle of the widest."""
    width = max(len(row) for one in drawn for row in one)
    rows: list[str] = []
    for one in drawn:
        if rows:
            rows.append("")
        left = (width - max(map(len, one))) // 2
        rows += [" " * left + row for row in one]
    return tuple(rows)


@lru_cache(maxsize=1024)
def _drawn(text: str, size: int) -> list[str]:
    """Return one line of text as rows of half blocks, without empty rows above and below."""
    image = fonts().draw(text, size).convert("L")
    ink, width = image.tobytes(), image.width
    dots = [[dot < INK for dot in ink[at : at + width]] for at in range(0, len(ink), width)]
    inked = [index for index, row in enumerate(dots) if any(row)]
    kept = dots[inked[0] : inked[-1] + 1] if inked else dots[:2]
    return [row.rstrip() for row in half_blocks(kept)]
