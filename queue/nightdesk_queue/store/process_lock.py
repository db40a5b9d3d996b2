"""Who serves a device: a lock on a file beside the database that the system itself lets go when its holder dies.

One living process owns a printer or a call screen's line at a time; another waits its turn, and anybody can ask
whether a device is being served at all.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self


class Ownership:
    """The lock of one device; use as a context manager after `take` said True."""

    def __init__(self, database: Path, kind: str, device: str) -> None:
        self.path = database.with_name(f"{database.name}.{kind}-{device}.lock")
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Try to become the owner; False while another process is."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    @property
    def descriptor(self) -> int | None:
        """The lock's file, for a child process that is to hold it, too; None where it is not held."""
        return self._descriptor

    @property
    def held(self) -> bool:
        """Whether this object is the owner."""
        return self._descriptor is not None

    def taken(self) -> bool:
        """Whether some living process serves the device now."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def let_go(self) -> None:
        """Stop being the owner."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
