"""States and causes of devices and slips in words, those of the lines they hang on included."""

from __future__ import annotations

from nightdesk_queue.domain.device_wording import (
    capability_text,
    cause_text,
    paper_text,
    slip_kind_text,
    slip_state_text,
    state_text,
)

__all__ = ["capability_text", "cause_text", "paper_text", "slip_kind_text", "slip_state_text", "state_text"]
