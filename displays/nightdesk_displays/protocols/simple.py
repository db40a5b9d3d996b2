"""Devices that never answer: pole displays, anything that takes a line of text, our own board. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from nightdesk_displays import asciiline, boardframe, pole
from nightdesk_displays.fitting import forms_of, next_line, pieces
from nightdesk_displays.protocols.base import TEST_NUMBER, NeverAnswers, WholeState, fresh_and_standing, one_by_one
from nightdesk_displays.room_names import ambiguous, in_ascii
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.turns import at_turn, rotation
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.encodings import encodable

POLE_GOES_ON = "..."
"""Before a part of a room's name that is not its beginning."""


class PoleProtocol(NeverAnswers):
    """One call on a pole display: the number above, the room below, in several turns where its name is long."""

    def __init__(self, rooms: Sequence[Text] = ()) -> None:
        self._ambiguous = ambiguous([in_ascii(room) for room in rooms])

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return both lines."""
        if state.testing:
            return pole.show("8" * pole.COLUMNS, "ABCDEFGHIJ0123456789")
        idle = state.clock or "", next_line(state.next_up, "en", pole.COLUMNS)
        return pole.show(*(at_turn(self._screens(state, now), now) or idle))

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether calls, pages and notices take turns."""
        return len(self._screens(state, now)) > 1

    def shortens(self, call: ShownCall) -> bool:
        """Whether the room's English name is wider than the pole, or not ASCII."""
        return len(call.room.en) > pole.COLUMNS or not call.room.en.isascii()

    def says(self, call: ShownCall) -> str | None:
        """Return both lines, of each turn."""
        screens = self._call(call)
        return " ".join([screens[0][0], *(lower for _, lower in screens)])

    def _screens(self, state: ScreenState, now: datetime) -> list[tuple[str, str]]:
        fresh, standing = fresh_and_standing(state, now)
        pages, notices = ([_screens(text) for text in texts] for texts in (state.pages, state.notices))
        told = rotation([self._call(call) for call in fresh], [self._call(call) for call in standing], pages, notices)
        return list(chain.from_iterable(told))

    def _call(self, call: ShownCall) -> list[tuple[str, str]]:
        # a masked Chinese name gives way to the number
        upper = call.label if call.label.isascii() and len(call.label) <= pole.COLUMNS else call.number
        if call.reason and len(reasoned := f"{upper} ({call.reason.en})") <= pole.COLUMNS:
            upper = reasoned
        name = in_ascii(call.room)
        if fitting := [form for form in forms_of(name, self._ambiguous) if len(form) <= pole.COLUMNS]:
            return [(upper, fitting[0])]
        first, *more = pieces(name, pole.COLUMNS - len(POLE_GOES_ON))
        return [(upper, first), *((upper, POLE_GOES_ON + part) for part in more)]


class AsciiProtocol(NeverAnswers):
    """One call by a template, a line ending behind it, for everything simple."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._has_room = "{room" in display.template

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return one line; the idle template where there is no call, empty by default, so that no old call stays."""
        if state.testing:
            text = f"{TEST_NUMBER} TEST"
        elif call := at_turn(one_by_one(state, now), now):
            text = self._text(call)
        else:
            text = self._idle(state)
        return asciiline.line(text, self._display.ending, self._display.charset)

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether several calls take turns."""
        return len(one_by_one(state, now)) > 1

    def shortens(self, call: ShownCall) -> bool:
        """Whether the device's character set lacks something of the call."""
        template = self._display.template
        names = [name for field, name in (("{room}", call.room.en), ("{room_zh}", call.room.zh)) if field in template]
        return not all(encodable(name, self._display.charset) for name in names)

    def says(self, call: ShownCall) -> str | None:
        """Return the line; None where the room does not stand in it."""
        return self._text(call) if self._has_room else None

    def _text(self, call: ShownCall) -> str:
        return self._display.template.format(
            number=call.number,
            room=self._known(call.room.en) or in_ascii(call.room),
            room_zh=self._known(call.room.zh) or self._known(call.room.en) or in_ascii(call.room),
            reason=self._in_one_language(call.reason),
        )

    def _idle(self, state: ScreenState) -> str:
        return self._display.idle.format(
            clock=state.clock or "",
            next=" ".join(state.next_up),
            notice="; ".join(self._in_one_language(notice) for notice in state.notices),
        )

    def _in_one_language(self, text: Text | None) -> str:
        """Return a text in Chinese on a device that is given Chinese names, else in English; "" if it knows neither."""
        if text is None:
            return ""
        chinese = self._known(text.zh) if "{room_zh}" in self._display.template else ""
        return chinese or self._known(text.en)

    def _known(self, text: str) -> str:
        return text if encodable(text, self._display.charset) else ""


class BoardProtocol(WholeState):
    """Our own frames, for a terminal that runs `nightdesk board --serial`."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the whole state."""
        return boardframe.encode(state, now)


def _screens(text: Text) -> list[tuple[str, str]]:
    """Return a text as screens of a pole display, broken between words: an upper and a lower line each."""
    lines = [*pieces(text.en, pole.COLUMNS), ""]
    return [(lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]
