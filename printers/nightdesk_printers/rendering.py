"""From a slip to what a printer takes: which back end, and why; then all rows, the cut, and nothing else.

Each row goes by itself, so the two back ends complete each other: on native paper a row beyond the printer's character
set is drawn as dots, on raster paper a row that no font here can draw is left to the printer's own font. A character
neither has is named by its code point. A slip never has a box or a `?` where a patient's name should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from nightdesk_printers import native, raster
from nightdesk_printers.escpos_commands import CHINESE_ON
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line, Row, Slip, printable
from nightdesk_queue.config import Printer
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.encodings import encodable

RASTER_BYTES = {80: 53_000, 58: 24_000}
"""About what a ticket's slip takes as dots, by width of paper in mm."""
PATIENCE_SECONDS = 6.0
"""A slip that takes longer on the line than this is printed in the printer's own font instead."""
BITS_A_BYTE = 10
"""8N1: a start bit, eight of data, a stop bit."""
SLOWEST_BAUD = "9600"


class BackEnd(StrEnum):
    """How rows become bytes."""

    RASTER = "raster"
    NATIVE = "native"


@dataclass(frozen=True, slots=True)
class Choice:
    """The back end for a printer, why it is this one, and whether something should be fixed."""

    back_end: BackEnd
    why: Text
    warning: bool = False

    @property
    def text(self) -> Text:
        """Which back end and why, in words."""
        return _CHOICE.fill(which=_BACK_END_TEXTS[self.back_end], why=self.why)


_CHOICE = Text(zh="{which}({why})", en="{which} ({why})")
_BACK_END_TEXTS: dict[BackEnd, Text] = {
    BackEnd.RASTER: Text(zh="点阵图像", en="raster"),
    BackEnd.NATIVE: Text(zh="打印机字库", en="native"),
}


def choose(printer: Printer, fonts: Fonts) -> Choice:
    """Return the back end for a printer: as configured, or by its line's speed and the fonts there are."""
    if printer.text == "native":
        return Choice(
            BackEnd.NATIVE, Text(zh="按配置，用打印机自带字库", en="as configured, in the printer's own font")
        )
    if fonts.chinese is None:
        if printer.text == "raster":
            why = Text(
                zh="配置要求点阵，但没有找到中文字体，中文行用打印机自带字库；安装 fonts-noto-cjk 或 nightdesk[fonts]",
                en="dots are configured but no Chinese font was found, Chinese is left to the printer's own; "
                "install fonts-noto-cjk or nightdesk[fonts]",
            )
            return Choice(BackEnd.RASTER, why, warning=True)
        why = Text(
            zh="没有找到中文字体，用打印机自带字库；安装 fonts-noto-cjk 或 nightdesk[fonts] 可打任何姓名",
            en="no Chinese font was found, so in the printer's own; install fonts-noto-cjk or nightdesk[fonts] "
            "to print any name",
        )
        return Choice(BackEnd.NATIVE, why, warning=True)
    font = fonts.chinese.file.name
    if printer.text == "raster":
        return Choice(BackEnd.RASTER, Text(zh="按配置，字体 {f}", en="as configured, with {f}").fill(f=font))
    seconds = seconds_on_the_line(printer)
    if seconds is not None and seconds > PATIENCE_SECONDS:
        why = Text(
            zh="串口较慢，点阵要 {s:.0f} 秒，用打印机自带字库",
            en="dots would take {s:.0f} s on this line, so in its own font",
        )
        return Choice(BackEnd.NATIVE, why.fill(s=seconds))
    return Choice(BackEnd.RASTER, Text(zh="线路够快，字体 {f}", en="the line is fast enough, with {f}").fill(f=font))


def seconds_on_the_line(printer: Printer) -> float | None:
    """Return how long a ticket's slip as dots takes on a serial line; None for a line whose speed does not matter."""
    parts = urlsplit(printer.device)
    named = parse_qs(parts.query).get("baud")
    # a serial device server is reached over the network and is as slow as the line behind it
    if parts.scheme != "serial" and not (parts.scheme == "tcp" and named):
        return None
    baud = int((named or [SLOWEST_BAUD])[-1])
    return RASTER_BYTES[printer.paper_mm] * BITS_A_BYTE / baud


class Renderer:
    """Turns slips into bytes for one printer."""

    def __init__(self, printer: Printer, fonts: Fonts) -> None:
        self.printer = printer
        self.fonts = fonts
        self.choice = choose(printer, fonts)

    def render(self, slip: Slip) -> bytes:
        """Return `FS & · rows · feed and cut`; whoever sends it initialises the printer first."""
        return CHINESE_ON + b"".join(self._row(row) for row in slip) + native.cut()

    def _row(self, row: Row) -> bytes:
        if self._drawn(row):
            return raster.row_bytes(row, self.fonts, self.printer.paper_mm)
        if isinstance(row, Line) and not native.reaches(row, self.printer):
            row = Line(_spelled(row.text, self.printer.charset), row.size, row.bold, row.align)
        return native.row_bytes(row, self.printer)

    def _drawn(self, row: Row) -> bool:
        """Whether a row is drawn as dots: what the back end wants, where it can; else what the other one cannot do."""
        can_draw = not isinstance(row, Line) or (bool(self.fonts.faces) and not self.fonts.missing(printable(row.text)))
        can_write = native.reaches(row, self.printer)
        if self.choice.back_end is BackEnd.RASTER:
            return can_draw or (not can_write and bool(self.fonts.faces))
        return not can_write and (can_draw or bool(self.fonts.faces))


def _spelled(text: str, charset: str) -> str:
    """Return a text in which characters the printer does not know are named by their code point."""
    return "".join(char if encodable(char, charset) else f"U+{ord(char):04X}" for char in printable(text))
