"""Printers that are a file: a device node such as `/dev/usb/lp0`, or a plain file that collects the bytes.

A device node that is missing is a fault: opening it must never make a plain file in its place. A plain file is
appended to and synced; a device node is read, too, where it lets us.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nightdesk_ports.descriptor import Descriptor, LinkClosed
from nightdesk_printers.devices.base import missing, unreachable
from nightdesk_queue.text.bilingual import Text

DEVICES = Path("/dev")
_FLAGS = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
NO_FOLDER = Text(
    zh="文件夹 {path} 不在或不可写，新建它或改 device",
    en="folder {path} is not there or cannot be written, make it or change device",
)


class FileLink:
    """A file or device node at `file:PATH`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.path = Path(address.removeprefix("file:").removeprefix("//"))
        self.talks = False
        self._number: int | None = None

    def open(self) -> None:
        """Open it. Raises DeviceFault (missing, unreachable), OSError."""
        if self.path.resolve().is_relative_to(DEVICES) and not self.path.exists():
            raise missing(self.address, str(self.path))
        if self.path.exists() and stat.S_ISCHR(self.path.stat().st_mode):
            self._number, self.talks = self._open_device()
        elif self.path.exists():
            self._number = os.open(self.path, os.O_WRONLY | os.O_APPEND | _FLAGS)
        elif not (self.path.parent.is_dir() and os.access(self.path.parent, os.W_OK)):
            raise unreachable(self.address, NO_FOLDER.fill(path=self.path.parent))
        # else: it is made when something is printed; looking writes nothing

    def _open_device(self) -> tuple[int, bool]:
        try:
            return os.open(self.path, os.O_RDWR | _FLAGS), True
        except PermissionError:
            # a printer that may be written but not read still prints; it can only be `sent`
            return os.open(self.path, os.O_WRONLY | _FLAGS), False

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken. Raises OSError."""
        if self._number is None:
            self._number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _FLAGS, 0o640)
        return self._descriptor.write_some(data, seconds)

    def receive(self, seconds: float) -> bytes:
        """Return what came; nothing ever does from a plain file. Raises OSError."""
        return self._descriptor.receive(seconds) if self.talks else b""

    def finish(self) -> None:
        """See a plain file safely on the disk. Raises OSError."""
        if stat.S_ISREG(os.fstat(self._descriptor.number).st_mode):
            os.fsync(self._descriptor.number)

    def close(self) -> None:
        """Close it."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

    @property
    def _descriptor(self) -> Descriptor:
        if self._number is None:
            raise LinkClosed("the file is not open")
        # a USB printer may answer with an empty packet, which is not its end
        return Descriptor(self._number, empty_is_end=False)
