"""A slip as dots: each row a picture in black and white, as wide as the paper, and from there ESC/POS raster bytes.

The same pictures make the preview. Nothing is dithered: what is drawn grey is thresholded, since a printer knows
black and white only. A row is cropped on the right, and white rows become paper feed, so that little goes over the
line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from nightdesk_printers.escpos_commands import feed_dots, raster
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import (
    BREAKING,
    CELL_DOTS,
    DOTS,
    DOTS_A_MM,
    LARGEST,
    MOST_ROWS,
    Feed,
    Line,
    Picture,
    Qr,
    Row,
    Rule,
    printable,
    wrap,
)

if TYPE_CHECKING:
    from PIL.Image import Image

QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004, 5.3.8)."""
MODULE_DOTS = 6
RULE_DOTS = 2
PARTING = 6
"""White dots above and below a rule."""
WHITE = 255
"""Of a one-bit picture; 1 would be inverted to 254, which is not black."""


def row_image(row: Row, fonts: Fonts, paper_mm: int) -> Image:
    """Return one row of a slip as a one-bit picture of the paper's width."""
    width = DOTS[paper_mm]
    if isinstance(row, Line):
        return _line(row, fonts, width)
    if isinstance(row, Rule):
        image = _blank(width, RULE_DOTS + 2 * PARTING)
        image.paste(0, (0, PARTING, width, PARTING + RULE_DOTS))
        return image
    if isinstance(row, Qr):
        return _centred(_qr(row.data, width), width)
    if isinstance(row, Picture):
        return _centred(picture_image(row, width), width)
    return _blank(width, row.lines * CELL_DOTS)


def slip_image(rows: Sequence[Row], fonts: Fonts, paper_mm: int) -> Image:
    """Return a whole slip as it will look on paper."""
    images = [row_image(row, fonts, paper_mm) for row in rows]
    whole = _blank(DOTS[paper_mm], sum(image.height for image in images) + 2 * CELL_DOTS)
    top = CELL_DOTS
    for image in images:
        whole.paste(image, (0, top))
        top += image.height
    return whole


def row_bytes(row: Row, fonts: Fonts, paper_mm: int) -> bytes:
    """Return the bytes that print one row as dots."""
    if isinstance(row, Feed):
        return feed_dots(row.lines * CELL_DOTS)
    return image_bytes(row_image(row, fonts, paper_mm))


def image_bytes(image: Image) -> bytes:
    """Return the bytes that print a one-bit picture: feed, the rows that have black in them, feed."""
    from PIL import ImageChops  # noqa: PLC0415 - only the process that prints pays for it

    black = ImageChops.invert(image)
    box = black.getbbox()
    if box is None:
        return feed_dots(image.height)
    _, top, right, bottom = box
    width_bytes = (right + 7) // 8
    inked = black.crop((0, top, width_bytes * 8, bottom))
    return feed_dots(top) + raster(width_bytes, inked.tobytes()) + feed_dots(image.height - bottom)


def spelled(text: str, fonts: Fonts) -> str:
    """Return a text in which characters that no font has are named by their code point (`U+2CE93`)."""
    missing = fonts.missing(text)
    return "".join(f"U+{ord(char):04X}" if char in missing else char for char in text)


def _line(line: Line, fonts: Fonts, width: int) -> Image:
    text = spelled(printable(line.text), fonts)
    size = min(max(line.size, 1), LARGEST)
    while size > 1 and fonts.width(text, size * CELL_DOTS) > width and not _breaks(text, size, width, fonts):
        size -= 1
    dots = size * CELL_DOTS
    parts = wrap(text, width - 2 * dots // CELL_DOTS, lambda part: fonts.width(part, dots))
    drawn = [fonts.draw(part, dots, bold=line.bold) for part in parts if part]
    image = _blank(width, sum(part.height for part in drawn) or dots)
    top = 0
    for part in drawn:
        free = max(width - part.width, 0)
        image.paste(part, ({"left": 0, "center": free // 2, "right": free}[line.align], top))
        top += part.height
    return image


def _breaks(text: str, size: int, width: int, fonts: Fonts) -> bool:
    """Whether a line of twice the size that just misses the width breaks into two rows of it."""
    if size != BREAKING:
        return False
    dots = size * CELL_DOTS
    return len(wrap(text, width - 2 * dots // CELL_DOTS, lambda part: fonts.width(part, dots))) <= MOST_ROWS


@lru_cache(maxsize=16)
def _qr(data: str, width: int) -> Image:
    from PIL import Image  # noqa: PLC0415 - as above

    modules = qr_modules(data)
    scale = max(1, min(MODULE_DOTS, width // len(modules)))
    image = Image.new("1", (len(modules), len(modules)), WHITE)
    image.putdata([0 if module else WHITE for row in modules for module in row])
    return image.resize((len(modules) * scale, len(modules) * scale), Image.Resampling.NEAREST)


def qr_modules(data: str) -> list[list[bool]]:
    """Return a QR code as rows of modules, True for black, with its quiet zone."""
    import qrcode  # noqa: PLC0415 - as above

    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(data)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def picture_image(row: Picture, width: int) -> Image:
    """Return a picture in black and white, as wide as it should be and at most `width` dots.

    A file that has changed is drawn anew. Raises OSError where it is gone.
    """
    return _picture(row, width, row.file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _picture(row: Picture, width: int, _changed_at: int) -> Image:
    from PIL import Image  # noqa: PLC0415 - as above

    with Image.open(row.file) as opened:
        # 16 bits of grey are not scaled but cut by `convert`, and everything would be white
        grey = opened.mode == "I" or opened.mode.startswith("I;16")
        colours = opened.convert("I").point(lambda light: light * (1 / 256)).convert("L") if grey else opened
        # what is transparent is paper
        flat = Image.new("RGBA", opened.size, "white")
        flat.alpha_composite(colours.convert("RGBA"))
    wide = min(row.width_mm * DOTS_A_MM, width)
    scaled = flat.convert("L").resize((wide, max(1, round(flat.height * wide / flat.width))))
    return scaled.point(lambda light: 255 if light > 127 else 0).convert("1", dither=Image.Dither.NONE)


def _centred(image: Image, width: int) -> Image:
    whole = _blank(width, image.height)
    whole.paste(image, ((width - image.width) // 2, 0))
    return whole


def _blank(width: int, height: int) -> Image:
    from PIL import Image  # noqa: PLC0415 - as above

    return Image.new("1", (width, height), WHITE)
