"""What stands on a text sign of so many lines and columns at a moment. Pure.

Pages for the duty room and calls that nobody has answered yet share the lines, and take turns where there are more than
lines; then come notices; else the hospital, the time and who is next, who also stands on a line that is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle, islice

from nightdesk_displays.fitting import columns, encodes, fitted, next_line, pieces, shortened, shown_now, turning
from nightdesk_displays.onbon import Colour
from nightdesk_displays.state import ScreenState, ShownCall
from nightdesk_queue.language import Text

CHARSET = "gb2312"
TEST_LINES = ("888888 测试", "ABC 123 红绿黄")

Row = tuple[Colour, str]
"""A text and its colour: new calls and pages red, notices yellow, everything else green."""


@dataclass(frozen=True, slots=True)
class TextSign:
    """A sign with so many lines; a Chinese character takes two columns of a line, everything else one."""

    lines: int
    columns: int

    def plain(self, state: ScreenState, now: datetime) -> str:
        """Return the text of a sign without colours. A call that is alone may go on in the next line."""
        return "\n".join(text for _, text in self._rows(state, now, spread=True))

    def coloured(self, state: ScreenState, now: datetime) -> list[str]:
        """Return the lines of a sign with colours, empty ones behind, so that nothing old stays in an area."""
        rows = [colour + text for colour, text in self._rows(state, now, spread=False)]
        return [*rows, *([""] * self.lines)][: self.lines]

    def turns(self, state: ScreenState) -> bool:
        """Whether there is more to say than the sign has lines."""
        calls, pages, notices = self._told(state)
        return turning(pages, calls, self.lines) or (not (pages or calls) and turning([], notices, self.lines))

    def shortens(self, call: ShownCall, spread: bool) -> bool:
        """Whether a call is wider than the sign, or a line if not `spread`, or has characters it does not know."""
        return shortened(call, "zh", self._room(spread)) or not encodes(call.label + call.room.zh, CHARSET)

    def says(self, call: ShownCall, spread: bool) -> str:
        """Return a call as it stands there alone."""
        return _said(call, self._room(spread))

    def _room(self, spread: bool) -> int:
        return self.columns * (self.lines if spread else 1)

    def _told(self, state: ScreenState) -> tuple[list[ShownCall], list[str], list[str]]:
        """Return the calls to show, and the pages and notices, each in pieces of a line."""
        pages = [piece for page in state.pages for piece in pieces(page.zh, self.columns)]
        notices = [piece for notice in state.notices for piece in pieces(notice.zh, self.columns)]
        return [call for call in state.calls if call.called], pages, notices

    def _rows(self, state: ScreenState, now: datetime, *, spread: bool) -> list[Row]:
        if state.testing:
            return list(islice(zip(cycle(Colour), cycle(TEST_LINES), strict=False), self.lines))
        calls, pages, notices = self._told(state)
        share = max(self.lines // max(len(calls) + len(pages), 1), 1) if spread else 1
        said = [(Colour.RED if call.fresh(now) else Colour.GREEN, _said(call, self.columns * share)) for call in calls]
        rows: list[Row] = shown_now([(Colour.RED, page) for page in pages], said, self.lines, now)
        rows = rows or shown_now([], [(Colour.YELLOW, notice) for notice in notices], self.lines, now)
        if not rows:
            return [(Colour.GREEN, text) for text in self._idle(state)]
        taken = sum(-(-columns(text) // self.columns) for _, text in rows)
        following = next_line(state.next_up, "zh", self.columns)
        return [*rows, (Colour.GREEN, following)] if following and taken < self.lines else rows

    def _idle(self, state: ScreenState) -> list[str]:
        """Return what stands on the sign when nobody is called: the hospital's name gives way first, the time last."""
        following = next_line(state.next_up, "zh", self.columns)
        if self.lines == 1:
            return [state.clock or state.hospital.zh]
        below = [text for text in (state.clock, following) if text]
        return [state.hospital.zh, *below] if len(below) < self.lines else below


def _said(call: ShownCall, width: int) -> str:
    """Return a call in characters an Onbon sign knows: an unknown name gives way to the number, an unknown room to
    English.
    """
    label = call.label if encodes(call.label, CHARSET) else call.number
    room = call.room if encodes(call.room.zh, CHARSET) else Text(zh=call.room.en, en=call.room.en)
    reason = call.reason if call.reason and encodes(call.reason.zh, CHARSET) else None
    return fitted(replace(call, label=label, room=room, reason=reason), "zh", width)
