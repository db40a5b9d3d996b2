"""Devices for tests: a pseudo-terminal as a serial line that can be pulled out, and workers in threads."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType


class Line:
    """A serial line under a fixed name: `path` links to a pseudo-terminal's near end, the test holds the far end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._far = -1
        self._near = -1
        self.plug_in()

    def plug_in(self) -> None:
        self._far, self._near = os.openpty()
        tty.setraw(self._far)
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._near))

    def pull_out(self) -> None:
        self.path.unlink()
        os.close(self._near)
        os.close(self._far)
        self._far = self._near = -1

    def read(self) -> bytes:
        try:
            return os.read(self._far, 65536)
        except (BlockingIOError, OSError):
            return b""

    def write(self, data: bytes) -> None:
        os.write(self._far, data)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._far >= 0:
            self.pull_out()


class Running:
    """A worker's `run` in a thread, stopped at the end of the test; what it raises fails the test."""

    def __init__(self, run: Callable[[], None], stop: threading.Event) -> None:
        self._run = run
        self._stop = stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._guarded, daemon=True)

    def _guarded(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self._error = error

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(15)
        assert not self._thread.is_alive()
        assert self._error is None, self._error
