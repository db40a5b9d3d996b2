"""From a tap to the changed picture: the whole process in a real terminal, beside an empty Textual app."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import statistics
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import Figure

from nightdesk_queue.config import Hospital

ROOT = Path(__file__).parents[1]
ROUNDS = 30
SETTLES = 1.0
"""Seconds after which a page takes taps again."""
START_SECONDS, ANSWER_SECONDS = 30.0, 10.0
P50_MS, P99_MS = 60.0, 120.0


@dataclass(frozen=True)
class Tap:
    """Where to tap, counted from 1, and bytes that only the picture after it has."""

    column: int
    row: int
    shows: bytes


LOBBY = (Tap(40, 19, "输电话后四位".encode()), Tap(112, 3, "补小票".encode()))
"""From the idle page to what somebody with a number can do, and back."""
EMPTY = (Tap(60, 15, b"one"), Tap(60, 15, b"two"))
_EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    said = False
    def compose(self):
        yield Static("two")
    def on_click(self):
        self.said = not self.said
        self.query_one(Static).update("one" if self.said else "two")
Empty().run()
"""


def tap(_: Hospital, folder: Path) -> Iterator[Figure]:
    """Milliseconds from the tap to the first byte that only the new picture has."""
    options = ["--config", str(ROOT / "config.toml"), "--database", f"sqlite:///{folder / 'taps.db'}"]
    lobby = [sys.executable, "-m", "nightdesk_kiosk", *options, "lobby"]
    empty = [sys.executable, "-c", _EMPTY_APP]
    with in_terminal(lobby) as ours, in_terminal(empty) as theirs:
        until_bytes(ours, "补小票".encode(), START_SECONDS)
        until_bytes(theirs, b"two", START_SECONDS)
        taken, bare = [], []
        for n in range(ROUNDS):
            time.sleep(SETTLES)
            taken.append(_taken(ours, LOBBY[n % 2]))
            bare.append(_taken(theirs, EMPTY[n % 2]))
    for name, share, limit in (("p50", 0.5, P50_MS), ("p99", 0.99, P99_MS)):
        compared = f"an empty Textual app: {quantile(bare, share):.0f} ms"
        yield Figure(f"tap to changed picture, {name}", quantile(taken, share), "ms", compared, limit)


def quantile(taken: Sequence[float], share: float) -> float:
    """Return a quantile of seconds in milliseconds."""
    return statistics.quantiles(taken, n=100, method="inclusive")[min(int(share * 100), 99) - 1] * 1e3


def _taken(terminal: int, wish: Tap) -> float:
    began = time.perf_counter()
    place = f"{wish.column};{wish.row}"
    os.write(terminal, f"\x1b[<0;{place}M\x1b[<0;{place}m".encode())
    return until_bytes(terminal, wish.shows, ANSWER_SECONDS) - began


def until_bytes(terminal: int, shows: bytes, limit: float, *, settle: bool = True) -> float:
    """Read until something is shown, and return when that was; to `settle`, what follows is read, too."""
    seen = b""
    deadline = time.monotonic() + limit
    while shows not in seen:
        if not select.select([terminal], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise TimeoutError(f"{shows.decode()!r} was not shown")
        seen += os.read(terminal, 65536)
    shown = time.perf_counter()
    while settle and select.select([terminal], [], [], 0.05)[0]:
        os.read(terminal, 65536)
    return shown


@contextmanager
def in_terminal(command: Sequence[str]) -> Iterator[int]:
    """Start a program in a terminal of its own, and give the end a person would hold."""
    far, near = pty.openpty()
    termios.tcsetwinsize(near, (33, 120))
    env = {**os.environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=near, stdout=near, stderr=near, start_new_session=True, env=env)
    os.close(near)
    try:
        yield far
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        os.close(far)
