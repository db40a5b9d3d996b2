"""The virtual printer full-screen: paper as it comes out, the state below it, a fault a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from nightdesk_kiosk.emulators import printer_texts
from nightdesk_kiosk.ui_language import say
from nightdesk_kiosk.widgets.app import NightApp
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_printers.layout import DOTS_A_MM
from nightdesk_printers.paper_drawing import draw
from nightdesk_printers.virtual import Breakage, PrintedSlip, PrinterServer

LOOK_SECONDS = 0.1
SLIPS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FixAll:
    """The wish that nothing be broken any more."""


class PrinterApp(NightApp):
    """One virtual printer and its newest slips."""

    CSS = """
    PrinterApp #title { height: 1; background: $primary; text-style: bold; padding: 0 1; width: 1fr; }
    PrinterApp #roll { height: 1fr; background: $panel; align: center top; }
    PrinterApp #paper { width: auto; max-width: 100%; color: #111111; background: #f4f1e8; padding: 0 1; }
    PrinterApp #state { height: auto; padding: 0 1; width: 1fr; text-style: bold; }
    PrinterApp #state.offline { background: $error; }
    PrinterApp #faults { height: auto; layout: grid; grid-size: 6; grid-gutter: 0 1; grid-rows: 3; background: $panel; }
    PrinterApp #faults Tap { height: 3; padding: 1 0; }
    PrinterApp #faults Tap.broken { background: $error; }
    """
    HAS_KEYS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"{key},{key.upper()}", f"break('{one}')", show=False) for key, one in printer_texts.KEYS.items()),
        Binding("m,M", "mend", show=False),
        Binding("q,Q,ctrl+q", "quit", show=False),
    ]

    def __init__(self, server: PrinterServer, paper_mm: int) -> None:
        super().__init__()
        self.server = server
        self.paper_mm = paper_mm
        self._shown: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        """Address, paper, state, faults."""
        yield Static(say(printer_texts.TITLE.fill(address=self.server.address)), id="title", markup=False)
        with VerticalScroll(id="roll"):
            yield Static(say(printer_texts.WAITING.fill(address=self.server.address)), id="paper", markup=False)
        yield Static(id="state", markup=False)
        with Vertical(id="faults"):
            for key, breakage in printer_texts.KEYS.items():
                label = f"{key.upper()} {say(printer_texts.BREAKAGES[breakage])}"
                yield Tap(label, breakage, classes="quiet", id=f"fault-{breakage}")
            yield Tap(f"M {say(printer_texts.MEND)}", FixAll(), classes="good")

    def on_mount(self) -> None:
        """Follow the printer."""
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()

    def action_break(self, name: str) -> None:
        """Break something, or put it right again."""
        self._break(Breakage(name))

    def _break(self, breakage: Breakage) -> None:
        with self.server.lock:
            broken = breakage in self.server.broken
        if broken:
            self.server.mend(breakage)
        else:
            self.server.break_(breakage)
        self._look()

    def action_mend(self) -> None:
        """Put everything right."""
        self.server.mend()
        self._look()

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case FixAll():
                self.action_mend()
            case Breakage() as breakage:
                self._break(breakage)

    def _look(self) -> None:
        with self.server.lock:
            slips = [*self.server.printer.slips[-SLIPS_SHOWN:], self.server.printer.unfinished]
            drawn_to = (len(self.server.printer.slips), len(slips[-1].elements))
            broken = set(self.server.broken)
            state, offline = state_line(self.server), self.server.printer.offline
            if drawn_to != self._shown and (slips[-1].elements or len(slips) > 1):
                self._show(slips)
            self._shown = drawn_to
        # by queries that may be empty: the last tick may come while the screen is being taken down
        for panel in self.query("#state").results(Static):
            put(panel, f"{state}\n{say(printer_texts.HELP)}")
            panel.set_class(offline, "offline")
        for breakage in Breakage:
            for tap in self.query(f"#fault-{breakage}").results(Tap):
                tap.set_class(breakage in broken, "broken")

    def _show(self, slips: list[PrintedSlip]) -> None:
        lines: list[str] = []
        for slip in slips:
            if slip.elements:
                lines += [*paper_lines(slip, self.paper_mm), ""]
        width = max((cell_len(line) for line in lines), default=0)
        padded = [set_cell_size(line, width) for line in lines]
        self.query_one("#paper", Static).update("\n".join(padded))
        self.query_one("#roll", VerticalScroll).scroll_end(animate=False)


def paper_lines(slip: PrintedSlip, paper_mm: int) -> list[str]:
    """Return a slip with the edge it was cut at, or a word where it was not."""
    lines = draw(slip, paper_mm)
    width = max((cell_len(line) for line in lines), default=0)
    return [*lines, "╌" * max(width, 8) if slip.whole else say(printer_texts.TORN)]


def state_line(server: PrinterServer) -> str:
    """Return how the printer is, in one line. The caller holds its lock."""
    printer = server.printer
    found = printer_texts.STATE.fill(
        state=printer_texts.OFFLINE if printer.offline else printer_texts.READY,
        mm=printer.rows_left // DOTS_A_MM,
        cuts=printer.cuts,
        bytes=printer.received,
        buffer=printer.waiting_bytes,
        connections=server.connections,
    )
    if printer.unknown:
        return (
            f"{say(found)} · {say(printer_texts.UNKNOWN.fill(n=len(printer.unknown), last=printer.unknown[-1].hex()))}"
        )
    return say(found)
