"""A slip as ESC/POS bytes in the printer's own font.

Byte layout of a slip: `1b 40` (ESC @, initialise) · `1c 26` (FS &, two-byte characters on) · for each line
`1b 61 n` (ESC a, alignment), `1b 45 n` (ESC E, bold), `1d 21 n` (GS !, size: width-1 in the high and height-1 in the
low nibble), GB18030 text, `0a` · the QR code as `1d 28 6b` (GS ( k) blocks · `1d 56 ..` (GS V, feed and cut).
Source: Epson's ESC/POS command reference. python-escpos builds the QR code and the cut; Chinese text is encoded here,
because its `text()` sends two-byte characters without FS & and turns Chinese punctuation into `?`.
"""

from __future__ import annotations

from nightdesk_printers.layout import COLUMNS, Line, Qr, Row, Rule, Slip, columns_of, wrap
from nightdesk_queue.text import clean

INITIALISE = b"\x1b@"
TWO_BYTE_TEXT = b"\x1c&"
FEED = b"\n"
QR_DOTS = 6
LARGEST = 8


def render(slip: Slip, paper_mm: int) -> bytes:
    """Return the bytes that print and cut `slip` on paper of 58 or 80 mm."""
    # imported here: it costs half a second and only the process that prints needs it
    from escpos.printer import Dummy  # noqa: PLC0415

    columns = COLUMNS[paper_mm]
    printer = Dummy()
    printer._raw(INITIALISE + TWO_BYTE_TEXT)
    for row in slip:
        if isinstance(row, Qr):
            printer._raw(_style(align=1))
            printer.qr(row.data, native=True, size=QR_DOTS)
            printer._raw(FEED)
        else:
            printer._raw(_text_row(row, columns))
    printer.cut()
    output: bytes = printer.output
    return output


def _text_row(row: Row, columns: int) -> bytes:
    if isinstance(row, Line):
        return _line(row, columns)
    if isinstance(row, Rule):
        return _style(align=0) + b"-" * columns + FEED
    raise TypeError(f"no native form of {row!r}")


def _line(line: Line, columns: int) -> bytes:
    text = clean(line.text, 200) or ""
    size = max(1, min(line.size, LARGEST, columns // max(columns_of(text), 1)) if line.size > 1 else 1)
    style = _style(align=1 if line.align == "center" else 0, bold=line.bold, size=size)
    return b"".join(style + part.encode("gb18030") + FEED for part in wrap(text, columns // size)) + _style()


def _style(align: int = 0, *, bold: bool = False, size: int = 1) -> bytes:
    return bytes([0x1B, 0x61, align, 0x1B, 0x45, bold, 0x1D, 0x21, (size - 1) << 4 | (size - 1)])
