"""Printers behind CUPS: `cups://queue`, or `cups://host:631/queue`. Slips go to the queue as raw bytes.

CUPS owns the printer, so nothing can be asked: a slip is `sent` once CUPS has taken it, and what `lpstat` says of the
queue is all that is known of it. Needs the system's `lp` and `lpstat` (package cups-client).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

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
from nightdesk_queue.text.bilingual import Text, same

LP_SECONDS = 20.0
DISABLED = Text(
    zh="队列已停用({why})，用 cupsenable {queue} 启用",
    en="the queue is disabled ({why}), enable it with cupsenable {queue}",
)
REJECTING = Text(
    zh="队列不接收任务({why})，用 cupsaccept {queue} 恢复",
    en="the queue takes no jobs ({why}), let it with cupsaccept {queue}",
)
NO_REASON = Text(zh="没有说明原因", en="no reason given")


@dataclass(frozen=True, slots=True)
class QueueState:
    """What `lpstat` says of a queue: what keeps it from printing, None while nothing does."""

    obstacle: Text | None


def queue_state(queue: str, printer: str, accepting: str) -> QueueState:
    """Read what `lpstat -p` and `lpstat -a` say of a queue, in English. A reason stands in a line of its own behind it.

    Only whole words behind the queue's own name count: a queue may be called `disabled-hall`.
    """
    for said, sign, words in ((accepting, "not accepting requests", REJECTING), (printer, "disabled", DISABLED)):
        lines = said.splitlines()
        for at, line in enumerate(lines):
            rest = line.removeprefix("printer ").removeprefix(queue)
            if rest != line and re.match(rf"[:.\s].*?\b{sign}\b since|\s+{sign}\b", rest):
                behind = lines[at + 1].strip() if at + 1 < len(lines) and lines[at + 1][:1].isspace() else ""
                why = same(behind.rstrip("-. ")) if behind.strip("-. ") else NO_REASON
                return QueueState(words.fill(why=why, queue=queue))
    return QueueState(None)


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
        return Seen(Trouble.OFFLINE if self._state().obstacle else None, capability=Capability.NONE)

    def print(self, slip: Slip, progress: Progress) -> Outcome:
        """Hand a slip to CUPS. Raises DeviceFault; nothing was taken where CUPS refuses it."""
        data = self.renderer.render(slip)
        if (obstacle := self._state().obstacle) is not None:
            raise DeviceFault(Trouble.OFFLINE, unreachable(self.address, obstacle).text)
        progress.sending()
        arguments = ("-d", self.queue, "-o", "raw", "-t", "nightdesk", "--", "-")
        try:
            done = self._called("lp", *arguments, data=INITIALISE + data)
        except DeviceFault as fault:
            # it may have been taken before the time was up
            raise broken_off(self.address, fault.text) from fault
        if done.returncode:
            refused = unreachable(self.address, _words(done))
            raise DeviceFault(refused.code, refused.text, nothing_taken=True)
        return Outcome.SENT

    def _state(self) -> QueueState:
        # lpstat is asked in English, whatever the system speaks
        return queue_state(self.queue, self._run("lpstat", "-p", self.queue), self._run("lpstat", "-a", self.queue))

    def settle(self, *, last: bool) -> bool:
        """See that the queue is there again; whether CUPS had taken the slip cannot be known."""
        self.look()
        return False

    def close(self) -> None:
        """Do nothing: no connection is kept open."""

    def _run(self, tool: str, *arguments: str) -> str:
        done = self._called(tool, *arguments)
        if done.returncode:
            raise unreachable(self.address, _words(done))
        return done.stdout.decode(errors="replace")

    def _called(self, tool: str, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        path = shutil.which(tool)
        if path is None:
            raise missing(self.address, f"{tool} (cups-client)")
        try:
            return subprocess.run(  # noqa: S603 - CUPS' own tools; queue and server are checked by the configuration
                [path, *self._server, *arguments],
                input=data,
                capture_output=True,
                timeout=LP_SECONDS,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise unreachable(self.address, error) from error


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip()[:200] or str(done.returncode)
