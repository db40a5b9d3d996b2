"""What has come out of a virtual printer: lines of text and rows of dots, cut into slips. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line in the printer's own font, so many times as wide and high; `align` 0 left, 1 centre, 2 right."""

    text: str
    width: int = 1
    height: int = 1
    bold: bool = False
    align: int = 0


@dataclass(slots=True)
class Dots:
    """Rows of dots, `width_bytes` bytes each, a set bit is black."""

    width_bytes: int
    rows: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QrPrinted:
    """A QR code the printer made itself."""

    data: str


@dataclass(frozen=True, slots=True)
class FeedPrinted:
    """Paper without anything on it, in rows of dots."""

    rows: int


Element: TypeAlias = "TextLine | Dots | QrPrinted | FeedPrinted"


@dataclass(slots=True)
class PrintedSlip:
    """What came out between two cuts, or until the printer was cleared or switched off: then it is not `whole`."""

    elements: list[Element] = field(default_factory=list)
    whole: bool = False

    @property
    def lines(self) -> list[TextLine]:
        """Its lines of text."""
        return [element for element in self.elements if isinstance(element, TextLine)]

    @property
    def text(self) -> str:
        """All its text."""
        return "\n".join(line.text for line in self.lines)

    @property
    def number(self) -> str | None:
        """The largest text on it: the number of a ticket's slip."""
        large = [line for line in self.lines if line.height >= 4 and line.text.strip()]
        return large[0].text.strip() if large else None

    def picture(self, width_dots: int) -> list[list[bool]]:
        """Return its dots, True for black, with feeds as white rows; text and QR codes are left out."""
        out: list[list[bool]] = []
        for element in self.elements:
            if isinstance(element, FeedPrinted):
                out += [[False] * width_dots for _ in range(element.rows)]
            elif isinstance(element, Dots):
                for row in element.rows:
                    bits = [bool(byte >> bit & 1) for byte in row for bit in range(7, -1, -1)][:width_dots]
                    out.append(bits + [False] * (width_dots - len(bits)))
        return out
