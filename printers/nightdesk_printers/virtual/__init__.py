"""A printer of software that behaves like a real one, for tests, training and the demo.

What lives here: `commands_in` (a stream cut into commands), `engine` (the printer: in-order processing, real-time and
automatic status, print-complete, paper, cover, cutter), `paper` (what has come out), `server` (the printer on a TCP
port or a pseudo-terminal, broken on demand).
What it may touch: `nightdesk_ports` for its line, and of this package only `capability`.
What it promises: no code is shared with our encoder. It is written from the command reference, as the other side, so
what it prints was understood and not merely copied.
"""

from nightdesk_printers.virtual.engine import VirtualPrinter
from nightdesk_printers.virtual.paper import PrintedSlip
from nightdesk_printers.virtual.server import Breakage, Plan, PrinterServer

__all__ = ["Breakage", "Plan", "PrintedSlip", "PrinterServer", "VirtualPrinter"]
