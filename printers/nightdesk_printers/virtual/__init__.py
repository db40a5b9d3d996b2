"""A printer of software that behaves like a real one, for tests, training and the demo.

`commands_in` cuts the stream into commands, `engine` is the printer (in-order processing, real-time status, automatic
status, print-complete, paper, cover, cutter), `paper` what has come out, `drawing` shows it in a terminal, `server`
puts it on a TCP port or a pseudo-terminal and breaks it on demand. None of it shares code with our own encoder but
the names of things: it is written from the command reference, as the other side.
"""

from nightdesk_printers.virtual.engine import VirtualPrinter
from nightdesk_printers.virtual.paper import PrintedSlip
from nightdesk_printers.virtual.server import Breakage, Plan, PrinterServer

__all__ = ["Breakage", "Plan", "PrintedSlip", "PrinterServer", "VirtualPrinter"]
