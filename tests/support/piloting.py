"""Helpers for Pilot tests: wait for a condition instead of a guess."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot


async def until_shown(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Let the app work until `condition` holds; fail when the deadline passes."""
    deadline = time.monotonic() + seconds
    while True:
        await pilot.pause()
        if condition():
            return
        if time.monotonic() > deadline:
            raise AssertionError("the screen never came to show it")
        await asyncio.sleep(0.01)


def words(widget: Any) -> str:
    """All the text a widget and its children show."""
    return "\n".join(
        str(child.render())
        for child in [widget, *widget.query("Static")]
        if hasattr(child, "render") and child.is_mounted
    )
