"""Which answers of a printer are believed: not the hasty one, not the one to another slip or another question."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from virtually import QUICK
from wire import Wire, WireFault

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import DeviceFault, Outcome, Progress, open_device
from nightdesk_printers.devices.escpos import EscPosPrinter
from nightdesk_printers.devices.escpos_talk import Senses
from nightdesk_printers.escpos_commands import ask_status
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line, Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.virtual import Breakage, PrinterServer, VirtualPrinter
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


@pytest.mark.parametrize("capability", [Capability.COMPLETE, Capability.ANSWER])
@pytest.mark.parametrize(("hasty", "outcome"), [(False, Outcome.PRINTED), (True, Outcome.SENT)])
def test_an_answer_that_comes_sooner_than_paper_moves_confirms_nothing(
    capability: Capability, hasty: bool, outcome: Outcome
) -> None:
    long = SLIP * 6
    with PrinterServer(VirtualPrinter(capability, hasty=hasty)) as server:
        device = open_device(Printer(id="p", device=server.address, text="native"), timing=QUICK)
        for _ in range(2):
            assert device.print(long, QUIET) is outcome
        # it is not asked again what it can confirm, on a new connection neither
        device.close()
        assert device.look().capability is (Capability.STATUS if hasty else capability)
        device.close()


class CoverOpened(Wire):
    """A wire to a hasty printer whose cover is opened for a moment just behind the answer to the slip's question."""

    def receive(self, seconds: float) -> bytes:
        said = super().receive(seconds)
        return said + COVER_OPEN if COMPLETE in said else said


COMPLETE, COVER_OPEN = b"\x37\x22", b"\x38\x00\x00\x0f"


def on_wire(wire: Wire, capability: Capability | None, fastest: int = 0) -> EscPosPrinter:
    lobby = Printer(id="p", device="tcp://h", text="native", paper_mm_a_second=fastest)
    renderer = Renderer(lobby, Fonts([], ask_fontconfig=False))
    return EscPosPrinter("tcp://h", wire, renderer, SHORT, capability, Senses(wire.now))


@pytest.mark.parametrize(("fastest", "last", "came_out"), [(300, True, False), (0, True, True), (0, False, False)])
def test_a_hasty_answer_and_one_to_another_slip_are_not_believed_when_they_are_looked_back_at(
    fastest: int, last: bool, came_out: bool
) -> None:
    device = on_wire(CoverOpened(VirtualPrinter(hasty=True), {}), Capability.COMPLETE, fastest)
    with pytest.raises(DeviceFault) as fault:
        device.print(SLIP * 6, QUIET)
    assert fault.value.code == "cover_open"
    assert device.settle(last=last) is came_out


class AnswersAnything(Wire):
    """A wire to a clone that answers DLE EOT with what GS r is answered with."""

    def write_some(self, data: bytes, seconds: float) -> int:
        taken = super().write_some(data, seconds)
        if data == ask_status(1):
            self.printer._say(b"\x00")
        return taken


def test_a_printer_that_answers_another_question_with_the_same_byte_confirms_nothing() -> None:
    device = on_wire(AnswersAnything(VirtualPrinter(Capability.ANSWER, status=False), {}), None)
    assert device.look().capability is Capability.NONE


def test_a_slip_whose_answer_is_awaited_is_still_in_hand() -> None:
    device = on_wire(Wire(VirtualPrinter(), {11: WireFault.SWALLOWED}), Capability.COMPLETE)
    seen: list[str] = []
    progress = Progress(lambda: None, lambda: seen.append("awaiting"), lambda: seen.append("alive"))
    with pytest.raises(DeviceFault) as fault:
        device.print(SLIP, progress)
    assert fault.value.code == "no_answer"
    assert seen[seen.index("awaiting") :].count("alive") > 1


def test_a_slip_that_jams_behind_a_hasty_answer_is_not_called_printed() -> None:
    with PrinterServer(VirtualPrinter(hasty=True), mm_a_second=20) as server:
        device = open_device(Printer(id="p", device=server.address, text="native"), timing=QUICK)
        jam = threading.Timer(0.1, lambda: server.break_(Breakage.CUTTER))
        jam.start()
        assert device.print(SLIP * 6, QUIET) is Outcome.SENT
        jam.join()
        device.close()
