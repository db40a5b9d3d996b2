"""The bytes of each command a slip is made of, against literals of the command reference."""

from __future__ import annotations

import pytest
from paper import read_paper
from virtually import render_plainly

from nightdesk_printers.escpos_commands import BAND_ROWS, feed_dots, raster, style
from nightdesk_printers.layout import COLUMNS, Feed, Line, Qr
from nightdesk_printers.native import row_bytes
from nightdesk_queue.config import Printer

PRINTER = Printer.read({"id": "p", "device": "tcp://h", "text": "native"})


def test_chinese_is_set_large_and_back_to_normal_on_printers_whose_gs_leaves_it_alone() -> None:
    assert style(1, bold=True, size=2, chinese_size="fs").hex(" ") == "1b 61 01 1b 45 01 1c 21 0c 1d 21 11"
    assert style(chinese_size="fs").hex(" ") == "1b 61 00 1b 45 00 1c 21 00 1d 21 00"
    printed = render_plainly((Line("大", size=2),), chinese_size="fs")
    assert printed.index(b"\x1c!\x0c") < printed.index("大".encode("gb18030")) < printed.index(b"\x1c!\x00")


@pytest.mark.parametrize(
    ("dots", "command"),
    [(0, ""), (1, "1b4a01"), (254, "1b4afe"), (255, "1b4aff"), (256, "1b4aff1b4a01"), (510, "1b4aff1b4aff")],
)
def test_white_space_is_fed_255_dots_at_a_time(dots: int, command: str) -> None:
    assert feed_dots(dots).hex() == command


def test_each_band_of_a_picture_says_how_many_rows_it_has() -> None:
    rows = 2 * BAND_ROWS + 7
    sent, heads = raster(1, b"\x55" * rows), []
    while sent:
        heads.append(sent[:8].hex(" "))
        sent = sent[8 + int.from_bytes(sent[6:8], "little") :]
    whole = f"1d 76 30 00 01 00 {BAND_ROWS % 256:02x} {BAND_ROWS // 256:02x}"
    assert heads == [whole, whole, "1d 76 30 00 01 00 07 00"]


def test_a_picture_of_whole_bands_has_no_empty_one_behind_it() -> None:
    assert raster(1, b"\x55" * BAND_ROWS).count(b"\x1dv0\x00") == 1


def test_a_code_is_six_dots_a_module() -> None:
    assert b"\x1d(k\x03\x001C\x06" in row_bytes(Qr("B001"), PRINTER)


@pytest.mark.parametrize("lines", [1, 3])
def test_a_feed_is_so_many_empty_lines(lines: int) -> None:
    assert row_bytes(Feed(lines), PRINTER) == b"\n" * lines
    paper = read_paper(render_plainly((Line("a"), Feed(lines), Line("b"))))
    assert [line.strip() for line, _, _ in paper.lines][: lines + 2] == ["a", *[""] * lines, "b"]


def test_a_line_too_long_to_be_large_is_printed_small_and_whole() -> None:
    paper = read_paper(row_bytes(Line("ab " * 30, size=4), PRINTER))
    assert [(len(line), size) for line, size, _ in paper.lines] == [(COLUMNS[80] - 1, 1), (90 - COLUMNS[80] - 1, 1)]
