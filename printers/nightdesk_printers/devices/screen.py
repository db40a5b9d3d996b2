"""The printer that is a terminal: slips are drawn, by default on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

from nightdesk_printers import terminal_drawing
from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Outcome, Progress, Seen, broken_off
from nightdesk_printers.layout import Slip
from nightdesk_queue.text.bilingual import Text

Show = Callable[[list[str]], None]


class ScreenPrinter:
    """A printer at `screen:`; `show` receives the lines of each slip."""

    back_end = Text(zh="在终端显示", en="drawn in the terminal")

    def __init__(self, paper_mm: int, show: Show | None = None) -> None:
        self.paper_mm = paper_mm
        self.show = show or _on_standard_output

    def look(self) -> Seen:
        """Return that nothing is wrong: a terminal is always there."""
        return Seen(capability=Capability.COMPLETE)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Draw a slip. Raises DeviceFault when the terminal is gone."""
        lines = terminal_drawing.draw(slip, self.paper_mm)
        progress.sending()
        try:
            self.show(lines)
        except OSError as error:
            raise broken_off("screen:", error) from error
        return Outcome.PRINTED

    def settle(self, *, last: bool) -> bool:
        """Return False: what was drawn before the terminal went away cannot be known."""
        return False

    def close(self) -> None:
        """Do nothing: no connection is kept open."""


def _on_standard_output(lines: list[str]) -> None:
    write_paper(sys.stdout, lines)


def write_paper(stream: TextIO, lines: list[str]) -> None:
    """Write a slip to a terminal; what its encoding lacks becomes `?` instead of stopping the spool."""
    encoding = stream.encoding or "ascii"
    text = "\n".join(terminal_drawing.framed(lines)) + "\n"
    stream.write(text.encode(encoding, errors="replace").decode(encoding))
    stream.flush()
