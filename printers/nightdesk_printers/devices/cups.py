"""Printers behind CUPS: `cups://queue`, or `cups://host:631/queue`. Slips go to the queue as raw bytes.

CUPS owns the printer, so nothing can be asked: a slip is `sent` once CUPS has taken it, and what `lpstat` says of the
queue is all that is known of it. Needs the system's `lp` and `lpstat` (package cups-client).
"""

from __future__ import annotations

import os
import shutil
import subprocess

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices.base import (
    DeviceFault,
    Outcome,
    Progress,
    Seen,
    broken_off,
    missing,
    unreachable,
)
from nightdesk_printers.escpos_commands import INITIALISE
from nightdesk_printers.layout import Slip
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.replies import Trouble
from nightdesk_queue.text.bilingual import Text

LP_SECONDS = 20.0
DISABLED = Text(zh="队列已停用，用 cupsenable 启用", en="the queue is disabled, enable it with cupsenable")


class CupsPrinter:
    """A queue of CUPS."""

    def __init__(self, address: str, renderer: Renderer) -> None:
        self.address = address
        self.renderer = renderer
        self.back_end = renderer.choice.text
        server, _, queue = address.removeprefix("cups://").rpartition("/")
        self.queue = queue
        self._server = ["-h", server] if server else []

    def look(self) -> Seen:
        """See what CUPS says of the queue. Raises DeviceFault (missing, unreachable)."""
        said = self._run("lpstat", "-p", self.queue)
        # lpstat is asked in English, whatever the system speaks
        return Seen(Trouble.OFFLINE if "disabled" in said else None, capability=Capability.NONE)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Hand a slip to CUPS. Raises DeviceFault."""
        data = self.renderer.render(slip)
        seen = self.look()
        if seen.trouble:
            raise DeviceFault(seen.trouble, unreachable(self.address, DISABLED).text)
        progress.sending()
        try:
            self._run("lp", "-d", self.queue, "-o", "raw", "-t", "nightdesk", "--", "-", data=INITIALISE + data)
        except DeviceFault as fault:
            raise broken_off(self.address, fault.text) from fault
        return Outcome.SENT

    def settle(self, *, last: bool) -> bool:
        """See that the queue is there again; whether CUPS had taken the slip cannot be known."""
        self.look()
        return False

    def close(self) -> None:
        """Do nothing: no connection is kept open."""

    def _run(self, tool: str, *arguments: str, data: bytes = b"") -> str:
        path = shutil.which(tool)
        if path is None:
            raise missing(self.address, f"{tool} (cups-client)")
        try:
            done = subprocess.run(  # noqa: S603 - CUPS' own tools; queue and server are checked by the configuration
                [path, *self._server, *arguments],
                input=data,
                capture_output=True,
                timeout=LP_SECONDS,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise unreachable(self.address, error) from error
        if done.returncode:
            raise unreachable(self.address, done.stderr.decode(errors="replace").strip()[:200] or str(done.returncode))
        return done.stdout.decode(errors="replace")
