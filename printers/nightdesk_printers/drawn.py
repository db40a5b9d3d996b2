"""A slip drawn in a terminal: what `screen:` printers print, and what the demo shows as the last slip."""

from __future__ import annotations

from nightdesk_printers.layout import COLUMNS, Line, Qr, Rule, Slip, columns_of, wrap
from nightdesk_queue.glyphs import big, half_blocks, scale_to_fit
from nightdesk_queue.text import clean

QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004, 5.3.8)."""


def draw(slip: Slip, paper_mm: int) -> list[str]:
    """Return the slip as lines of text, each as wide as the paper in columns."""
    columns = COLUMNS[paper_mm]
    lines: list[str] = []
    for row in slip:
        if isinstance(row, Rule):
            lines.append("─" * columns)
        elif isinstance(row, Qr):
            lines += [_centred(line, columns) for line in qr_lines(row.data)]
        else:
            lines += _draw_line(row, columns)
    return lines


def framed(lines: list[str]) -> list[str]:
    """Return lines with the edges of the paper and a torn lower end."""
    width = max(map(columns_of_drawn, lines), default=0)
    body = [f"│ {line}{' ' * (width - columns_of_drawn(line))} │" for line in lines]
    return ["┌" + "─" * (width + 2) + "┐", *body, "└" + "╌" * (width + 2) + "┘"]


def qr_lines(data: str) -> list[str]:
    """Return a QR code as half blocks, dark modules drawn, with its quiet zone."""
    # imported here: other printers have no use for it
    import qrcode  # noqa: PLC0415

    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(data)
    code.make(fit=True)
    return half_blocks([[bool(module) for module in row] for row in code.get_matrix()])


def columns_of_drawn(text: str) -> int:
    """Return the columns of a drawn line, in which blocks and rules are narrow."""
    return sum(1 if char in "▀▄█─╌│ " else columns_of(char) for char in text)


def _draw_line(line: Line, columns: int) -> list[str]:
    text = clean(line.text, 200) or ""
    if line.size > 2:
        scale = max(1, scale_to_fit(text, columns, 8, largest=2))
        return ["", *(_centred(part, columns) for part in big(text, scale)), ""]
    parts = wrap(text, columns)
    return [_centred(part, columns) if line.align == "center" else part for part in parts]


def _centred(text: str, columns: int) -> str:
    free = max(columns - columns_of_drawn(text), 0)
    return " " * (free // 2) + text
