"""The whole state as a line of JSON, for screens that others build: `socket://host:port` or any serial line. Pure.

    {"hospital": {"zh", "en"}, "at", "calls": [{"number", "label", "room": {"zh", "en"}, "at", "called", "times",
     "new", "reason"}], "next": ["N013"], "notices": [{"zh", "en"}], "pages": [{"zh", "en"}], "test": false}

Each line is the whole state; the newest counts. It is sent after each change and every `repaint_seconds`.
"""

from __future__ import annotations

import json
from datetime import datetime

from nightdesk_displays.protocols.base import WholeState
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_queue.text.bilingual import Text


class StateLinesProtocol(WholeState):
    """A line of JSON a state."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the line."""
        form = {
            "hospital": _pair(state.hospital),
            "at": now.isoformat(timespec="seconds"),
            "calls": [_call(call, now) for call in state.calls],
            "next": list(state.next_up),
            "notices": [_pair(notice) for notice in state.notices],
            "pages": [_pair(page) for page in state.pages],
            "test": state.testing,
        }
        return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _call(call: ShownCall, now: datetime) -> dict[str, object]:
    return {
        "number": call.number,
        "label": call.label,
        "room": _pair(call.room),
        "at": call.at.isoformat(timespec="seconds"),
        "called": call.called,
        "times": call.times,
        "new": call.fresh(now),
        "reason": _pair(call.reason) if call.reason else None,
    }


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
