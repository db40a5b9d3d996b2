"""Where slips go: `tcp`, `serial`, `file` and `screen` printers behind one protocol, `Device`."""

from nightdesk_printers.devices.base import Device, DeviceFault, Outcome
from nightdesk_printers.devices.opening import open_device

__all__ = ["Device", "DeviceFault", "Outcome", "open_device"]
