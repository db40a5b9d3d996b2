"""A printed slip shown in a terminal. Text is text; dots are shrunk to braille, eight of them a character. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from nightdesk_printers import terminal_drawing
from nightdesk_printers.layout import COLUMNS, DOTS, Line
from nightdesk_printers.virtual.paper import Dots, PrintedSlip, QrPrinted, TextLine

SHRINK = 4
"""So many dots each way become one: 576 dots are 72 characters of braille."""
_BRAILLE = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille pattern by row and column (Unicode, block 2800)."""


def draw(slip: PrintedSlip, paper_mm: int) -> list[str]:
    """Return a printed slip as lines of text."""
    columns = COLUMNS[paper_mm]
    lines: list[str] = []
    for element in slip.elements:
        if isinstance(element, TextLine):
            lines += _text(element, columns)
        elif isinstance(element, QrPrinted):
            qr = terminal_drawing.qr_lines(element.data)
            lines += [" " * max((columns - len(row)) // 2, 0) + row for row in qr]
        elif isinstance(element, Dots):
            lines += _braille(element, DOTS[paper_mm])
    return lines


def _text(line: TextLine, columns: int) -> list[str]:
    align = ("left", "center", "right")[min(line.align, 2)]
    return terminal_drawing.draw_line(Line(line.text, line.height, line.bold, align), columns)  # type: ignore[arg-type]


def _braille(dots: Dots, width: int) -> list[str]:
    ink = _shrunk(dots, width)
    out = []
    for top in range(0, len(ink), 4):
        row = ""
        for left in range(0, width // SHRINK, 2):
            bits = 0
            for down, (first, second) in enumerate(_BITS):
                if top + down < len(ink):
                    bits |= first * ink[top + down][left] | second * ink[top + down][left + 1]
            row += chr(_BRAILLE + bits)
        out.append(row.rstrip(chr(_BRAILLE)))
    return out


def _shrunk(dots: Dots, width: int) -> Sequence[Sequence[bool]]:
    """Return whether enough of each square of dots is black."""
    count = width // SHRINK + 1
    out = []
    for top in range(0, len(dots.rows), SHRINK):
        totals = [0] * (count + 1)
        for row in dots.rows[top : top + SHRINK]:
            for place, byte in enumerate(row):
                totals[2 * place] += (byte >> 4).bit_count()
                totals[2 * place + 1] += (byte & 0x0F).bit_count()
        out.append([total >= SHRINK for total in totals])
    return out
