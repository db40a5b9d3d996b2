"""How long a slip is at least: never more than what comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtually import render_plainly

from nightdesk_printers.fonts import find_fonts
from nightdesk_printers.layout import DOTS_A_MM, Feed, Line, Qr, Rule, Slip, least_mm
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.virtual import VirtualPrinter
from nightdesk_queue.config import Printer

ROWS = st.one_of(
    st.builds(Line, st.text("中医科复诊N012 ", min_size=1, max_size=60), st.integers(1, 8), st.booleans()),
    st.builds(Feed, st.integers(1, 5)),
    st.just(Rule()),
    st.just(Qr("https://example.org/n012")),
)


def printed_mm(data: bytes) -> float:
    printer = VirtualPrinter(roll_rows=1 << 30)
    printer.receive(data)
    printer.work()
    return printer.rows_printed / DOTS_A_MM


@given(slip=st.lists(ROWS, max_size=6).map(tuple), paper_mm=st.sampled_from([58, 80]))
def test_no_slip_is_shorter_than_its_least_length_in_the_printers_own_font(slip: Slip, paper_mm: int) -> None:
    assert least_mm(slip, paper_mm) <= printed_mm(render_plainly(slip, paper_mm))


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_nor_as_dots_and_it_is_most_of_it(paper_mm: int) -> None:
    slip = (Line("中医", 2), Rule(), Line("N012", 8), Line("前面 3 人 3 ahead", 2), Qr("https://example.org"), Feed(2))
    renderer = Renderer(
        Printer.read({"id": "p", "device": "tcp://h", "text": "raster", "paper_mm": paper_mm}), find_fonts()
    )
    out = printed_mm(renderer.render(slip))
    assert 0.5 * out < least_mm(slip, paper_mm) <= out
