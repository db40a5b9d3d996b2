"""Whether this terminal draws block characters one cell wide: large words and numbers are made of them."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.dot_matrix import BLOCKS

ANSWER_SECONDS = 0.5
_WHERE = re.compile(rb"\x1b\[(\d+);(\d+)R")
GOOD = Text(zh="方块字符一格宽", en="block characters are one cell wide")
WIDE = Text(
    zh="方块字符占 {n} 格：大字会走样；把终端的“歧义宽度字符”设为窄",
    en="block characters take {n} cells and large words are skewed: set characters of ambiguous width to narrow",
)
SILENT = Text(zh="终端没有回答光标位置，没法检查", en="the terminal does not tell where its cursor is; not checked")


def terminal_findings() -> Iterator[Finding]:
    """Yield what was found of the terminal in front of somebody; nothing where there is none.

    In terminals for East Asian texts the block characters that words are drawn with may be two cells wide each.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    columns = cells_of(sys.stdin.fileno(), sys.stdout.fileno(), BLOCKS)
    if columns is None:
        yield Finding("terminal", os.environ.get("TERM", "-"), True, SILENT)
    elif columns == len(BLOCKS):
        yield Finding("terminal", os.environ.get("TERM", "-"), True, GOOD)
    else:
        yield Finding("terminal", os.environ.get("TERM", "-"), False, WIDE.fill(n=round(columns / len(BLOCKS), 1)))


def cells_of(keys: int, screen: int, text: str) -> int | None:
    """Return how many cells a terminal takes for a text, by asking where its cursor is (DSR, ECMA-48 8.3.35).

    None where it does not answer. What was written is wiped again.
    """
    with _unbuffered(keys):
        os.write(screen, b"\r" + text.encode() + b"\x1b[6n")
        try:
            return _column(keys)
        finally:
            os.write(screen, b"\r\x1b[K")


def _column(keys: int) -> int | None:
    said = b""
    deadline = time.monotonic() + ANSWER_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([keys], [], [], left)[0]:
            return None
        said += os.read(keys, 64)
        if found := _WHERE.search(said):
            return int(found[2]) - 1
    return None


@contextmanager
def _unbuffered(keys: int) -> Iterator[None]:
    """Let keys come at once and unseen, as long as it lasts."""
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSANOW, before)
