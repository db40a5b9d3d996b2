"""From a printer's address in the configuration to the device behind it."""

from __future__ import annotations

from collections.abc import Callable

from nightdesk_printers.devices.base import Device
from nightdesk_printers.devices.device_file import FilePrinter
from nightdesk_printers.devices.screen import ScreenPrinter, Show
from nightdesk_printers.devices.serial_line import SerialPrinter
from nightdesk_printers.devices.tcp import TcpPrinter
from nightdesk_queue.config import Printer


def open_device(printer: Printer, show: Show | None = None) -> Device:
    """Return the device of a configured printer; `show` takes the slips of `screen:` printers.

    Nothing is opened yet: a printer that is away is a fault of the first slip, not of the start.
    """
    scheme = printer.device.partition(":")[0]
    if scheme == "screen":
        return ScreenPrinter(printer.paper_mm, show)
    kinds: dict[str, Callable[[str, int], Device]] = {"tcp": TcpPrinter, "serial": SerialPrinter, "file": FilePrinter}
    return kinds[scheme](printer.device, printer.paper_mm)
