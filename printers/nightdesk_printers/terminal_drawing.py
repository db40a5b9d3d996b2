"""A slip drawn in a terminal: what `screen:` printers print, and what the demo shows as the last slip."""

from __future__ import annotations

from rich.cells import cell_len

from nightdesk_printers.layout import (
    COLUMNS,
    DOTS,
    DOTS_A_MM,
    Align,
    Feed,
    Line,
    Picture,
    Qr,
    Rule,
    Slip,
    printable,
    wrap,
)
from nightdesk_printers.raster import picture_image, qr_modules
from nightdesk_queue.text.dot_matrix import big, half_blocks, scale_to_fit


def draw(slip: Slip, paper_mm: int) -> list[str]:
    """Return the slip as lines of text, each as wide as the paper in columns."""
    columns = COLUMNS[paper_mm]
    lines: list[str] = []
    for row in slip:
        if isinstance(row, Rule):
            lines.append("─" * columns)
        elif isinstance(row, Qr):
            lines += [_aligned(line, columns) for line in qr_lines(row.data)]
        elif isinstance(row, Picture):
            lines += [_aligned(line, columns) for line in _picture_lines(row, paper_mm)]
        elif isinstance(row, Feed):
            lines += [""] * row.lines
        else:
            lines += draw_line(row, columns)
    return lines


def framed(lines: list[str]) -> list[str]:
    """Return lines with the edges of the paper and a torn lower end."""
    width = max(map(cell_len, lines), default=0)
    body = [f"│ {line}{' ' * (width - cell_len(line))} │" for line in lines]
    return ["┌" + "─" * (width + 2) + "┐", *body, "└" + "╌" * (width + 2) + "┘"]


def qr_lines(data: str) -> list[str]:
    """Return a QR code as half blocks, dark modules drawn, with its quiet zone."""
    return half_blocks(qr_modules(data))


def draw_line(line: Line, columns: int) -> list[str]:
    """Return one paragraph as lines of text; a large one as large as fits."""
    text = printable(line.text)
    if line.size > 2 and text.isascii():
        scale = max(1, scale_to_fit(text, columns, 8, largest=2))
        return ["", *(_aligned(part, columns) for part in big(text, scale)), ""]
    return [_aligned(part, columns, line.align) for part in wrap(text, columns)]


def _picture_lines(row: Picture, paper_mm: int) -> list[str]:
    """Draw a picture with half blocks: a block is as wide as a column."""
    image = picture_image(row, DOTS[paper_mm])
    scale = DOTS[paper_mm] / COLUMNS[paper_mm]
    wide = max(1, round(min(row.width_mm * DOTS_A_MM, DOTS[paper_mm]) / scale))
    small = image.convert("L").resize((wide, max(1, round(image.height * wide / image.width))))
    light = small.tobytes()
    return half_blocks([[ink < 128 for ink in light[at : at + wide]] for at in range(0, len(light), wide)])


def _aligned(text: str, columns: int, align: Align = "center") -> str:
    free = max(columns - cell_len(text), 0)
    return " " * {"left": 0, "center": free // 2, "right": free}[align] + text
