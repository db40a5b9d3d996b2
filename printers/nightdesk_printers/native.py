"""A row of a slip as ESC/POS bytes in the printer's own font.

Byte layout of a line: `1b 61 n` (alignment) · `1b 45 n` (bold) · `1d 21 n` (size) · text in the printer's Chinese
code · `0a`, and the same three commands with zeros behind the last. A QR code is `1d 28 6b` blocks (GS ( k).
python-escpos builds the QR code and the cut; Chinese text is encoded here, because its `text()` sends two-byte
characters without FS & and turns Chinese punctuation into `?`.
"""

from __future__ import annotations

from typing import Any

from nightdesk_printers.escpos_commands import FEED_LINE, style
from nightdesk_printers.layout import COLUMNS, Feed, Line, Picture, Qr, Row, Rule, printable, size_that_fits, wrap
from nightdesk_queue.config import Printer
from nightdesk_queue.text.encodings import encodable

QR_DOTS = 6
ALIGN = {"left": 0, "center": 1, "right": 2}


def reaches(row: Row, printer: Printer) -> bool:
    """Whether the printer's own font can print a row."""
    if isinstance(row, Line):
        return encodable(printable(row.text), printer.charset)
    return not isinstance(row, Picture)


def row_bytes(row: Row, printer: Printer) -> bytes:
    """Return the bytes that print one row, where `reaches` says that the printer can. Raises TypeError otherwise."""
    if isinstance(row, Line):
        return _line(row, printer)
    if isinstance(row, Rule):
        return style() + b"-" * COLUMNS[printer.paper_mm] + FEED_LINE
    if isinstance(row, Qr):
        return _qr(row.data)
    if isinstance(row, Feed):
        return FEED_LINE * row.lines
    raise TypeError(f"no native form of {row!r}")


def cut() -> bytes:
    """Return the feed to the knife and the cut."""
    printer = _dummy()
    printer.cut()
    output: bytes = printer.output
    return output


def _qr(data: str) -> bytes:
    printer = _dummy()
    printer.qr(data, native=True, size=QR_DOTS)
    output: bytes = style(align=1) + printer.output + FEED_LINE
    return output


def _dummy() -> Any:
    # imported here: it costs half a second and only the process that prints needs it
    from escpos.printer import Dummy  # noqa: PLC0415

    return Dummy()


def _line(line: Line, printer: Printer) -> bytes:
    text = printable(line.text)
    columns = COLUMNS[printer.paper_mm]
    size = size_that_fits(line, text, columns)
    dressed = style(ALIGN[line.align], bold=line.bold, size=size, chinese_size=printer.chinese_size)
    parts = [part.encode(printer.charset) + FEED_LINE for part in wrap(text, columns // size)]
    return b"".join(dressed + part for part in parts) + style(chinese_size=printer.chinese_size)
