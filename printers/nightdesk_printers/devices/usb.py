"""USB printers without a device node: `usb://04b8:0e15`, or `usb://04b8:0e15/SERIAL` where two are alike, by pyusb.

The printer interface (class 7) is claimed from the system's own driver while it is open and given back afterwards.
Needs the extra `usb` and libusb. Source: USB Device Class Definition for Printing Devices 1.1.
"""

from __future__ import annotations

from typing import Any

from nightdesk_ports.descriptor import LinkClosed
from nightdesk_printers.devices.base import DeviceFault, missing, unreachable
from nightdesk_queue.text.bilingual import Text

PRINTER_CLASS = 7
CHUNK = 4096
PACKET = 64
SHORTEST_MS = 1
"""pyusb takes 0 for "for ever"."""

NO_PYUSB = Text(
    zh="打印机 {device} 需要 pyusb；请安装 nightdesk[usb]", en="printer {device} needs pyusb; install nightdesk[usb]"
)
NO_LIBUSB = Text(
    zh="打印机 {device} 需要 libusb；请安装 libusb-1.0-0", en="printer {device} needs libusb; install libusb-1.0-0"
)
NO_INTERFACE = Text(zh="该 USB 设备不是打印机，检查 device", en="the USB device is no printer, check device")
NO_WAY_OUT = Text(zh="该 USB 打印机不接收数据", en="the USB printer has no way to take data")


class UsbLink:
    """The bulk end points of a USB printer. `backend` is pyusb's, for tests."""

    talks = True

    def __init__(self, address: str, backend: object | None = None) -> None:
        ids, _, self.serial = address.removeprefix("usb://").partition("/")
        vendor, product = ids.split(":")
        self.address = address
        self.vendor, self.product = int(vendor, 16), int(product, 16)
        self._backend = backend
        self._device: Any = None
        self._interface: int = 0
        self._out: Any = None
        self._in: Any = None

    def open(self) -> None:
        """Find the printer and claim it. Raises DeviceFault (missing, unreachable), OSError."""
        usb = self._library()
        device = self._find(usb)
        if device is None:
            raise missing(self.address, f"{self.vendor:04x}:{self.product:04x} {self.serial}".rstrip())
        self._device = device
        try:
            interface = self._printer_interface(usb, device)
            self._interface = interface.bInterfaceNumber
            if device.is_kernel_driver_active(self._interface):
                device.detach_kernel_driver(self._interface)
            usb.util.claim_interface(device, self._interface)
        except NotImplementedError:
            # not every system has a driver of its own that holds the printer
            usb.util.claim_interface(device, self._interface)
        self._out = self._end_point(usb, interface, usb.util.ENDPOINT_OUT)
        self._in = self._end_point(usb, interface, usb.util.ENDPOINT_IN)
        self.talks = self._in is not None
        if self._out is None:
            raise unreachable(self.address, NO_WAY_OUT)

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken. Raises OSError."""
        if self._out is None:
            raise LinkClosed("the printer is not open")
        try:
            return int(self._out.write(data[:CHUNK], timeout=max(int(seconds * 1000), SHORTEST_MS)))
        except OSError as error:
            if _timed_out(error):
                return 0
            raise

    def receive(self, seconds: float) -> bytes:
        """Return what came. Raises OSError."""
        if self._in is None:
            return b""
        try:
            return bytes(self._in.read(PACKET, timeout=max(int(seconds * 1000), SHORTEST_MS)))
        except OSError as error:
            if _timed_out(error):
                return b""
            raise

    def finish(self) -> None:
        """A bulk transfer is taken when it has been written."""

    def close(self) -> None:
        """Give the printer back to the system."""
        device, self._device, self._out, self._in = self._device, None, None, None
        if device is None:
            return
        try:
            usb = self._library()
            usb.util.release_interface(device, self._interface)
            usb.util.dispose_resources(device)
        except (OSError, DeviceFault):
            # one that was pulled out cannot be given back
            return

    def _library(self) -> Any:
        try:
            import usb.core  # noqa: PLC0415 - an extra: only printers at usb:// need it
            import usb.util  # noqa: PLC0415
        except ImportError as error:
            raise DeviceFault("missing", NO_PYUSB.fill(device=self.address)) from error
        return usb

    def _find(self, usb: Any) -> Any:
        ids = {"idVendor": self.vendor, "idProduct": self.product, "backend": self._backend}
        try:
            found = list(usb.core.find(find_all=True, **ids))
        except usb.core.NoBackendError as error:
            raise DeviceFault("missing", NO_LIBUSB.fill(device=self.address)) from error
        return next((device for device in found if not self.serial or device.serial_number == self.serial), None)

    def _printer_interface(self, usb: Any, device: Any) -> Any:
        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError:
            device.set_configuration()
            configuration = device.get_active_configuration()
        for interface in configuration:
            if interface.bInterfaceClass == PRINTER_CLASS:
                return interface
        raise unreachable(self.address, NO_INTERFACE)

    def _end_point(self, usb: Any, interface: Any, direction: int) -> Any:
        return usb.util.find_descriptor(
            interface,
            custom_match=lambda end: (
                usb.util.endpoint_direction(end.bEndpointAddress) == direction
                and usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
            ),
        )


def _timed_out(error: OSError) -> bool:
    return type(error).__name__ == "USBTimeoutError"
