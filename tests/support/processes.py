"""Processes of a test, which end with their block."""

from __future__ import annotations

import subprocess
from types import TracebackType
from typing import AnyStr


class Process(subprocess.Popen[AnyStr]):
    """A process that is killed where it still runs at the end of its block.

    The standard library waits there, without end: a test that failed in the block would keep the whole run.
    """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it where it runs, and close what it was read through."""
        if self.poll() is None:
            self.kill()
        super().__exit__(kind, error, trace)
