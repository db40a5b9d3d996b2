"""What a slip is made of, whatever prints it. Pure data and text measuring; widths are in columns of font A.

A column is a half-width character: 12 dots at 203 dpi (8 dots a mm), so 80 mm paper has 48 and 58 mm paper 32. A
Chinese character takes two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.cleaning import clean

COLUMNS = {80: 48, 58: 32}
"""Columns of text on each width of paper in mm."""
DOTS = {80: 576, 58: 384}
"""Dots a printer of 203 dpi puts side by side on each width of paper in mm (72 and 48 mm of it are printed on)."""
CELL_DOTS = 24
"""Height of a line of normal size, and width of a Chinese character in it."""
DOTS_A_MM = 8
LARGEST = 8
"""Times the normal size; `GS !` knows no larger one."""
LONGEST_LINE = 400
"""Characters of one line of a slip; what is longer was not meant for paper."""

Align: TypeAlias = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of text, `size` times as wide and high as normal; made smaller where it would not fit."""

    text: str
    size: int = 1
    bold: bool = False
    align: Align = "center"


class Rule(Record):
    """A line across the paper."""


class Qr(Record):
    """A QR code."""

    data: str


class Picture(Record):
    """A picture in black and white, such as the hospital's logo, `width_mm` wide."""

    file: Path
    width_mm: int


class Feed(Record):
    """So many empty lines."""

    lines: int = 1


Row: TypeAlias = "Line | Rule | Qr | Picture | Feed"
Slip: TypeAlias = tuple[Row, ...]
WidthOf: TypeAlias = Callable[[str], int]


def printable(text: str) -> str:
    """Return text that is only text: no control or format character is left, and letters carry their own accents.

    Whatever a person typed or another system sent passes here before it becomes bytes or dots.
    """
    return unicodedata.normalize("NFC", clean(text, LONGEST_LINE) or "")


BREAKING, MOST_ROWS = 2, 2
"""The size at which a line breaks before it is made smaller, and into how many rows at most."""


def columns_of(text: str) -> int:
    """Return how many columns `text` takes at normal size."""
    return sum(1 if char.isascii() else 2 for char in text)


def size_that_fits(line: Line, text: str, columns: int) -> int:
    """Return the size a line is printed in: its own, or the largest at which a large one stays on one row.

    A line of twice the size that just misses the width breaks into two rows of it: smaller it would be read by nobody.
    """
    if line.size <= 1:
        return 1
    if line.size == BREAKING and 1 < len(wrap(text, columns // BREAKING)) <= MOST_ROWS:
        return BREAKING
    return max(1, min(line.size, LARGEST, columns // max(columns_of(text), 1)))


SMALLEST_QR_DOTS = 21 * 6
"""Of the smallest code, in the printer's own modules."""
RULE_DOTS_AT_LEAST = 14


def least_mm(slip: Slip, paper_mm: int) -> float:
    """Return how long a slip is at least, whichever way it is printed, without the spaces between its rows."""
    return sum(_least_dots(row, COLUMNS[paper_mm]) for row in slip) / DOTS_A_MM


def _least_dots(row: Row, columns: int) -> int:
    if isinstance(row, Line):
        text = printable(row.text)
        size = size_that_fits(row, text, columns)
        return CELL_DOTS * size * len(wrap(text, columns // size))
    if isinstance(row, Feed):
        return CELL_DOTS * row.lines
    if isinstance(row, Picture):
        return 0  # its height stands in a file
    return SMALLEST_QR_DOTS if isinstance(row, Qr) else RULE_DOTS_AT_LEAST


def wrap(text: str, width: int, width_of: WidthOf = columns_of) -> list[str]:
    """Break `text` into lines of at most `width`, at spaces where there are any, else between characters."""
    lines = [""]
    for word in _words(text):
        if width_of(lines[-1] + word.rstrip()) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += word.lstrip() if not lines[-1] else word
        while width_of(lines[-1].rstrip()) > width:
            head = _head(lines[-1], width, width_of)
            if len(head) == len(lines[-1]):
                break
            lines[-1:] = [head, lines[-1][len(head) :]]
    return [line.rstrip() for line in lines]


def _words(text: str) -> list[str]:
    """Split after spaces and around every wide character, keeping all of the text."""
    words = [""]
    for char in text:
        words[-1] += char
        if char == " " or not char.isascii():
            words.append("")
    return words


def _head(text: str, width: int, width_of: WidthOf) -> str:
    kept = 1
    while kept < len(text) and width_of(text[: kept + 1]) <= width:
        kept += 1
    return text[:kept]
