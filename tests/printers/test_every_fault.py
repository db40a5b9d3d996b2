"""One slip and its marked copies, with one and two faults at every moment of the conversation, in every combination.

What is called printed lies on the paper, whole; nothing lies there twice without a mark; and the slip comes to an end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import count

import pytest
from wire import Wire, WireFault

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Progress, Timing
from nightdesk_printers.devices.base import DeviceFault, Outcome
from nightdesk_printers.devices.escpos import EscPosPrinter
from nightdesk_printers.devices.escpos_talk import Senses
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line, Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.virtual import VirtualPrinter
from nightdesk_queue.config import Printer

TIMING = Timing(reply=0.1, probe=0.1, printed=0.3, stalled=0.2, settle=0.1, watch=0.05, behind=0.01, passing=2.0)
QUIET = Progress(lambda: None)
RENDERER = Renderer(
    Printer.read({"id": "p", "device": "tcp://h", "text": "native", "paper_mm_a_second": 0}),
    Fonts([], ask_fontconfig=False),
)
TURNS = 8


def slip(copy: int) -> Slip:
    mark = (Line(f"COPY {copy}", 2),) if copy else ()
    return (*mark, Line("N012", 4), Line("somewhere"))


class Told:
    """What became of a slip: what was said of each copy, and the wire it went over."""

    def __init__(
        self,
        capability: Capability,
        faults: Mapping[int, WireFault],
        *,
        known: bool = True,
        new_mark: Callable[[], bytes] | None = None,
    ) -> None:
        marks = count(1)
        self.printer = VirtualPrinter(capability)
        self.wire = Wire(self.printer, faults)
        senses = Senses(self.wire.now, new_mark or (lambda: b"!!!%c" % (0x20 + next(marks))))
        found_out = capability if known else None
        self.device = EscPosPrinter("tcp://h", self.wire, RENDERER, TIMING, found_out, senses)
        self.ended: Outcome | None = None
        self.copy = 0

    def play(self) -> Told:
        """Print until it is said to be out: again as it was where nothing had begun, else as the next marked copy."""
        for _ in range(TURNS):
            try:
                self.ended = self.device.print(slip(self.copy), QUIET)
            except DeviceFault as fault:
                begun = fault.begun
            else:
                break
            self.printer.new_roll()
            self.printer.work()
            if begun and self.came_out():
                self.ended = Outcome.PRINTED
                break
            self.copy += begun
        return self

    def came_out(self) -> bool:
        """Ask until the printer can be asked, with its paper put right."""
        for _ in range(TURNS):
            self.printer.new_roll()
            self.printer.work()
            try:
                return self.device.settle(last=True)
            except DeviceFault:
                continue
        raise AssertionError("the printer can never be asked")

    def check(self) -> None:
        """Hold what was said against the paper."""
        papers = [paper for paper in self.printer.slips if paper.whole and "N012" in paper.text]
        marks = Counter(paper.text.partition("COPY ")[2][:1] or "0" for paper in papers)
        assert self.ended is not None, "no end"
        assert max(marks.values(), default=0) <= 1, f"twice with one mark: {marks}"
        if self.ended is Outcome.PRINTED:
            assert marks[str(self.copy)] == 1, f"copy {self.copy} is not on paper, {marks} is"


def plans(
    capability: Capability, depth: int, *, known: bool = True, before: Mapping[int, WireFault] | None = None
) -> Iterator[Mapping[int, WireFault]]:
    """Every plan of so many faults: each later one at every moment that there is after the ones before."""
    before = before or {}
    yield before
    if depth:
        kinds = Told(capability, before, known=known).play().wire.kinds
        for moment in range(max(before, default=-1) + 1, len(kinds)):
            for fault in kinds[moment]:
                yield from plans(capability, depth - 1, known=known, before={**before, moment: fault})


@pytest.mark.parametrize("capability", list(Capability))
def test_no_two_faults_make_a_slip_count_that_is_not_on_paper_or_come_twice_without_a_mark(
    capability: Capability,
) -> None:
    tried = 0
    for plan in plans(capability, 2):
        Told(capability, plan).play().check()
        tried += 1
    assert tried > (100 if capability is Capability.NONE else 3000)


@pytest.mark.parametrize("capability", list(Capability))
def test_nor_does_a_fault_while_it_is_found_out_what_a_printer_can_confirm(capability: Capability) -> None:
    for plan in plans(capability, 1, known=False):
        Told(capability, plan, known=False).play().check()


@pytest.mark.parametrize("fault", [WireFault.HEADLESS, WireFault.LATE])
def test_an_answer_that_lost_its_first_byte_and_reads_as_a_hot_head_is_not_waited_out_for_ever(
    fault: WireFault,
) -> None:
    # "P" opens an automatic status, the rest of the mark has its pattern and says that the head is hot
    for moment in range(12):
        told = Told(Capability.COMPLETE, {moment: fault}, new_mark=lambda: b"PA!A")
        told.play().check()
        assert told.wire.seconds < 60
