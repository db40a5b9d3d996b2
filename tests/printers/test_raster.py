"""Slips as dots: every character of every name, and never a command inside a picture."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from nightdesk_printers import raster
from nightdesk_printers.escpos_commands import BAND_ROWS, ask_complete, without_realtime
from nightdesk_printers.escpos_commands import raster as raster_bytes
from nightdesk_printers.fonts import Face, Fonts, find_fonts
from nightdesk_printers.layout import CELL_DOTS, COLUMNS, DOTS, Line, Picture, Qr, columns_of
from nightdesk_printers.raster import picture_image
from nightdesk_queue.domain.errors import Fault

NAMES = ["王小明", "䶮㛃𠮷", "José Ñandú", "（，。：！）", "欧阳" * 20, "Œuvre Øre", "喆堃玥垚"]


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return find_fonts()


@pytest.mark.parametrize("name", NAMES)
def test_every_character_of_a_name_is_drawn_as_itself(fonts: Fonts, name: str) -> None:
    assert fonts.missing(name) == ""
    seen: dict[bytes, str] = {}
    for char in dict.fromkeys(name.replace(" ", "")):
        face = fonts.face_of(char)
        assert face is not None
        drawn = fonts.draw(char, 48)
        box = fonts_box(face, drawn.size)
        assert ImageChops.difference(drawn.convert("L"), box).getbbox(), f"{char} is the box of a missing character"
        assert ImageChops.invert(drawn.convert("L")).getbbox(), f"{char} is blank"
        assert seen.setdefault(drawn.tobytes(), char) == char, "two characters look the same"


def fonts_box(face: Face, size: tuple[int, int]) -> Image.Image:
    """What the face draws for a character it does not have."""
    box = Fonts([face], ask_fontconfig=False).draw("\U0010fffe", 48).convert("L")
    fitted = Image.new("L", size, 255)
    fitted.paste(box)
    return fitted


def test_a_character_no_font_has_is_named_by_its_code_and_never_a_box(fonts: Fonts) -> None:
    assert fonts.missing("王\U0010fffe") == "\U0010fffe"
    assert raster.spelled("王\U0010fffe", fonts) == "王U+10FFFE"


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("line", [Line("长" * 60), Line("W" * 90), Line("N012", 8, True), Line("一" * 9, 8), Line("")])
def test_a_line_stays_on_the_paper_and_loses_nothing(fonts: Fonts, line: Line, paper_mm: int) -> None:
    image = raster.row_image(line, fonts, paper_mm)
    assert image.mode == "1"
    assert image.width == DOTS[paper_mm]
    assert image.height >= CELL_DOTS
    ink = ImageChops.invert(image.convert("L")).getbbox()
    assert (ink is None) == (line.text == "")
    rows = -(-columns_of(line.text) // COLUMNS[paper_mm])
    if ink and line.size == 1:
        assert image.height >= rows * CELL_DOTS
        assert ink[3] > (rows - 1) * CELL_DOTS, "the last row is drawn, too"


def test_a_qr_code_has_four_modules_of_white_around_it() -> None:
    modules = raster.qr_modules("69240B2F0123456789")
    edge = [*modules[:4], *modules[-4:], *(row[:4] + row[-4:] for row in modules)]
    assert not any(any(row) for row in edge)
    assert modules[4][4:11] == [True] * 7, "the finder pattern begins right behind the border"


@given(st.binary(max_size=200))
@example(b"\x10\x04\x10\x05\x10\x14")
@example(b"\x10\x10\x04")
def test_no_realtime_command_stands_in_a_picture_and_no_black_dot_is_lost(dots: bytes) -> None:
    clean = without_realtime(dots)
    assert len(clean) == len(dots)
    assert not any(clean[at] == 0x10 and clean[at + 1] in (4, 5, 0x14) for at in range(len(clean) - 1))
    assert all(new & old == old for new, old in zip(clean, dots, strict=True))
    whole = raster_bytes(1, dots) if dots else b""
    assert not any(pair in whole for pair in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


def test_a_tall_picture_is_cut_into_bands_of_the_same_dots() -> None:
    dots = bytes(range(32, 96)) * 20
    whole = raster_bytes(2, dots)
    band = 8 + 2 * BAND_ROWS
    bands = [whole[at : at + band] for at in range(0, len(whole), band)]
    assert bands[0][:8] == b"\x1dv0\x00\x02\x00" + bytes([BAND_ROWS, 0])
    assert b"".join(one[8:] for one in bands) == dots
    assert len(bands[-1]) == 8 + len(dots) % (2 * BAND_ROWS)


def test_the_bytes_of_a_row_are_the_dots_of_its_picture(fonts: Fonts) -> None:
    row = Line("䶮", align="left")
    image = raster.row_image(row, fonts, 80)
    data = raster.row_bytes(row, fonts, 80)
    at = data.index(b"\x1dv0\x00")
    width, rows = int.from_bytes(data[at + 4 : at + 6], "little"), int.from_bytes(data[at + 6 : at + 8], "little")
    sent = Image.frombytes("1", (width * 8, rows), data[at + 8 : at + 8 + width * rows])
    ink = ImageChops.invert(image.convert("L"))
    box = ink.getbbox()
    assert box
    crop = ink.crop((0, box[1], width * 8, box[3])).point(lambda light: 255 if light else 0)
    difference = ImageChops.difference(sent.convert("L"), crop)
    assert sum(difference.convert("1").histogram()[255:]) <= 2, "but for dots added where they spelled a command"


def test_a_font_file_that_is_none_is_a_fault_with_its_name(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "no.ttf"
    file.write_text("no font")
    with pytest.raises(Fault) as fault:
        find_fonts([file])
    assert fault.value.code == "font"
    assert str(file) in fault.value.text.en


def test_a_mark_is_four_printable_bytes() -> None:
    assert ask_complete(b"!abc") == b"\x1d(H\x06\x0000!abc"
    for wrong in (b"abc", b"\x1fabc", b"\x7fabc"):
        with pytest.raises(ValueError, match="four bytes"):
            ask_complete(wrong)


@pytest.mark.parametrize("char", [Qr("x"), Line(unicodedata.normalize("NFD", "é"))])
def test_rows_of_every_kind_become_pictures(fonts: Fonts, char: Qr | Line) -> None:
    assert ImageChops.invert(raster.row_image(char, fonts, 58).convert("L")).getbbox()


def ink(image: Image.Image) -> int:
    return image.convert("L").histogram()[0]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "LA", "P"])
def test_a_dark_picture_is_dark_whatever_kind_of_file_it_is(tmp_path: Path, mode: str) -> None:
    dark = Image.new("L", (80, 40), 40)
    if mode == "I;16":
        dark = Image.new("I;16", (80, 40), 40 * 257)
    elif mode != "L":
        dark = dark.convert(mode)
    dark.save(tmp_path / "logo.png")
    drawn = picture_image(Picture(tmp_path / "logo.png", 10), 576)
    assert ink(drawn) == drawn.width * drawn.height


def test_a_light_picture_of_sixteen_bits_stays_white(tmp_path: Path) -> None:
    Image.new("I;16", (80, 40), 60_000).save(tmp_path / "logo.png")
    assert ink(picture_image(Picture(tmp_path / "logo.png", 10), 576)) == 0


def test_a_logo_that_has_changed_is_drawn_anew(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.new("1", (80, 40), 0).save(file)
    assert ink(picture_image(Picture(file, 10), 576)) > 0
    Image.new("1", (80, 40), 1).save(file)
    os.utime(file, ns=(1, 1))
    assert ink(picture_image(Picture(file, 10), 576)) == 0
