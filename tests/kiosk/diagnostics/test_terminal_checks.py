"""Whether a terminal draws block characters one cell wide, asked of terminals that answer and one that does not."""

from __future__ import annotations

import os
import re
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from nightdesk_kiosk.diagnostics import terminal_checks
from nightdesk_kiosk.diagnostics.terminal_checks import BLOCKS, cells_of


@contextmanager
def terminal(wide: int | None) -> Iterator[tuple[int, bytearray]]:
    """A terminal whose block characters are so many cells wide; one that does not answer where that is None."""
    far, near = os.openpty()
    tty.setraw(far)
    seen = bytearray()

    def answer() -> None:
        while not seen.endswith(b"\x1b[K"):
            try:
                seen.extend(os.read(far, 256))
            except OSError:
                return
            if seen.endswith(b"\x1b[6n") and wide is not None:
                blocks = sum(char in BLOCKS for char in seen.decode(errors="ignore"))
                os.write(far, f"\x1b[7;{blocks * wide + 1}R".encode())

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield near, seen
    finally:
        thread.join()
        os.close(near)
        os.close(far)


@pytest.mark.parametrize(("wide", "found"), [(1, 3), (2, 6), (None, None)])
def test_the_cursor_tells_how_many_cells_were_taken(
    wide: int | None, found: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal_checks, "ANSWER_SECONDS", 5.0 if wide else 0.1)
    with terminal(wide) as (near, seen):
        before = termios.tcgetattr(near)
        assert cells_of(near, near, BLOCKS) == found
        assert termios.tcgetattr(near) == before
    assert re.search(rb"\r\x1b\[K$", bytes(seen)), "what was written is wiped"


def test_the_blocks_that_are_tried_are_those_that_words_are_drawn_with() -> None:
    assert set(BLOCKS) == {"\u2588", "\u2580", "\u2584"}
    assert cell_len(BLOCKS) == 3


def test_without_a_terminal_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert list(terminal_checks.terminal_findings()) == []
