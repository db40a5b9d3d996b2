"""A virtual sign drawn in a terminal. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

LEAST_COLUMNS = 24
"""Columns of an empty sign's drawing."""


def drawn(lines: Sequence[str], columns: int = LEAST_COLUMNS) -> list[str]:
    """Return a sign's lines in a frame of at least so many columns; a terminal's own widths make the edges straight."""
    width = max([columns, *(cell_len(line) for line in lines)])
    body = [f"║ {line}{' ' * (width - cell_len(line))} ║" for line in lines or [""]]
    return ["╔" + "═" * (width + 2) + "╗", *body, "╚" + "═" * (width + 2) + "╝"]
