"""From a printer's address in the configuration to the device behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import Device, Link
from nightdesk_printers.devices.cups import CupsPrinter
from nightdesk_printers.devices.device_file import FileLink
from nightdesk_printers.devices.escpos import EscPosPrinter
from nightdesk_printers.devices.escpos_talk import Timing
from nightdesk_printers.devices.screen import ScreenPrinter, Show
from nightdesk_printers.devices.serial_line import SerialLink
from nightdesk_printers.devices.tcp import TcpLink
from nightdesk_printers.devices.usb import UsbLink
from nightdesk_printers.fonts import find_fonts
from nightdesk_printers.rendering import Renderer
from nightdesk_queue.config import Hospital, Printer

LINKS: dict[str, Callable[[str], Link]] = {"tcp": TcpLink, "serial": SerialLink, "usb": UsbLink, "file": FileLink}


def open_device(
    printer: Printer,
    show: Show | None = None,
    *,
    fonts: Sequence[Path] = (),
    timing: Timing | None = None,
    capability: Capability | None = None,
) -> Device:
    """Return the device of a configured printer; `show` takes the slips of `screen:` printers.

    Nothing is opened yet: a printer that is away is a fault of the first slip, not of the start. Raises Fault("font")
    for a file in `fonts` that is no font.
    """
    scheme = printer.device.partition(":")[0]
    if scheme == "screen":
        return ScreenPrinter(printer.paper_mm, show)
    renderer = Renderer(printer, find_fonts(fonts))
    if scheme == "cups":
        return CupsPrinter(printer.device, renderer)
    return EscPosPrinter(printer.device, LINKS[scheme](printer.device), renderer, timing, capability)


def own_fonts(hospital: Hospital) -> list[Path]:
    """Return the font files the configuration names."""
    return [hospital.folder / name for name in hospital.printing.fonts]
