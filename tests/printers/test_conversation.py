"""One printer, one slip, one fault at every byte: what is called printed is on paper, nothing is twice unmarked.

The printer is the virtual one; plans break it to the byte. Marked copies are the spool's business; here a second print
of the same slip stands for one.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from virtually import QUICK, device_for, serving
from waiting import until

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import Device, DeviceFault, Outcome, Progress, open_device
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line, Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.replies import Paper, Trouble
from nightdesk_printers.virtual import Breakage, Plan, PrinterServer, VirtualPrinter
from nightdesk_queue.config import Printer

SLIP: Slip = (Line("中医", bold=True), Line("N012", 4))
QUIET = Progress(lambda: None)
SHORT = replace(QUICK, reply=0.5, printed=0.15, stalled=0.3, settle=0.01)
TROUBLES = {
    Breakage.PAPER_OUT: "paper_out",
    Breakage.COVER: "cover_open",
    Breakage.HOT: "head_hot",
    Breakage.SILENT: "no_answer",
}


def whole(server: PrinterServer) -> int:
    with server.lock:
        return sum(slip.whole and slip.number == "N012" for slip in server.printer.slips)


def settled(device: Device) -> bool:
    """Ask until the printer can be asked."""

    def ask() -> list[bool]:
        try:
            return [device.settle(last=True)]
        except DeviceFault as fault:
            assert fault.begun or fault.code in ("unreachable", "broken_off")
            return []

    return until(ask)[0]


def test_a_printer_that_confirms_has_printed() -> None:
    with serving() as server:
        device = device_for(server)
        assert device.look().capability is Capability.COMPLETE
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        assert whole(server) == 1
        assert server.printer.unknown == []
        device.close()


@pytest.mark.parametrize(
    ("capability", "outcome"),
    [
        (Capability.COMPLETE, Outcome.PRINTED),
        (Capability.ANSWER, Outcome.PRINTED),
        (Capability.STATUS, Outcome.SENT),
        (Capability.NONE, Outcome.SENT),
    ],
)
def test_what_a_printer_can_confirm_is_found_out_and_never_claimed_beyond(
    capability: Capability, outcome: Outcome
) -> None:
    with serving(capability) as server:
        device = device_for(server, timing=replace(QUICK, reply=0.2))
        assert device.print(SLIP, QUIET) is outcome
        assert device.look().capability is capability
        until(lambda: whole(server) == 1)
        asked = server.printer.received
        assert device.print(SLIP, QUIET) is outcome
        device.close()
        until(lambda: whole(server) == 2)
        assert server.printer.received - asked < 500, "what was found out is kept, nobody probes again"


@pytest.mark.parametrize("capability", [Capability.COMPLETE, Capability.ANSWER])
def test_a_clone_that_tells_no_status_but_answers_in_order_prints_and_is_settled(capability: Capability) -> None:
    with PrinterServer(VirtualPrinter(capability, status=False), mm_a_second=0) as server:
        device = device_for(server, timing=replace(SHORT, reply=0.05, probe=0.2, printed=1.0))
        for _ in range(2):
            assert device.print(SLIP, QUIET) is Outcome.PRINTED
        server.plans = [Plan(server.printer.received + 60, Breakage.RESET)]
        with pytest.raises(DeviceFault) as fault:
            device.print(SLIP, QUIET)
        assert fault.value.begun
        assert not settled(device)
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        device.close()
        assert whole(server) == 3


class Talking(VirtualPrinter):
    """A clone that answers GS r at any time and with any byte."""

    unasked = b""
    answer = b"\x00"
    asked = 0

    def receive(self, data: bytes) -> None:
        super().receive(data)
        if 150 < self.received < 600:
            self._out += self.unasked

    def _ask_paper(self, _: object) -> None:
        self.asked += 1
        self._out += self.answer


def test_a_byte_that_comes_before_the_question_is_not_its_answer() -> None:
    printer = Talking(Capability.STATUS)
    printer.unasked, printer.answer = b"\x00", b""
    with PrinterServer(printer, mm_a_second=0) as server:
        device = device_for(server, timing=SHORT, capability=Capability.ANSWER)
        with pytest.raises(DeviceFault) as fault:
            device.print((*SLIP, *(Line("x" * 40) for _ in range(20))), QUIET)
        assert (fault.value.code, fault.value.begun) == ("no_answer", True)
        device.close()
    assert printer.asked == 1


def test_an_answer_that_says_paper_end_is_no_confirmation() -> None:
    printer = Talking(Capability.ANSWER, status=False)
    printer.answer = b"\x0c"
    with PrinterServer(printer, mm_a_second=0) as server:
        device = device_for(server, timing=SHORT, capability=Capability.ANSWER)
        with pytest.raises(DeviceFault) as fault:
            device.print(SLIP, QUIET)
        assert (fault.value.code, fault.value.begun) == ("paper_out", True)
        device.close()


def test_a_printer_that_was_slow_to_answer_once_is_asked_again_on_a_new_connection() -> None:
    with serving() as server:
        device = device_for(server, capability=Capability.STATUS)
        assert device.look().capability is Capability.COMPLETE
        device.close()


@pytest.mark.parametrize("breakage", list(TROUBLES))
def test_a_printer_in_trouble_gets_no_byte_of_a_slip(breakage: Breakage) -> None:
    with serving() as server:
        device = device_for(server, timing=SHORT)
        device.look()
        server.break_(breakage)
        begun: list[int] = []
        with pytest.raises(DeviceFault) as fault:
            device.print(SLIP, Progress(lambda: begun.append(1)))
        assert (fault.value.code, fault.value.begun) == (TROUBLES[breakage], False)
        assert begun == []
        assert fault.value.text.zh
        server.mend()
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        device.close()
        assert whole(server) == 1


def test_paper_near_its_end_is_told_and_printed_on() -> None:
    with serving() as server:
        server.break_(Breakage.NEAR_END)
        device = device_for(server)
        seen = device.look()
        assert (seen.trouble, seen.paper) == (None, Paper.NEAR_END)
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        device.close()


def test_a_hot_head_in_the_middle_is_waited_for() -> None:
    with serving() as server:
        device = device_for(server)
        device.look()
        server.plans = [Plan(server.printer.received + 80, Breakage.HOT)]
        cool = threading.Timer(0.3, lambda: server.mend(Breakage.HOT))
        cool.start()
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        cool.join()
        device.close()
        assert whole(server) == 1


LENGTH = len(Renderer(Printer(id="p", device="tcp://h", text="native"), Fonts([], ask_fontconfig=False)).render(SLIP))
AROUND = 12 + 5 + 11
"""Bytes beside the slip's own: four DLE EOT, ESC @ and GS a before it, GS ( H behind."""


@pytest.mark.parametrize(
    "breakage", [Breakage.PAPER_OUT, Breakage.COVER, Breakage.CUTTER, Breakage.RESET, Breakage.CLOSE, Breakage.POWER]
)
@pytest.mark.parametrize("capability", [Capability.COMPLETE, Capability.ANSWER])
def test_a_fault_at_any_byte_never_makes_a_slip_count_that_is_not_on_paper(
    breakage: Breakage, capability: Capability
) -> None:
    with serving(capability) as server:
        device = device_for(server, timing=SHORT, capability=capability)
        for offset in range(LENGTH + AROUND + 5):
            device.look()
            before = whole(server)
            server.plans = [Plan(server.printer.received + offset, breakage)]
            _one_fault(server, device, before)
            server.plans = []
            server.mend()
        device.close()


def _one_fault(server: PrinterServer, device: Device, before: int) -> None:
    begun: list[int] = []
    try:
        outcome = device.print(SLIP, Progress(lambda: begun.append(1)))
    except DeviceFault as fault:
        server.mend()
        assert fault.begun == bool(begun)
        if not fault.begun:
            assert whole(server) == before
        elif settled(device):
            assert whole(server) == before + 1, "said to be out after all"
        else:
            out = whole(server) - before
            assert out <= 1
            server.plans = []
            assert device.print(SLIP, QUIET) is Outcome.PRINTED
            assert whole(server) == before + out + 1
    else:
        assert outcome is Outcome.PRINTED
        assert whole(server) == before + 1


@pytest.mark.parametrize("offset", range(0, LENGTH + AROUND + 5, 9))
def test_a_printer_that_falls_silent_leaves_it_open_until_it_speaks_again(offset: int) -> None:
    with serving() as server:
        device = device_for(server, timing=SHORT, capability=Capability.COMPLETE)
        device.look()
        server.plans = [Plan(server.printer.received + offset, Breakage.SILENT)]
        try:
            device.print(SLIP, QUIET)
        except DeviceFault as fault:
            assert fault.code == "no_answer"
            if fault.begun:
                with pytest.raises(DeviceFault):
                    device.settle(last=True)
        else:
            assert offset >= LENGTH + AROUND
        server.mend()
        device.close()


def test_a_line_at_one_byte_a_second_ends_as_unknown_and_not_as_printed() -> None:
    with serving() as server:
        device = device_for(server, timing=SHORT, capability=Capability.COMPLETE)
        device.look()
        server.plans = [Plan(server.printer.received + 60, Breakage.SLOW)]
        with pytest.raises(DeviceFault) as fault:
            device.print(SLIP, QUIET)
        assert (fault.value.code, fault.value.begun) == ("no_answer", True)
        assert whole(server) == 0
        server.mend()
        device.close()


def test_paper_that_ends_behind_the_slip_does_not_make_a_copy() -> None:
    with serving() as server:
        device = device_for(server, timing=replace(SHORT, settle=0.5), capability=Capability.COMPLETE)
        device.look()
        # the last bytes of the question are missing when the paper ends: the slip is out, its answer comes later
        server.plans = [Plan(server.printer.received + AROUND + LENGTH - 3, Breakage.PAPER_OUT)]
        try:
            assert device.print(SLIP, QUIET) is Outcome.PRINTED
        except DeviceFault as fault:
            assert fault.code == "paper_out"
            server.mend()
            if whole(server):
                assert settled(device)
        device.close()
        assert whole(server) <= 1


def test_an_idle_connection_that_was_dropped_is_noticed_before_the_next_slip() -> None:
    with serving() as server:
        device = device_for(server)
        device.print(SLIP, QUIET)
        server.break_(Breakage.CLOSE)
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        assert server.connections == 2
        device.close()


def test_a_serial_printer_speaks_the_same() -> None:
    with serving(serial=True) as server:
        device = device_for(server)
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        server.break_(Breakage.COVER)
        assert device.look().trouble is Trouble.COVER_OPEN
        server.mend()
        device.close()
        assert whole(server) == 1


def test_raster_on_paper_is_the_picture_that_was_drawn() -> None:
    from PIL import Image

    from nightdesk_printers import raster
    from nightdesk_printers.fonts import find_fonts

    with serving() as server:
        device = device_for(server, text="raster")
        assert device.print(SLIP, QUIET) is Outcome.PRINTED
        device.close()
        (slip,) = server.printer.slips
    printed = slip.picture(576)
    drawn = raster.slip_image(SLIP, find_fonts(), 80).convert("L")
    image = Image.new("L", (576, len(printed)))
    image.putdata([0 if dot else 255 for row in printed for dot in row])
    black = sum(pixel == 0 for pixel in drawn.tobytes())
    assert abs(sum(pixel == 0 for pixel in image.tobytes()) - black) <= 5
    assert server.printer.realtime <= 12, "only what was asked"


@pytest.mark.parametrize("offset", [40, 200, 900, 1700])
@pytest.mark.parametrize("capability", [Capability.COMPLETE, Capability.ANSWER])
def test_the_head_of_a_copy_is_not_taken_for_the_dots_of_the_slip_that_broke_off(
    capability: Capability, offset: int
) -> None:
    """DLE ENQ 2 clears nothing without an error to recover from, so an unfinished band waits for its dots."""
    slip = (Line("COPY 1", size=2), Line("N012", size=8))
    with PrinterServer(VirtualPrinter(capability), mm_a_second=0) as server:
        device = open_device(Printer(id="p", device=server.address, text="raster", paper_mm_a_second=0), timing=SHORT)
        assert device.print(slip, QUIET) is Outcome.PRINTED
        with server.lock:
            wanted = server.printer.slips[-1].picture(576)
        server.plans = [Plan(server.printer.received + offset, Breakage.RESET)]
        with pytest.raises(DeviceFault):
            device.print(slip, QUIET)
        assert not settled(device)
        assert device.print(slip, QUIET) is Outcome.PRINTED
        device.close()
        with server.lock:
            void, copy = server.printer.slips[-2:]
        assert ("VOID" in void.text, void.whole) == (True, False)
        assert copy.picture(576) == wanted
