"""Putting words into a widget only where they changed: an update lays the whole screen out anew."""

from __future__ import annotations

from textual.widgets import Static


def put(widget: Static, words: str) -> None:
    """Show words; the same words again cost nothing."""
    if widget.content != words:
        widget.update(words)
