"""States and causes of devices and slips in words, from the rooms that know them."""

from __future__ import annotations

from nightdesk_printers.cause_wording import cause_text
from nightdesk_queue.domain.device_wording import (
    capability_text,
    paper_text,
    slip_kind_text,
    slip_state_text,
    state_text,
)

__all__ = ["capability_text", "cause_text", "paper_text", "slip_kind_text", "slip_state_text", "state_text"]
