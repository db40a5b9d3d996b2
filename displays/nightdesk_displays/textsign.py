"""What stands on a text sign of so many lines and columns at a moment. Pure.

Each thing to say is a block of rows: a call, a page for the duty room, a notice, who is next. All stand together where
the sign has lines for them; else calls, pages and notices take turns (see `turns`). A call that needs more lines than
there are is said in several turns, its number in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, cycle, islice

from nightdesk_displays import onbon
from nightdesk_displays.fitting import columns, fits, flows, forms_of, next_line, pieces, ways
from nightdesk_displays.onbon import Colour
from nightdesk_displays.room_names import last_digits
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.turns import at_turn, packed, rotation
from nightdesk_queue.text.bilingual import Text

TEST_LINES = ("888888 测试", "ABC 123 红绿黄")
GOES_ON = "…"
"""Behind the beginning of a room's name and before its other parts: a part alone may be another room's name."""
TOWARDS = Text(zh="{number}到", en="{number} to")


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a colour: new calls and pages red, notices yellow, all else green.

    `goes_on`: it follows the row before as the sign itself would break the line, so that no line break is sent.
    """

    colour: Colour
    text: str
    goes_on: bool = False


Block = list[Row]
Saying = list[Block]
"""A block, or several that must be read one after the other."""


@dataclass(frozen=True, slots=True)
class TextSign:
    """A sign with so many lines and columns; `ambiguous` are the short names no room may have, as several would.

    A new call stands out by its colour; without `colours` by standing alone every second turn.
    """

    lines: int
    columns: int
    ambiguous: frozenset[str] = frozenset()
    colours: bool = False

    def plain(self, state: ScreenState, now: datetime) -> str:
        """Return the text of a sign without colours."""
        return _flowing(self._shown(state, now), "\n")

    def coloured(self, state: ScreenState, now: datetime) -> list[str]:
        """Return the lines of a sign with colours, empty ones behind, so that nothing old stays in an area."""
        rows = [row.colour + row.text for row in self._shown(state, now)]
        return [*rows, *([""] * self.lines)][: self.lines]

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether there is more to say than the sign has lines."""
        return len(self._screens(state, now)) > 1

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call alone is not said as it should be: too long for the sign, or in unknown characters."""
        text = next(ways(call, "zh"))
        return not (fits(text, self.columns, self.lines) and onbon.knows(call.label + call.room.zh))

    def says(self, call: ShownCall) -> str:
        """Return a call as it stands there alone."""
        return " ".join(_flowing(block) for block in self._call(call, self.lines, Colour.GREEN))

    def _shown(self, state: ScreenState, now: datetime) -> Block:
        return at_turn(self._screens(state, now), now) or []

    def _screens(self, state: ScreenState, now: datetime) -> list[Block]:
        if state.testing:
            tests = zip(cycle(Colour), cycle(TEST_LINES), strict=False)
            filling = islice(tests, max(self.lines, len(TEST_LINES)))
            return _in_order(packed([[self._block(colour, text)] for colour, text in filling], self.lines))
        pages = [[self._block(Colour.RED, _known(page))] for page in state.pages]
        notices = [[self._block(Colour.YELLOW, _known(notice))] for notice in state.notices]
        fresh, standing = self._calls(state, now, _rows(pages))
        if not (pages or fresh or standing or notices):
            return self._idle(state)
        told = [*pages, *fresh, *standing]
        whole = next((all_ for all_ in ([*told, *notices], told) if all_ and _rows(all_) <= self.lines), None)
        if whole is None:
            screens = _in_order(rotation(*(packed(each, self.lines) for each in (fresh, standing, pages, notices))))
        else:
            later = packed(notices, self.lines) if whole is told and not fresh else []
            screens = _in_order(rotation([], [[_together(whole)]], [], later))
            if fresh and len(told) > len(fresh) and not self.colours:
                screens.insert(0, _together(fresh))
        following = self._following(state)
        return [[*rows, *following] if len(rows) + len(following) <= self.lines else rows for rows in screens]

    def _calls(self, state: ScreenState, now: datetime, taken: int) -> tuple[list[Saying], list[Saying]]:
        """Return what is said of new calls and of older ones, each call with its fair share of the lines."""
        called = [call for call in state.calls if call.called]
        free = self.lines - taken if taken < self.lines else self.lines
        share = max(free // max(len(called), 1), 1)
        return (
            [self._call(call, share, Colour.RED) for call in called if call.fresh(now)],
            [self._call(call, share, Colour.GREEN) for call in called if not call.fresh(now)],
        )

    def _call(self, call: ShownCall, share: int, colour: Colour) -> Saying:
        """Return a call on as few lines as it needs, `share` if it can; if the sign has too few, in several blocks."""
        call = _in_known_characters(call)
        said = list(ways(call, "zh", self.ambiguous))
        for lines in range(share, self.lines + 1):
            for text in said:
                if fits(text, self.columns, lines):
                    return [self._block(colour, text)]
        return list(self._parts(call, colour))

    def _parts(self, call: ShownCall, colour: Colour) -> Iterator[Block]:
        """Yield the blocks of a call too long for the sign: the number, and a part of the room's name below."""
        number = call.number if columns(call.number) <= self.columns else last_digits(call.number)
        head = TOWARDS.zh.format(number=number)
        heads = pieces(head if columns(head) <= self.columns else number, self.columns)
        below = max(self.lines - len(heads), 1)
        for part in self._room_in_parts(call.room.zh, below):
            rows = [Row(colour, text) for text in (*heads, *part)]
            yield from [rows] if len(rows) <= self.lines else ([row] for row in rows)

    def _room_in_parts(self, room: str, lines: int) -> Iterator[list[str]]:
        """Yield a room's name as so many lines at a time: in one part if any form of it fits."""
        names = forms_of(room, self.ambiguous)
        if whole := next((name for name in names if fits(name, self.columns, lines)), None):
            yield pieces(whole, self.columns)
            return
        found = pieces(names[-1], max(self.columns - columns(GOES_ON), 2))
        for at in range(0, len(found), lines):
            part = found[at : at + lines]
            if at:
                part[0] = GOES_ON + part[0]
            else:
                part[-1] += GOES_ON
            yield part

    def _block(self, colour: Colour, text: str) -> Block:
        flowing = flows(text, self.columns)
        return [Row(colour, line, flowing and at > 0) for at, line in enumerate(pieces(text, self.columns))]

    def _following(self, state: ScreenState) -> Block:
        text = next_line(state.next_up, "zh", self.columns)
        return [Row(Colour.GREEN, text)] if text else []

    def _idle(self, state: ScreenState) -> list[Block]:
        """Return what stands on the sign when nobody is called: the hospital's name gives way first."""
        following = self._following(state)
        clock = [Row(Colour.GREEN, state.clock)] if state.clock and columns(state.clock) <= self.columns else []
        name = self._block(Colour.GREEN, _known(state.hospital))
        whole = [*name, *clock, *following]
        if len(whole) <= self.lines:
            return [whole]
        below = [[block] for block in (clock, following) if block]
        return _in_order(packed(below or [[name]], self.lines))


def _flowing(rows: Sequence[Row], between: str = " ") -> str:
    """Return rows as one text: what the sign breaks by itself runs on."""
    return "".join((between if at and not row.goes_on else "") + row.text for at, row in enumerate(rows))


def _rows(sayings: Sequence[Saying]) -> int:
    return sum(len(block) for saying in sayings for block in saying)


def _together(sayings: Sequence[Saying]) -> Block:
    return [row for saying in sayings for block in saying for row in block]


def _in_order(tellings: Sequence[Sequence[Block]]) -> list[Block]:
    return list(chain.from_iterable(tellings))


def _known(text: Text) -> str:
    """Return a text in Chinese, or in English where the sign lacks a character of it."""
    return text.zh if onbon.knows(text.zh) else onbon.known(text.en)


def _in_known_characters(call: ShownCall) -> ShownCall:
    """Return a call in characters an Onbon sign knows: an unknown name gives way to the number, an unknown room to
    English.
    """
    label = call.label if onbon.knows(call.label) else call.number
    room = call.room if onbon.knows(call.room.zh) else Text(onbon.known(call.room.en), call.room.en)
    reason = call.reason if call.reason and onbon.knows(call.reason.zh) else None
    return replace(call, label=label, room=room, reason=reason)
