"""Causes of faults in words: the core's, and those of lines, which the ports know."""

from __future__ import annotations

from nightdesk_ports.causes import WORDS
from nightdesk_queue.domain import device_wording
from nightdesk_queue.text.bilingual import Text


def cause_text(cause: str | None) -> Text:
    """Return the cause of a fault in words; a cause without words of its own is the system's message."""
    return WORDS[cause] if cause in WORDS else device_wording.cause_text(cause)
