"""Printers: over TCP, serial lines, USB, device files and CUPS, or drawn on a screen. All are a `Device`.

`escpos` is the conversation with a printer, whatever `Link` it goes over; `opening` finds both by the address.
"""

from nightdesk_printers.devices.base import (
    Capability,
    Device,
    DeviceFault,
    Link,
    Outcome,
    Progress,
    Seen,
)
from nightdesk_printers.devices.by_address import open_device, own_fonts
from nightdesk_printers.devices.escpos import EscPosPrinter, Timing

__all__ = [
    "Capability",
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
