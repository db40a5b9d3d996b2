"""Printers: over TCP, serial lines, USB, device files and CUPS, or drawn on a screen. All are a `Device`.

What lives here: the links bytes go over, `escpos` (the conversation with a printer over any link), `by_address` (from
the configuration to a device).
What it may touch: lines of `nightdesk_ports`, USB, device files, CUPS' tools. It knows no database and no spool.
What it promises: a slip is called printed only when the printer has confirmed it; every failure is a `DeviceFault` in
both languages that says whether a byte of the slip had left.
"""

from nightdesk_printers.devices.base import (
    Device,
    DeviceFault,
    Link,
    Outcome,
    Progress,
    Seen,
)
from nightdesk_printers.devices.by_address import open_device, own_fonts
from nightdesk_printers.devices.escpos import EscPosPrinter
from nightdesk_printers.devices.escpos_talk import Timing

__all__ = [
    "Device",
    "DeviceFault",
    "EscPosPrinter",
    "Link",
    "Outcome",
    "Progress",
    "Seen",
    "Timing",
    "open_device",
    "own_fonts",
]
