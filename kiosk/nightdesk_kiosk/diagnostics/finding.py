"""What was found out about one thing that was tried."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_queue.text.bilingual import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing. `warning`: what somebody should know although it works."""

    kind: str
    id: str
    ok: bool
    text: Text
    warning: Text | None = None
