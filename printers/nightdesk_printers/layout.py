"""What a slip is made of, whatever prints it. Pure data and text measuring; widths are in columns of font A.

A column is a half-width character: 12 dots at 203 dpi, so 80 mm paper has 48 and 58 mm paper 32. A Chinese character
takes two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

COLUMNS = {80: 48, 58: 32}
"""Columns of text on each width of paper in mm."""

Align: TypeAlias = Literal["left", "center"]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of text, `size` times as wide and high as normal."""

    text: str
    size: int = 1
    bold: bool = False
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code."""

    data: str


Row: TypeAlias = "Line | Rule | Qr"
Slip: TypeAlias = tuple[Row, ...]


def columns_of(text: str) -> int:
    """Return how many columns `text` takes at normal size."""
    return sum(1 if char.isascii() else 2 for char in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines of at most `columns`, at spaces where there are any, else between characters."""
    lines = [""]
    for word in _words(text):
        if columns_of(lines[-1] + word.rstrip()) > columns and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += word.lstrip() if not lines[-1] else word
        while columns_of(lines[-1].rstrip()) > columns:
            head = _head(lines[-1], columns)
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


def _head(text: str, columns: int) -> str:
    used, kept = 0, 0
    for char in text:
        used += columns_of(char)
        if used > columns and kept:
            break
        kept += 1
    return text[:kept]
